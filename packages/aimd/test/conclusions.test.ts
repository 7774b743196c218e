import { beforeEach, describe, expect, it } from 'vitest'
import { resolveOptions } from '../src/index.js'
import { judgeDrain, judgeReach, wentWithLimit } from '../src/law/conclusions.js'
import { Evidence } from '../src/law/evidence.js'
import { Model } from '../src/law/model.js'

const MINUTE = 60_000
const mark = (limit: number, timeMs: number) => ({ limit, timeMs, error: 0 })

describe('how far a time went with the limit', () => {
  it('is all the way under a queue, and not at all where nothing waits', () => {
    expect(wentWithLimit(mark(100, 100), mark(50, 50))).toBeCloseTo(1, 8)
    expect(wentWithLimit(mark(100, 100), mark(300, 300))).toBeCloseTo(1, 8)
    expect(wentWithLimit(mark(100, 100), mark(50, 100))).toBeCloseTo(0, 8)
  })

  it('is half of the way where a fourfold limit doubles the time', () => {
    expect(wentWithLimit(mark(100, 100), mark(400, 200))).toBeCloseTo(0.5, 8)
    expect(wentWithLimit(mark(400, 200), mark(100, 100))).toBeCloseTo(0.5, 8)
  })

  it('is more than all where fewer in flight get more done, and negative where the two part', () => {
    expect(wentWithLimit(mark(100, 100), mark(50, 25))).toBeCloseTo(2, 8)
    expect(wentWithLimit(mark(100, 100), mark(50, 200))).toBeCloseTo(-1, 8)
  })
})

/** How many attempts and windows a measurement takes until its error is a tenth, one, one and a half, or three per cent. */
const SURE = { 0.001: [500_000, 800], 0.01: [5000, 8], 0.015: [2000, 4], 0.03: [500, 1] } as const

describe('a drain from a limit of 100 to 50, with a base time of 100 ms', () => {
  let model: Model
  beforeEach(() => {
    model = new Model(resolveOptions())
    model.base.blend(100, 1)
  })

  interface Seen {
    timeMs: number
    error?: keyof typeof SURE
    /** What attempts took before the drain; by default as long as in it. */
    beforeMs?: number
    cautious?: number | null
  }

  function drain({ timeMs, error = 0.001, beforeMs = timeMs, cautious = null }: Seen, limit = 50) {
    const [ended, windows] = SURE[error]
    const inFlightMs = timeMs * ended
    const evidence = Object.assign(new Evidence(), { elapsedMs: 1000, inFlightMs, ended, windows })
    return judgeDrain(model, evidence, limit, mark(100, beforeMs), cautious)
  }

  /** Others have not given a sign for so long that none are likely. */
  const alone = () => model.passed(3 * MINUTE)

  /** The base time has been measured well. */
  const measured = () => {
    for (let n = 0; n < 20; n += 1) model.base.correct(100, 0, 0, 0.9)
  }

  describe('that measures about the base time or less', () => {
    it('corrects it by as much as it is the better of the two', () => {
      alone()
      const result = drain({ timeMs: 102, error: 0.01 })
      expect(model.base.ms).toBeCloseTo(100 + 2 / 1.005, 6)
      expect(result).toEqual({ factor: expect.closeTo(1.0199005, 6), raised: false, stillWaiting: false })
    })

    it('raises it by no more than a tenth of the way where others may be there', () => {
      expect(drain({ timeMs: 102 }).factor).toBeCloseTo(1.002, 6)
      expect(model.base.ms).toBeCloseTo(100.2, 6)
    })

    it('lowers it all the way though others may be there: their queue makes nothing faster', () => {
      expect(drain({ timeMs: 98 }).factor).toBeCloseTo(0.98, 5)
    })

    it('corrects one that was measured well by a tenth, but by seven tenths where it is clearly too high', () => {
      const lowered = (timeMs: number) => {
        model.base.restart(100)
        measured()
        drain({ timeMs, error: 0.01 })
        return model.base.ms
      }
      expect(lowered(99)).toBeCloseTo(99.9, 6)
      expect(lowered(98.9)).toBeCloseTo(99.89, 6)
      expect(lowered(98.7)).toBeCloseTo(100 - 0.7 * 1.3, 6)
    })

    it('reaches up to 3 % above it, or to two standard errors', () => {
      expect(drain({ timeMs: 103 }).raised).toBe(false)
      model.base.restart(100)
      expect(drain({ timeMs: 103.1 }).raised).toBe(true)
      model.base.restart(100)
      expect(drain({ timeMs: 105.9, error: 0.03 }).raised).toBe(false)
      model.base.restart(100)
      expect(drain({ timeMs: 106.1, error: 0.03 }).raised).toBe(true)
      model.base.restart(100)
      expect(drain({ timeMs: 103.1, error: 0.015 }).raised).toBe(true)
    })

    it('is the base time where none was known', () => {
      const unknown = new Model(resolveOptions())
      model = unknown
      expect(drain({ timeMs: 70 })).toEqual({ factor: 1, raised: false, stillWaiting: false })
      expect(model.base.ms).toBe(70)
    })
  })

  describe('that measures more than the base time', () => {
    it('raises it where attempts took as long before: fewer in flight only cost goodput', () => {
      expect(drain({ timeMs: 150, beforeMs: 155 })).toEqual({
        factor: 1.5,
        raised: true,
        stillWaiting: false,
      })
      expect(model.base.ms).toBe(150)
    })

    it('raises it half of the way where attempts became faster by 4 to 8 %', () => {
      expect(drain({ timeMs: 144, beforeMs: 150 })).toMatchObject({ factor: 1.22, raised: true })
      model.base.restart(100)
      expect(drain({ timeMs: 140, beforeMs: 152 })).toMatchObject({ factor: 1.2, raised: true })
    })

    it('leaves it where attempts became faster by more: some waited', () => {
      expect(drain({ timeMs: 138, beforeMs: 150 })).toEqual({ factor: 1, raised: false, stillWaiting: false })
      expect(model.base.ms).toBe(100)
    })

    it('with caution moves it by that weight, towards a tenth more at most, and does not call it raised', () => {
      expect(drain({ timeMs: 150, cautious: 0.25 })).toMatchObject({ factor: 1.025, raised: false })
      model.base.restart(100)
      expect(drain({ timeMs: 105, cautious: 0.5 })).toMatchObject({ factor: 1.025, raised: false })
      model.base.restart(100)
      expect(drain({ timeMs: 150, beforeMs: 164, cautious: 0.25 }).factor).toBe(1)
    })
  })

  describe('under which attempts still waited', () => {
    it('is one in which the time fell as the limit did, but for 15 %', () => {
      expect(drain({ timeMs: 114, beforeMs: 200 })).toEqual({ factor: 1, raised: false, stillWaiting: true })
      expect(drain({ timeMs: 116, beforeMs: 200 }).stillWaiting).toBe(false)
      expect(drain({ timeMs: 170, beforeMs: 300 }).stillWaiting).toBe(true)
      expect(drain({ timeMs: 175, beforeMs: 300 }).stillWaiting).toBe(false)
    })

    it('is told by shares of times: a store that answers in a tenth of a millisecond is judged like any other', () => {
      model.base.blend(0.1, 1)
      expect(drain({ timeMs: 0.14, error: 0.03, beforeMs: 0.2 }).stillWaiting).toBe(false)
      expect(drain({ timeMs: 0.11, error: 0.03, beforeMs: 0.2 }).stillWaiting).toBe(true)
    })

    it('is none where the time fell by less than 15 %, however little the limit did', () => {
      expect(drain({ timeMs: 110.5, beforeMs: 130 }, 90).stillWaiting).toBe(false)
      expect(drain({ timeMs: 110, beforeMs: 130 }, 90).stillWaiting).toBe(true)
    })

    it('shows that the base time is no more than what they took, however well that was measured', () => {
      measured()
      expect(drain({ timeMs: 90, error: 0.01, beforeMs: 200 }).stillWaiting).toBe(true)
      expect(model.base.ms).toBe(90)
    })

    it('does not lower it otherwise', () => {
      measured()
      expect(drain({ timeMs: 90, error: 0.01, beforeMs: 100 }).stillWaiting).toBe(false)
      expect(model.base.ms).toBeCloseTo(93, 6)
    })
  })
})

describe('a reach for twice as many in flight', () => {
  const verdict = (gain: number, { error = 0.01, alone = true } = {}) =>
    judgeReach({ low: 10, gain, error, worth: 0.05, elapsedMs: 1000 }, alone)

  it('says nothing of others where it gained little, and of a large gain only while it may not be alone', () => {
    expect([verdict(0), verdict(0.3), verdict(0.6)]).toEqual([null, null, null])
    expect([verdict(0.3, { alone: false }), verdict(0.31, { alone: false })]).toEqual([
      null,
      'perhaps shared',
    ])
  })

  it('says that others share where goodput rose by more than a soft knee explains', () => {
    expect([verdict(0.62), verdict(0.62, { alone: false })]).toEqual(['shared', 'shared'])
    expect(verdict(0.7, { error: 0.11 })).toBeNull()
  })

  it('says that nothing waits where it rose by all of the step', () => {
    expect([verdict(0.92), verdict(0.94), verdict(1, { alone: false })]).toEqual(['shared', 'free', 'free'])
    expect(verdict(1, { error: 0.1 })).toBe('shared')
  })
})
