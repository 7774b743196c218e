import { describe, expect, it } from 'vitest'
import { Slope } from '../src/law/slope.js'
import { Softness } from '../src/law/softness.js'

const mark = (limit: number, timeMs: number) => ({ limit, timeMs, error: 0.005 })

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
    expect(new Softness().learn(0.6, 0.6, mark(125, 60))).toBe(false)
  })

  it('knows that others made room when attempts become faster again after a step up', () => {
    const softness = new Softness()
    softness.learn(0.6, 0.05, mark(125, 60))
    expect(softness.othersYielded(mark(125, 55))).toBe(true)
  })

  it('does not suspect others where attempts stay as slow, or the limit went down', () => {
    const softness = new Softness()
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
})
