import { describe, expect, it } from 'vitest'
import { Doubt } from '../src/law/doubt.js'
import { Model } from '../src/law/model.js'
import { resolveOptions } from '../src/options.js'
import { seen } from './seen.js'

/** A run of steps down began at 100 in flight of 100 ms each. */
function watched(error = 0.01): { doubt: Doubt; model: Model } {
  const model = new Model(resolveOptions())
  const doubt = new Doubt(model)
  doubt.watch(100, seen(100, 100, error))
  return { doubt, model }
}

function fresh(): Doubt {
  return new Doubt(new Model(resolveOptions()))
}

describe('a run of steps down', () => {
  it('is watched from its first step until something else is done', () => {
    const doubt = fresh()
    expect(doubt.watching).toBe(false)
    expect(doubt.stepsGainedNothing(10, seen(10, 100))).toBeNull()
    doubt.watch(100, seen(100, 100))
    expect(doubt.watching).toBe(true)
    doubt.stopWatching()
    expect(doubt.watching).toBe(false)
    expect(doubt.stepsGainedNothing(10, seen(10, 100))).toBeNull()
  })

  it('gained nothing when attempts take as long as before: it says where the run began', () => {
    const { doubt } = watched()
    doubt.watch(80, seen(80, 100))
    expect(doubt.stepsGainedNothing(60, seen(60, 100))).toBe(100)
  })

  it('was right when attempts became faster by more than a fifth of it', () => {
    expect(watched().doubt.stepsGainedNothing(50, seen(50, 50))).toBeNull()
    expect(watched().doubt.stepsGainedNothing(50, seen(50, 86.4))).toBeNull()
    expect(watched().doubt.stepsGainedNothing(50, seen(50, 87.7))).toBe(100)
  })

  it('is judged piece by piece: what a later piece did not gain is a reason for doubt, too', () => {
    const { doubt } = watched()
    expect(doubt.stepsGainedNothing(80, seen(80, 80))).toBeNull()
    expect(doubt.watching).toBe(true)
    expect(doubt.stepsGainedNothing(60, seen(60, 80))).toBe(80)
  })

  it('says nothing before it went down by six per cent, and by five standard errors', () => {
    expect(watched(0.001).doubt.stepsGainedNothing(95, seen(95, 100, 0.001))).toBeNull()
    expect(watched(0.001).doubt.stepsGainedNothing(94, seen(94, 100, 0.001))).toBe(100)
    expect(watched(0.03).doubt.stepsGainedNothing(79, seen(79, 100, 0.04))).toBeNull()
    expect(watched(0.03).doubt.stepsGainedNothing(77, seen(77, 100, 0.04))).toBe(100)
  })

  it('goes on from where it began while it is too early to say', () => {
    const { doubt } = watched(0.001)
    doubt.stepsGainedNothing(95, seen(95, 100, 0.001))
    expect(doubt.stepsGainedNothing(93, seen(93, 100, 0.001))).toBe(100)
  })

  it('that raises the goodput tells that overload costs capacity', () => {
    const plain = watched()
    plain.doubt.stepsGainedNothing(50, seen(50, 50))
    expect(plain.model.thrashes).toBe(false)
    const thrashing = watched()
    thrashing.doubt.stepsGainedNothing(50, seen(50, 35))
    expect(thrashing.model.thrashes).toBe(true)
  })
})

describe('the floor', () => {
  it('holds for a minute after going lower gained nothing', () => {
    const doubt = fresh()
    expect(doubt.floor).toBe(0)
    doubt.keepAbove(30)
    expect(doubt.floor).toBe(30)
    doubt.passed(59_999)
    expect(doubt.floor).toBe(30)
    doubt.passed(1)
    expect(doubt.floor).toBe(0)
  })

  it('is not there before something was learnt, however long that takes', () => {
    const doubt = fresh()
    doubt.passed(100_000)
    doubt.keepAbove(30)
    expect(doubt.floor).toBe(30)
  })
})

describe('a queue that no step removes', () => {
  it('is a reason for doubt after eight measurements in a row', () => {
    const doubt = fresh()
    expect([1, 2, 3, 4, 5, 6, 7, 8].map(() => doubt.pressed(1))).toEqual([
      ...Array.from({ length: 7 }, () => false),
      true,
    ])
    expect(doubt.pressed(1)).toBe(true)
  })

  it('counts by its weight', () => {
    const doubt = fresh()
    for (let n = 0; n < 15; n += 1) expect(doubt.pressed(0.5)).toBe(false)
    expect(doubt.pressed(0.5)).toBe(true)
  })

  it('is forgotten when the limit goes lower, or the question was asked', () => {
    const doubt = fresh()
    for (let n = 0; n < 7; n += 1) doubt.pressed(1)
    expect(doubt.pressed(0)).toBe(false)
    for (let n = 0; n < 7; n += 1) expect(doubt.pressed(1)).toBe(false)
    doubt.release()
    for (let n = 0; n < 7; n += 1) expect(doubt.pressed(1)).toBe(false)
    expect(doubt.pressed(1)).toBe(true)
  })
})

describe('goodput that is lost', () => {
  const judge = (doubt: Doubt, rates: readonly number[]) => rates.map((rate) => doubt.lost(rate))

  it('is one below four fifths of the best, four times in a row', () => {
    const doubt = fresh()
    doubt.passed(20_001)
    expect(judge(doubt, [0.5, 1, 0.79, 0.79, 0.79, 0.79])).toEqual([false, false, false, false, false, true])
  })

  it('is none where it stays above that, or comes back in between', () => {
    const doubt = fresh()
    doubt.passed(20_001)
    expect(judge(doubt, [1, 0.81, 0.81, 0.81, 0.81, 0.81])).not.toContain(true)
    expect(judge(doubt, [0.7, 0.7, 0.7, 0.9, 0.7, 0.7, 0.7])).not.toContain(true)
  })

  it('is believed only when more than twenty seconds have passed since the last time', () => {
    const doubt = fresh()
    doubt.passed(20_000)
    expect(judge(doubt, [1, 0.5, 0.5, 0.5, 0.5, 0.5])).not.toContain(true)
    doubt.passed(1)
    expect(doubt.lost(0.5)).toBe(true)
    expect(judge(doubt, [0.3, 0.3, 0.3, 0.3])).not.toContain(true)
    doubt.passed(20_000)
    expect(doubt.lost(0.3)).toBe(false)
    doubt.passed(1)
    expect(doubt.lost(0.3)).toBe(true)
  })

  it('is measured against the new level once it was believed', () => {
    const doubt = fresh()
    doubt.passed(20_001)
    expect(judge(doubt, [1, 0.5, 0.5, 0.5, 0.5]).at(-1)).toBe(true)
    doubt.passed(20_001)
    expect(judge(doubt, [0.5, 0.5, 0.5, 0.5, 0.5])).not.toContain(true)
    expect(judge(doubt, [0.39, 0.39, 0.39, 0.39])).toEqual([false, false, false, true])
  })
})
