import { describe, expect, it } from 'vitest'
import { Slope } from '../src/law/slope.js'
import { Softness } from '../src/law/softness.js'

const mark = (limit: number, timeMs: number, error = 0.005) => ({ limit, timeMs, error })

describe('the softness of a knee', () => {
  it('allows a longer queue as long as reaching higher gains goodput, and a shorter one when it does not', () => {
    const softness = new Softness()
    expect(softness.learn(0.6, 0.05, mark(125, 60))).toBe(true)
    expect(softness.learn(0.5, 0.05, mark(156, 70))).toBe(true)
    const { factor } = softness
    expect(factor).toBeGreaterThan(2)
    expect(softness.limit).toBe(156)
    for (let n = 0; n < 10; n += 1) expect(softness.learn(0, 0.05, mark(195, 90))).toBe(false)
    expect(softness.factor).toBeLessThan(factor)
    expect(softness.factor).toBeGreaterThanOrEqual(1)
  })

  it('believes no single reach that may be chance', () => {
    const softness = new Softness()
    expect(softness.learn(0.6, 0.6, mark(125, 60))).toBe(false)
    expect(softness).toMatchObject({ factor: 1, limit: 0 })
  })

  it('doubles the queue for a large gain, makes it half as long again for a small one, and ends at 64 times', () => {
    const [large, small] = [new Softness(), new Softness()]
    large.learn(0.6, 0.02, mark(125, 60))
    small.learn(0.25, 0.02, mark(125, 60))
    expect([large.factor, small.factor]).toEqual([2, 1.5])
    for (let n = 0; n < 20; n += 1) large.learn(0.6, 0.02, mark(125, 60))
    expect(large.factor).toBe(64)
  })

  it('leaves the queue as it is while a reach may have gained or not', () => {
    const softness = new Softness()
    softness.learn(0.6, 0.05, mark(125, 60))
    expect(softness.learn(0, 0.3, mark(156, 70))).toBe(false)
    expect(softness).toMatchObject({ factor: 2, limit: 125 })
  })

  it('knows that others made room when attempts become faster again after a step up', () => {
    const softness = new Softness()
    softness.learn(0.6, 0.05, mark(125, 60))
    expect(softness.othersYielded(mark(125, 55))).toBe(true)
  })

  it('adds up what others may have yielded until chance does not explain it, and begins anew where attempts became slower', () => {
    const softness = new Softness()
    const yielded = (timeMs: number, error: number): boolean => {
      softness.learn(0.6, 0.05, mark(125, 60, error))
      return softness.othersYielded(mark(125, timeMs, error))
    }
    expect([1, 2, 3, 4].map(() => yielded(55, 0.05))).toEqual([false, false, false, false])
    expect(yielded(55, 0.05)).toBe(true)
    expect(yielded(120, 0.05)).toBe(false)
    expect(yielded(59, 0.001)).toBe(false)
    expect(yielded(58, 0.001)).toBe(true)
  })

  it('knows nothing any more when it is to forget', () => {
    const softness = new Softness()
    for (let n = 0; n < 3; n += 1) softness.learn(0, 0.05, mark(125, 60))
    softness.learn(0.9, 0.01, mark(125, 60))
    softness.passed(12_000)
    softness.forget()
    expect(softness).toMatchObject({ factor: 1, limit: 0, due: false })
    expect(softness.othersYielded(mark(125, 40))).toBe(false)
    softness.passed(12_000)
    expect(softness.due).toBe(true)
    softness.learn(0.6, 0.05, mark(125, 60))
    expect(softness.factor).toBe(2)
  })

  it('does not suspect others where attempts stay as slow, the limit went down, or it never reached higher', () => {
    const softness = new Softness()
    expect(softness.othersYielded(mark(125, 40))).toBe(false)
    softness.learn(0.6, 0.05, mark(125, 60))
    expect(softness.othersYielded(mark(125, 60))).toBe(false)
    softness.learn(0.6, 0.05, mark(156, 70))
    expect(softness.othersYielded(mark(100, 50))).toBe(false)
  })

  it('reaches again after a while, more rarely where it gains nothing, and later when one was broken off', () => {
    const softness = new Softness()
    softness.passed(12_000)
    expect(softness.due).toBe(true)
    softness.postpone()
    expect(softness.due).toBe(false)
    softness.passed(12_000)
    softness.learn(0, 0.05, mark(125, 60))
    softness.passed(12_000)
    expect(softness.due).toBe(false)
    softness.passed(6000)
    expect(softness.due).toBe(true)
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
