import { describe, expect, it } from 'vitest'
import { Evidence } from '../src/law/evidence.js'
import { Reach } from '../src/law/reach.js'

/** A measurement of a second: so many attempts ended, of so many bytes each, while so many were in flight. */
function ended(count: number, inFlight: number, { each = 1000, elapsedMs = 1000 } = {}): Evidence {
  const all = {
    ended: count,
    succeeded: count,
    bytes: count * each,
    elapsedMs,
    inFlightMs: inFlight * elapsedMs,
  }
  return Object.assign(new Evidence(), { ...all, windows: 1 })
}

/** Reaches from a limit at which 1,000 attempts end a second; `pairs` measurements under twice the limit, and under the limit again. */
function reached(limit: number, pairs: readonly (readonly [high: number, low: number])[], error = 0.01) {
  const reach = new Reach(limit, ended(1000, limit), error)
  for (const [high, low] of pairs) {
    expect(reach.take(ended(high, 2 * limit), error)).toBeNull()
    const shown = reach.take(ended(low, limit), error)
    if (shown !== null) return shown
  }
  return null
}

/** The same pair so many times. */
const times = (count: number, high: number, low = 1000) =>
  Array.from({ length: count }, () => [high, low] as const)

describe('a reach', () => {
  it('is for twice the limit', () => {
    expect(new Reach(24, ended(1000, 24), 0.01)).toMatchObject({ low: 24, high: 48 })
  })

  it('is for as many as it is told', () => {
    const reach = new Reach(5, ended(1000, 5), 0.01, 9)
    expect(reach.high).toBe(9)
    for (let pair = 0; pair < 3; pair += 1) {
      reach.take(ended(1800, 9), 0.01)
      reach.take(ended(1000, 5), 0.01)
    }
    reach.take(ended(1800, 9), 0.01)
    expect(reach.take(ended(1000, 5), 0.01)).toMatchObject({ gain: expect.closeTo(1) })
    expect(reach.stay(false).limit).toBe(9)
  })

  it('shows by how much of the step goodput rose: all of it when it doubled', () => {
    expect(reached(10, times(4, 2000))).toMatchObject({ low: 10, gain: expect.closeTo(1) })
    expect(reached(10, times(4, Math.round(1000 * Math.SQRT2)))?.gain).toBeCloseTo(0.5, 2)
  })

  it('cancels out what makes both slower or faster for longer than a moment', () => {
    // A machine that loses a tenth with every measurement.
    const pairs = [0, 1, 2, 3].map((n) => [1000 * 0.9 ** (2 * n + 1), 1000 * 0.9 ** (2 * n + 2)] as const)
    expect(reached(10, pairs)?.gain).toBeCloseTo(0)
  })

  it('takes two pairs to go back, and four to stay', () => {
    expect([reached(10, times(1, 1000)), reached(10, times(2, 1000))]).toEqual([
      null,
      expect.objectContaining({ gain: expect.closeTo(0) }),
    ])
    expect([reached(10, times(3, 1200)), reached(10, times(4, 1200))]).toEqual([
      null,
      expect.objectContaining({ gain: expect.closeTo(0.26, 2) }),
    ])
  })

  it('goes on while it is not clear, and for forty seconds at most', () => {
    // Just what is worth it among so many: 15 hundredths of a doubling.
    const shown = reached(100, times(40, 1000 * 2 ** 0.15))
    expect(shown?.elapsedMs).toBe(42_000)
    expect(shown?.gain).toBeCloseTo(0.15)
  })

  it('ends among few as soon as the gain is known to 35 in a thousand', () => {
    const shown = reached(10, times(40, 1000 * 2 ** 0.05), 0.05)
    expect(shown?.elapsedMs).toBeLessThan(20_000)
    expect(shown?.error).toBeLessThan(0.035)
    expect(shown?.gain).toBeCloseTo(0.05)
  })

  it('asks for more where more are in flight, for they cost more', () => {
    const worth = (limit: number) => reached(limit, times(2, 500))?.worth
    expect([worth(5), worth(16), worth(32), worth(48), worth(500)]).toEqual([0.05, 0.05, 0.1, 0.15, 0.15])
  })

  it('does not believe objects where bytes clearly lose, unless it is about a few', () => {
    const shown = (limit: number) => {
      const reach = new Reach(limit, ended(1000, limit), 0.01)
      for (let pair = 0; pair < 4; pair += 1) {
        reach.take(ended(1300, 2 * limit, { each: 700 }), 0.01)
        const result = reach.take(ended(1000, limit), 0.01)
        if (result !== null) return result.gain
      }
      return null
    }
    expect(shown(100)).toBeLessThan(0)
    expect(shown(32)).toBeGreaterThan(0.3)
  })

  it('believes objects where bytes only scatter, as large ones among small do', () => {
    const reach = new Reach(100, ended(1000, 100), 0.01)
    const sizes = [500, 900, 4000, 700, 1500, 300, 2000, 800]
    let shown = null
    for (const each of sizes) {
      reach.take(ended(1300, 200, { each }), 0.01)
      shown ??= reach.take(ended(1000, 100), 0.01)
    }
    expect(shown?.gain).toBeCloseTo(0.38, 2)
  })

  it('goes by objects alone where no bytes are told', () => {
    const reach = new Reach(100, ended(1000, 100, { each: 0 }), 0.01)
    for (let pair = 0; pair < 3; pair += 1) {
      reach.take(ended(1300, 200, { each: 0 }), 0.01)
      reach.take(ended(1000, 100, { each: 0 }), 0.01)
    }
    reach.take(ended(1300, 200, { each: 0 }), 0.01)
    expect(reach.take(ended(1000, 100, { each: 0 }), 0.01)?.gain).toBeCloseTo(0.38, 2)
  })

  it('knows where to stay: at twice the limit, with the time that was measured there', () => {
    const reach = new Reach(10, ended(1000, 10), 0.03)
    for (let pair = 0; pair < 4; pair += 1) {
      reach.take(ended(1250, 20), 0.03)
      reach.take(ended(1000, 10), 0.03)
    }
    // 10 ms at ten in flight, 16 ms at twenty.
    expect(reach.stay(false)).toEqual({ limit: 20, timeMs: expect.closeTo(16), error: expect.closeTo(0.015) })
  })

  it('or a quarter above it, with a time in between', () => {
    const reach = new Reach(10, ended(1000, 10), 0.03)
    reach.take(ended(1000, 20), 0.03)
    expect(reach.stay(true)).toMatchObject({ limit: 13, timeMs: expect.closeTo(12.5) })
  })

  it('notices that the backend is another one by attempts that take more or less by four tenths under the limit', () => {
    const changed = (timeMs: number) => {
      const reach = new Reach(10, ended(1000, 10), 0.01)
      const high = ended(400, 20)
      expect(reach.changed(high)).toBe(false)
      reach.take(high, 0.01)
      return reach.changed(ended(10_000 / timeMs, 10))
    }
    expect([13.9, 14.1, 7.2, 7.1].map(changed)).toEqual([false, true, false, true])
  })
})
