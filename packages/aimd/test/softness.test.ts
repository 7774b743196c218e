import { describe, expect, it } from 'vitest'
import { Slope } from '../src/law/slope.js'
import { Softness } from '../src/law/softness.js'

const mark = (limit: number, timeMs: number, error = 0.005) => ({ limit, timeMs, error })
/** A reach from a limit that showed such a gain; a tenth of the step would be worth it. */
const showed = (gain: number, error = 0.05, { low = 100, elapsedMs = 1000 } = {}) => ({
  low,
  gain,
  error,
  worth: 0.1,
  elapsedMs,
})

describe('the softness of a knee', () => {
  it('is proven by a reach that gained enough, up to where it would stay', () => {
    const softness = new Softness(16)
    expect(softness.proven).toBeNull()
    expect(softness.learn(showed(0.6), mark(125, 60))).toBe(true)
    expect(softness.proven).toEqual({ limit: 125, timeMs: 60 })
    expect(softness.learn(showed(0.5), mark(156, 70))).toBe(true)
    expect(softness.proven).toEqual({ limit: 156, timeMs: 70 })
  })

  it('shrinks by a tenth with every reach that gains nothing', () => {
    const softness = new Softness(16)
    softness.learn(showed(0.6), mark(125, 60))
    expect(softness.learn(showed(0, 0.01), mark(250, 120))).toBe(false)
    expect(softness.proven).toEqual({ limit: 125, timeMs: expect.closeTo(54) })
    softness.learn(showed(0, 0.01), mark(250, 120))
    expect(softness.proven?.timeMs).toBeCloseTo(48.6)
  })

  it('is not believed where the gain may be chance, nor where it is too small', () => {
    const softness = new Softness(16)
    expect(softness.learn(showed(0.6, 0.6), mark(125, 60))).toBe(false)
    expect(softness.learn(showed(0.05, 0.01), mark(125, 60))).toBe(false)
    expect(softness.proven).toBeNull()
  })

  it('has the benefit of a small doubt among few', () => {
    const learnt = (low: number, error: number) =>
      new Softness(16).learn(showed(0.12, error, { low }), mark(2 * low, 60))
    expect([learnt(32, 0.03), learnt(33, 0.03), learnt(32, 0.04)]).toEqual([true, false, false])
  })

  it('stays as it is while a reach may have gained or not', () => {
    const softness = new Softness(16)
    softness.learn(showed(0.6), mark(125, 60))
    expect(softness.learn(showed(0, 0.3), mark(156, 70))).toBe(false)
    expect(softness.proven).toEqual({ limit: 125, timeMs: 60 })
  })

  it('knows that others made room when attempts become faster again after a step up', () => {
    const softness = new Softness(16)
    softness.learn(showed(0.6), mark(125, 60))
    expect(softness.othersYielded(mark(125, 55))).toBe(true)
  })

  it('adds up what others may have yielded until chance does not explain it, and begins anew where attempts became slower', () => {
    const softness = new Softness(16)
    const yielded = (timeMs: number, error: number): boolean => {
      softness.learn(showed(0.6), mark(125, 60, error))
      return softness.othersYielded(mark(125, timeMs, error))
    }
    expect([1, 2, 3, 4].map(() => yielded(55, 0.05))).toEqual([false, false, false, false])
    expect(yielded(55, 0.05)).toBe(true)
    expect(yielded(120, 0.05)).toBe(false)
    expect(yielded(59, 0.001)).toBe(false)
    expect(yielded(58, 0.001)).toBe(true)
  })

  it('is void when it is to be forgotten', () => {
    const softness = new Softness(16)
    for (let n = 0; n < 3; n += 1) softness.learn(showed(0), mark(125, 60))
    softness.learn(showed(0.9, 0.01), mark(125, 60))
    softness.passed(5000)
    softness.forget()
    expect(softness.proven).toBeNull()
    expect(softness.due(100)).toBe(false)
    expect(softness.othersYielded(mark(125, 40))).toBe(false)
    softness.passed(5000)
    expect(softness.due(100)).toBe(true)
    expect(softness.learn(showed(0.6), mark(125, 60))).toBe(true)
  })

  it('does not suspect others where attempts stay as slow, the limit went down, or it never reached higher', () => {
    const softness = new Softness(16)
    expect(softness.othersYielded(mark(125, 40))).toBe(false)
    softness.learn(showed(0.6), mark(125, 60))
    expect(softness.othersYielded(mark(125, 60))).toBe(false)
    softness.learn(showed(0.6), mark(156, 70))
    expect(softness.othersYielded(mark(100, 50))).toBe(false)
  })
})

describe('the least that is not fitted to a queue', () => {
  it('is halved where half as many lose nothing, down to one', () => {
    const softness = new Softness(20)
    const halved = [1, 2, 3, 4, 5].map(() => {
      softness.halved(false, 1000)
      return softness.least
    })
    expect(halved).toEqual([10, 5, 3, 2, 1])
    expect(softness.mayHalve).toBe(false)
  })

  it('stays where the other half gains, and is not tried again for eight times as long as that took', () => {
    const softness = new Softness(16)
    expect(softness.mayHalve).toBe(true)
    softness.halved(true, 5000)
    softness.passed(39_999)
    expect([softness.least, softness.mayHalve]).toEqual([16, false])
    softness.passed(1)
    expect(softness.mayHalve).toBe(true)
  })

  it('rises again with a reach that gains, and is a tenth less after one that gains nothing', () => {
    const softness = new Softness(16)
    softness.halved(false, 1000)
    softness.learn(showed(0.6, 0.05, { low: 8 }), mark(12, 60))
    expect(softness.least).toBe(12)
    softness.learn(showed(0.6, 0.05, { low: 12 }), mark(24, 60))
    expect(softness.least).toBe(16)
    softness.learn(showed(0, 0.01, { low: 16 }), mark(32, 60))
    expect(softness.least).toBe(14)
    softness.learn(showed(0, 0.01, { low: 15 }), mark(30, 60))
    expect(softness.least).toBe(14)
  })

  it('is one where others share, and begins anew with attempts of another kind', () => {
    const softness = new Softness(16)
    softness.halved(true, 60_000)
    softness.release()
    expect(softness.least).toBe(1)
    softness.restart()
    expect([softness.least, softness.mayHalve]).toEqual([16, true])
  })
})

describe('the next reach', () => {
  /** How long it takes until one is due at a limit, s. */
  const after = (softness: Softness, limit = 100): number => {
    for (let seconds = 0; ; seconds += 0.5) {
      if (softness.due(limit)) return seconds
      softness.passed(500)
    }
  }

  it('is due after five seconds, more rarely where it gains nothing, and every two minutes at the most', () => {
    const softness = new Softness(16)
    expect(after(softness)).toBe(5)
    softness.learn(showed(0), mark(125, 60))
    expect(after(softness)).toBe(8)
    for (let n = 0; n < 20; n += 1) softness.learn(showed(0), mark(125, 60))
    expect(after(softness)).toBe(120)
  })

  it('rests eight times as long as one took that gained nothing, and not after one that was worth it', () => {
    const softness = new Softness(16)
    softness.learn(showed(0, 0.05, { elapsedMs: 5000 }), mark(125, 60))
    expect(after(softness)).toBe(40)
    softness.learn(showed(0.9, 0.01, { elapsedMs: 10_000 }), mark(125, 60))
    expect(after(softness)).toBe(5)
  })

  it('comes later when one was broken off', () => {
    const softness = new Softness(16)
    softness.passed(4000)
    softness.postpone()
    expect(after(softness)).toBe(5)
  })

  it('comes soon, and with an open mind, where the limit is much lower than at the last', () => {
    const softness = new Softness(16)
    for (let n = 0; n < 20; n += 1) softness.learn(showed(0, 0.02), mark(200, 60))
    expect([after(softness, 75), after(softness, 74)]).toEqual([120, 0])
    expect(softness.learn(showed(0.2, 0.1, { low: 76 }), mark(152, 60))).toBe(false)
    expect(softness.learn(showed(0.21, 0.1, { low: 50 }), mark(100, 60))).toBe(true)
  })

  it('comes at once where attempts still waited after a drain', () => {
    const softness = new Softness(16)
    for (let n = 0; n < 20; n += 1) softness.learn(showed(0), mark(125, 60))
    softness.hurry()
    expect(after(softness)).toBe(0)
  })
})

describe('the slope of the time over the limit', () => {
  it('is flat where nothing waits, however the limit moves', () => {
    const slope = new Slope()
    expect(slope.flatMs).toBeNull()
    for (let n = 0; n < 40; n += 1) slope.add(n % 2 === 0 ? 80 : 120, 50 + (n % 3), 0.05)
    expect(slope.flatMs).toBeCloseTo(51, 0)
  })

  it('is not flat under a queue, and nobody knows while the limit stays where it is', () => {
    const [queued, still] = [new Slope(), new Slope()]
    for (let n = 0; n < 40; n += 1) {
      const limit = n % 2 === 0 ? 80 : 120
      queued.add(limit, limit, 0.05)
      still.add(100, 50, 0.05)
    }
    expect(queued.flatMs).toBeNull()
    expect(still.flatMs).toBeNull()
  })

  it('takes precise measurements for more than rough ones', () => {
    const slope = new Slope()
    for (let n = 0; n < 40; n += 1) {
      const limit = n % 2 === 0 ? 80 : 120
      slope.add(limit, 50, 0.05)
      slope.add(limit, 60, 0.5)
    }
    expect(slope.flatMs).toBeCloseTo(50, 0)
  })

  /** Measurements under two limits, whose times go with a power of the limit. */
  const between = (low: number, high: number, power: number, error: number): Slope => {
    const slope = new Slope()
    for (let n = 0; n < 40; n += 1) {
      const limit = n % 2 === 0 ? low : high
      slope.add(limit, 50 * (limit / low) ** power, error)
    }
    return slope
  }

  it('is flat where it rises a little, and certainly no more than that', () => {
    const slope = between(80, 120, 0.1, 0.05)
    expect(slope.flatMs).toBeCloseTo(51, 0)
    slope.forget()
    expect(slope.flatMs).toBeNull()
  })

  it('is not clear where it may rise more than it seems to, or the limits lie too close together', () => {
    expect(between(80, 120, 0.3, 0.12).flatMs).toBeNull()
    expect(between(95, 105, -0.2, 0.05).flatMs).toBeNull()
  })
})
