import { describe, expect, it } from 'vitest'
import type { Evidence } from '../src/law/evidence.js'
import { Model } from '../src/law/model.js'
import { Ramp } from '../src/law/ramp.js'
import { resolveOptions } from '../src/options.js'
import type { ControllerOptions } from '../src/options.js'
import { seen } from './seen.js'

function started(given: Partial<ControllerOptions> = {}) {
  const options = resolveOptions(given)
  const model = new Model(options)
  const ramp = new Ramp(options)
  return {
    model,
    judge: (evidence: Evidence, limit: number, bound = true) => ramp.judge(evidence, limit, bound, model),
  }
}

/** One window of 50 ms was seen already. */
function after50ms(given: Partial<ControllerOptions> = {}) {
  const ramp = started(given)
  ramp.judge(seen(16, 50), 16)
  return ramp
}

describe('the ramp', () => {
  it('doubles while nothing waits, and takes the mean time of all its attempts for the base time', () => {
    const { judge, model } = started()
    expect(judge(seen(16, 50), 16)).toEqual({ limit: 32, over: false, reason: 'ramp: nothing waits' })
    expect(model.base.ms).toBeCloseTo(50)
    expect(judge(seen(32, 60), 32)).toMatchObject({ limit: 64, over: false })
    expect(model.base.ms).toBeCloseTo(55)
    expect(judge(seen(64, 55), 64)).toMatchObject({ limit: 128, over: false })
    expect(model.base.ms).toBeCloseTo(55)
  })

  it('leaves as many in flight as hurt nobody, where attempts are not slow', () => {
    const ended = (timeMs: number, limit: number) => {
      const { judge, model } = started()
      model.base.pool(1000, 1000 / (timeMs / 10))
      judge(seen(16, timeMs / 10), 16)
      return judge(seen(limit, timeMs), limit)
    }
    expect(ended(120, 64)).toMatchObject({ limit: 32, over: true })
    expect(ended(130, 64).limit).toBeLessThan(32)
    expect(ended(120, 24)).toMatchObject({ limit: 24, over: true })
  })

  it('is over when the limit is at the maximum and still nothing waits', () => {
    expect(after50ms({ maxConcurrency: 100 }).judge(seen(99, 50), 99).over).toBe(false)
    expect(after50ms({ maxConcurrency: 100 }).judge(seen(100, 50), 100)).toMatchObject({
      over: true,
      reason: 'ramp: nothing waits',
    })
  })

  it('keeps the limit where there is too little work, and learns the base time all the same', () => {
    const { judge, model } = started({ maxConcurrency: 16 })
    expect(judge(seen(3, 50), 16, false)).toEqual({
      limit: 16,
      over: false,
      reason: 'ramp: too little work to need more',
    })
    expect(model.base.ms).toBeCloseTo(50)
  })

  it('holds at attempts that take a third longer, and does not count them in the base time', () => {
    const { judge, model } = after50ms()
    expect(judge(seen(32, 66.5), 32)).toEqual({
      limit: 32,
      over: false,
      reason: 'ramp: attempts seem to wait',
    })
    expect(model.base.ms).toBeCloseTo(50)
  })

  it('goes on while they take less than three tenths longer, beyond two standard errors', () => {
    expect(after50ms().judge(seen(32, 65.5), 32).limit).toBe(64)
    expect(after50ms().judge(seen(32, 74, 0.1), 32).limit).toBe(64)
    expect(after50ms().judge(seen(32, 76, 0.1), 32).limit).toBe(32)
  })

  it('ends when attempts took longer twice in a row, not with a good window in between', () => {
    const twice = after50ms()
    twice.judge(seen(32, 70), 32)
    expect(twice.judge(seen(32, 70), 32)).toMatchObject({ over: true, reason: 'ramp ends: attempts wait' })
    const between = after50ms()
    between.judge(seen(32, 70), 32)
    expect(between.judge(seen(32, 50), 32)).toMatchObject({ limit: 64, over: false })
    expect(between.judge(seen(64, 70), 64)).toMatchObject({ limit: 64, over: false })
  })

  it('ends at once when attempts take nearly twice as long, with the limit fitted to what is served', () => {
    expect(after50ms().judge(seen(100, 89), 100)).toMatchObject({ limit: 100, over: false })
    const ended = after50ms().judge(seen(100, 91), 100)
    expect(ended.over).toBe(true)
    // 55 of 100 are served; 7.4 more may wait, and half of an error of one in a hundred is left for doubt.
    expect(ended.limit).toBeCloseTo(54.9 + 7.4 + 0.3, 1)
  })

  it('judges no time in the windows of the warm-up', () => {
    const { judge, model } = started({ warmupIntervals: 2 })
    model.base.blend(50, 1)
    expect(judge(seen(16, 200), 16)).toMatchObject({ limit: 32, over: false })
    model.base.blend(50, 1)
    expect(judge(seen(32, 200), 32)).toMatchObject({ limit: 64, over: false })
    model.base.blend(50, 1)
    expect(judge(seen(64, 200), 64).over).toBe(true)
  })
})
