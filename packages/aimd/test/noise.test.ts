import { describe, expect, it } from 'vitest'
import { Evidence } from '../src/law/evidence.js'
import { Noise } from '../src/law/noise.js'

/** A measurement of a time over so many attempts and windows. */
function measured(timeMs: number, ended = 625, windows = 1): Evidence {
  return Object.assign(new Evidence(), { elapsedMs: 1000, inFlightMs: timeMs * ended, ended, windows })
}

/** The variance of one attempt's time, and the one that all attempts of a window have in common. */
function variances(noise: Noise): [number, number] {
  return [
    noise.error({ ended: 1, windows: Infinity }) ** 2,
    noise.error({ ended: Infinity, windows: 1 }) ** 2,
  ]
}

/** What is learnt from measurements by turns of 100 ms and of a time that is apart by `jump` in the logarithm. */
function alternating(times: number, jump: number, ended = 625, windows = 1): Noise {
  const noise = new Noise()
  noise.observe(measured(100, ended, windows), 50)
  for (let n = 1; n <= times; n += 1)
    noise.observe(measured(n % 2 === 0 ? 100 : 100 * Math.exp(jump), ended, windows), 50)
  return noise
}

/** The two variances, but for rounding. */
const about = (ofAttempt: number, ofWindow: number) => [
  expect.closeTo(ofAttempt, 6),
  expect.closeTo(ofWindow, 8),
]

describe('the error of a time', () => {
  it('at first an attempt scatters by a half, and a window by a fiftieth', () => {
    expect(variances(new Noise())).toEqual(about(0.25, 0.0004))
  })

  it('falls with the root of how many attempts ended and of how many windows there were', () => {
    const noise = new Noise()
    expect(noise.error({ ended: 500, windows: 1 })).toBeCloseTo(0.03, 8)
    expect(noise.error({ ended: 2000, windows: 4 })).toBeCloseTo(0.015, 8)
  })

  it('is never that of less than one attempt and one window', () => {
    const noise = new Noise()
    expect(noise.error({ ended: 0, windows: 0 })).toBe(noise.error({ ended: 1, windows: 1 }))
    expect(noise.error({ ended: 0.2, windows: 1 })).toBeCloseTo(Math.sqrt(0.2504), 8)
  })

  it('asks for as many windows as average what they have in common, up to four', () => {
    const noise = new Noise()
    expect(noise.windowsFor(0.02)).toBeCloseTo(1, 8)
    expect(noise.windowsFor(0.01)).toBeCloseTo(4, 8)
    expect(noise.windowsFor(0.005)).toBe(4)
  })
})

// With 625 attempts in one window both kinds of scatter weigh the same: together 4 % between two measurements.
describe('what is learnt from two measurements that should be alike', () => {
  it('one measurement alone says nothing', () => {
    expect(variances(alternating(0, 0))).toEqual(about(0.25, 0.0004))
  })

  it('is confirmed where they differ by as much as was to be expected', () => {
    expect(variances(alternating(1, 0.04))).toEqual(about(0.25, 0.0004))
    expect(variances(alternating(1, -0.04))).toEqual(about(0.25, 0.0004))
  })

  it('is less where they are the same, by a quarter at first', () => {
    expect(variances(alternating(1, 0))).toEqual(about(0.1875, 0.0003))
  })

  it('is more where they differ by more, for both in proportion', () => {
    expect(variances(alternating(1, 0.08))).toEqual(about(0.4375, 0.0007))
  })

  it('expects the less of a difference, the more attempts and windows each of the two had', () => {
    expect(variances(alternating(1, 0.02, 2500, 4))).toEqual(about(0.25, 0.0004))
    const noise = new Noise()
    noise.observe(measured(100, 625, 1), 50)
    noise.observe(measured(100 * Math.exp(Math.sqrt(0.0012)), 1250, 2), 50)
    expect(variances(noise)).toEqual(about(0.25, 0.0004))
  })

  it('is put down to the attempts where few ended, and to the windows where many did', () => {
    const [few, many] = [alternating(1, 0, 5), alternating(1, 0, 1e6)]
    expect(variances(few)).toEqual(about(0.12599206, 0.00039841))
    expect(variances(many)).toEqual(about(0.24992192, 0.00020012))
    const [fewApart, manyApart] = [alternating(1, 0.5, 5), alternating(1, 0.06, 1e6)]
    expect(variances(fewApart)[0]).toBeGreaterThan(0.4)
    expect(variances(fewApart)[1]).toBeLessThan(0.00041)
    expect(variances(manyApart)[0]).toBeLessThan(0.251)
    expect(variances(manyApart)[1]).toBeGreaterThan(0.001)
  })

  it('of a jump far beyond chance, only three times what was to be expected', () => {
    expect(variances(alternating(1, 0.11))[0]).toBeLessThan(0.7)
    expect(variances(alternating(1, 0.12))).toEqual(about(0.75, 0.0012))
    expect(variances(alternating(1, 5))).toEqual(about(0.75, 0.0012))
  })

  it('each time less, from a half to a third and so on, but never less than 8 %', () => {
    const then = (before: number): number => {
      const noise = alternating(before, 0.04)
      noise.observe(measured(before % 2 === 0 ? 100 : 100 * Math.exp(0.04)), 50)
      return variances(noise)[0]
    }
    expect(then(1)).toBeCloseTo(0.25 - 0.125 / 3, 6)
    expect(then(2)).toBeCloseTo(0.25 - 0.125 / 4, 6)
    expect(then(10)).toBeCloseTo(0.25 - 0.125 / 12, 6)
    expect(then(11)).toBeCloseTo(0.24, 6)
    expect(then(100)).toBeCloseTo(0.24, 6)
  })

  it('stays within bounds: attempts between a tenth and five times their mean, windows up to a half of it', () => {
    expect(variances(alternating(20_000, 0))).toEqual(about(0.01, 1e-6))
    expect(variances(alternating(20_000, 15))).toEqual(about(25, 0.25))
  })
})

describe('where the limit changed between two measurements', () => {
  const after = (limit: number, timeMs: number): number => {
    const noise = new Noise()
    noise.observe(measured(100), 100)
    noise.observe(measured(timeMs), limit)
    return variances(noise)[0]
  }

  it('by more than a tenth, they need not be alike, and nothing is learnt', () => {
    expect([after(111, 100), after(90, 100)]).toEqual([0.25, 0.25])
    expect([after(111, 200), after(90, 50)]).toEqual([0.25, 0.25])
    expect([after(110, 100), after(91, 100)]).toEqual([0.1875, 0.1875].map((it) => expect.closeTo(it, 6)))
  })

  it('by less, a time that changed by as much or less is no scatter', () => {
    const same = [
      [108, 108],
      [108, 103],
      [108, 93],
      [93, 93],
      [93, 108 * 0.96],
    ] as const
    for (const [limit, timeMs] of same) expect(after(limit, timeMs)).toBeCloseTo(0.1875, 6)
  })

  it('only what goes beyond that change is scatter', () => {
    const factor = Math.exp(0.05)
    expect(after(100 * factor, 100 * Math.exp(0.09))).toBeCloseTo(0.25, 6)
    expect(after(100 / factor, 100 * Math.exp(0.09))).toBeCloseTo(0.25, 6)
    expect(after(100 * factor, 100 * Math.exp(-0.09))).toBeCloseTo(0.25, 6)
  })

  it('the next measurement is compared with the last one all the same', () => {
    const noise = new Noise()
    noise.observe(measured(100), 100)
    noise.observe(measured(200), 200)
    expect(variances(noise)).toEqual(about(0.25, 0.0004))
    noise.observe(measured(200), 200)
    expect(variances(noise)).toEqual(about(0.1875, 0.0003))
  })
})

describe('windows that scatter strongly', () => {
  it('are believed in after two jumps of many attempts, not after one', () => {
    expect(alternating(1, 1, 1e6).strong).toBe(false)
    expect(alternating(2, 1, 1e6).strong).toBe(true)
  })

  it('scatter by more than 6.3 %', () => {
    expect(alternating(1000, 0.085, 1e9).strong).toBe(false)
    expect(alternating(1000, 0.095, 1e9).strong).toBe(true)
  })

  it('take more of them to be known as well', () => {
    const noise = alternating(1000, 0.1, 1e9)
    expect(noise.windowsFor(0.05)).toBeCloseTo(2, 2)
  })
})

describe('the time until a change of the limit evens out', () => {
  it('is eight times what an attempt takes, more where attempts differ, and 64 at most', () => {
    const after = (jump: number) => alternating(400, jump, 30, 1e9).toEven
    expect(after(0)).toBe(8)
    expect(after(0.2)).toBeGreaterThan(10)
    expect(after(0.2)).toBeLessThan(20)
    expect(after(3)).toBe(64)
  })
})
