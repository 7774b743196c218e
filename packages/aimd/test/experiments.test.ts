import { describe, expect, it } from 'vitest'
import { Evidence } from '../src/law/evidence.js'
import { Experiments } from '../src/law/experiments.js'
import { Model } from '../src/law/model.js'
import { resolveOptions } from '../src/options.js'
import { seen } from './seen.js'

const MINUTE = 60_000

/** Others are possible at first; with `alone` that has been forgotten. */
function known(baseMs: number | null, { alone = false } = {}) {
  const options = resolveOptions()
  const model = new Model(options)
  if (baseMs !== null) model.base.blend(baseMs, 1)
  if (alone) model.passed(11 * MINUTE)
  return { model, experiments: new Experiments(options, model) }
}

describe('a drain', () => {
  it('goes to half of what is served, or of the limit if that is less', () => {
    expect(known(50).experiments.drain(seen(101, 100), 101)).toEqual({
      limit: 25,
      phase: 'drain',
      reason: 'short drain to learn the base time',
    })
    expect(known(100).experiments.drain(seen(200, 100), 40).limit).toBe(20)
    expect(known(null).experiments.drain(seen(60, 100), 100).limit).toBe(30)
  })

  it('remembers the limit to return to, and forgets the times that were usual', () => {
    const { experiments, model } = known(100)
    expect(experiments.back).toBeNull()
    model.company.dipped(100, 0.01, 80, false)
    experiments.drain(seen(80, 100), 80)
    expect(experiments.back).toBe(80)
    expect(model.company.dipped(50, 0.01, 80, false)).toBe(false)
  })

  it('lowers the base time, and the limit with it, where attempts took less', () => {
    const { experiments, model } = known(100)
    experiments.drain(seen(100, 100), 100)
    const ended = experiments.conclude(seen(50, 90), 50, true)
    expect(model.base.ms).toBeCloseTo(90, 0)
    expect(ended).toMatchObject({ floor: null, reason: 'drain ends' })
    expect(ended.limit).toBeCloseTo(90, 0)
    expect(experiments.back).toBeNull()
  })

  it('is made again at once, from where it went, when a queue stood to its end', () => {
    const { experiments, model } = known(60)
    experiments.drain(seen(100, 100), 100)
    expect(experiments.conclude(seen(50, 50), 50, true)).toEqual({
      limit: 50,
      floor: null,
      reason: 'drain: attempts still waited',
    })
    expect(model.base.ms).toBe(50)
    expect(experiments.drains.due(false)).toBe(true)
  })

  it('is not made again where the knee is known to be soft: there attempts are faster with each step down', () => {
    const { experiments, model } = known(60)
    model.softness.proven = { limit: 100, timeMs: 100 }
    experiments.drain(seen(100, 100), 100)
    expect(experiments.conclude(seen(45, 45), 45, true)).toMatchObject({ reason: 'drain ends' })
  })

  it('asks for a reach before the limit goes lower still, where that is soon over', () => {
    const asked = (timeMs: number) => {
      const { experiments, model } = known(timeMs)
      experiments.drain(seen(100, 2 * timeMs), 100)
      experiments.conclude(seen(50, timeMs), 50, true)
      return model.softness.due(50)
    }
    expect([asked(124), asked(126)]).toEqual([true, false])
  })

  it('leads no lower than the least, and is not made again below it', () => {
    const { experiments } = known(20)
    experiments.drain(seen(33, 60), 33)
    expect(experiments.conclude(seen(8, 14), 8, true)).toMatchObject({ limit: 32, reason: 'drain ends' })
  })

  it('tells nothing when the limit was not lower than before', () => {
    const { experiments, model } = known(50)
    experiments.drain(seen(10, 100), 10)
    expect(experiments.conclude(seen(10, 100), 10, true)).toEqual({
      limit: 10,
      floor: null,
      reason: 'drain ends',
    })
    expect(model.base.ms).toBe(50)
    expect(experiments.drains.count).toBe(1)
  })

  it('raises the base time where attempts took as long as before, and is repeated after ten seconds', () => {
    const { experiments, model } = known(50)
    experiments.drain(seen(100, 100), 100)
    expect(experiments.conclude(seen(50, 97), 50, true).limit).toBeCloseTo(194)
    expect(model.base.ms).toBeCloseTo(97)
    experiments.passed(9999)
    expect(experiments.drains.due(false)).toBe(false)
    experiments.passed(1)
    expect(experiments.drains.due(false)).toBe(true)
  })

  it('raises it only in small steps from the third one on, while others are likely', () => {
    const third = (alone: boolean, before: number) => {
      const { experiments, model } = known(50, { alone })
      experiments.drains.count = before
      experiments.drain(seen(100, 100), 100)
      experiments.conclude(seen(50, 97), 50, true)
      return model.base.ms
    }
    expect(third(false, 1)).toBeCloseTo(97)
    expect(third(false, 2)).toBeCloseTo(51.25)
    expect(third(true, 2)).toBeCloseTo(97)
  })

  it('is due again when half of the goodput for so long is within the budget', () => {
    const { experiments } = known(100)
    experiments.drain(seen(100, 100), 100)
    // 200 ms at half of the goodput, with half of that for coming back: two in a thousand of 75 s.
    const short = { elapsedMs: 200, inFlightMs: 10_000, ended: 100, windows: 1 }
    experiments.conclude(Object.assign(new Evidence(), short), 50, true)
    experiments.passed(74_900)
    expect(experiments.drains.due(false)).toBe(false)
    experiments.passed(200)
    expect(experiments.drains.due(false)).toBe(true)
  })
})

describe('a question', () => {
  it('goes to a third of the limit, and comes back to the limit it was given', () => {
    const { experiments } = known(50)
    expect(experiments.question(seen(100, 100), 100, 150)).toEqual({
      limit: 35,
      phase: 'drain',
      reason: 'deep drain: is it a queue or a longer path?',
    })
    expect(experiments.back).toBe(150)
    expect(known(50).experiments.question(seen(5, 100), 5, 5).limit).toBe(1)
    expect(known(50).experiments.question(seen(9, 100), 9, 9).limit).toBe(3)
  })

  it('is answered with a queue where attempts became faster: back to where it began', () => {
    const { experiments, model } = known(50)
    experiments.question(seen(100, 100), 100, 150)
    expect(experiments.conclude(seen(35, 91), 35, true)).toEqual({
      limit: 100,
      floor: null,
      reason: 'it is a queue',
    })
    expect(model.base.ms).toBe(50)
    expect(experiments.halfAnswered).toBe(false)
  })

  it('is asked again after eight seconds, and each time twice as late, up to two minutes', () => {
    const { experiments } = known(50)
    expect(experiments.mayDoubt).toBe(true)
    const waits = [8, 16, 32, 64, 120, 120].map((seconds) => {
      experiments.question(seen(100, 100), 100, 100)
      experiments.conclude(seen(35, 50), 35, true)
      experiments.passed(seconds * 1000 - 1)
      const before = experiments.mayDoubt
      experiments.passed(1)
      return [before, experiments.mayDoubt]
    })
    expect(waits).toEqual(waits.map(() => [false, true]))
  })

  it('is answered with a longer path where attempts took as long: alone, it is believed at once', () => {
    const { experiments, model } = known(50, { alone: true })
    experiments.question(seen(100, 100), 100, 150)
    expect(experiments.conclude(seen(35, 97), 35, true)).toEqual({
      limit: 150,
      floor: 90,
      reason: 'fewer in flight gained nothing: the path takes longer',
    })
    expect(model.base.ms).toBeCloseTo(97)
    expect([experiments.halfAnswered, experiments.mayDoubt]).toEqual([false, true])
  })

  it('is believed by half where attempts became a little faster', () => {
    const { experiments, model } = known(50, { alone: true })
    experiments.question(seen(100, 100), 100, 100)
    experiments.conclude(seen(35, 95), 35, true)
    expect(model.base.ms).toBeCloseTo(72.5)
  })

  it('never lowers the base time', () => {
    const { experiments, model } = known(120, { alone: true })
    experiments.question(seen(100, 100), 100, 100)
    experiments.conclude(seen(35, 97), 35, true)
    expect(model.base.ms).toBe(120)
  })

  it('learns a base time that nobody knew', () => {
    const { experiments, model } = known(null, { alone: true })
    experiments.question(seen(100, 100), 100, 100)
    experiments.conclude(seen(35, 97), 35, true)
    expect(model.base.ms).toBeCloseTo(97)
  })

  it('takes two answers, four seconds apart, where others may share the backend', () => {
    const { experiments, model } = known(50)
    experiments.question(seen(100, 100), 100, 100)
    experiments.conclude(seen(35, 95), 35, true)
    expect(model.base.ms).toBe(50)
    expect([experiments.halfAnswered, experiments.mayDoubt]).toEqual([true, false])
    experiments.passed(3999)
    expect(experiments.mayDoubt).toBe(false)
    experiments.passed(1)
    expect(experiments.mayDoubt).toBe(true)
    experiments.question(seen(100, 100), 100, 100)
    experiments.conclude(seen(35, 95), 35, true)
    expect(model.base.ms).toBeCloseTo(95)
    expect([experiments.halfAnswered, experiments.mayDoubt]).toEqual([false, true])
  })

  it('begins anew after an answer that it is a queue', () => {
    const { experiments, model } = known(50)
    for (const timeMs of [97, 50, 97]) {
      experiments.question(seen(100, 100), 100, 100)
      experiments.conclude(seen(35, timeMs), 35, true)
    }
    expect(model.base.ms).toBe(50)
    expect(experiments.halfAnswered).toBe(true)
  })
})

describe('a probe upwards, where a limit is too small to be drained', () => {
  it('goes to twice the limit, or up to eight where the limit came from there', () => {
    expect(known(50).experiments.question(seen(4, 100), 4, 4)).toEqual({
      limit: 8,
      phase: 'probe',
      reason: 'probe: is it a queue or a longer path?',
    })
    expect(known(50).experiments.question(seen(2, 100), 2, 2).limit).toBe(4)
    expect(known(50).experiments.question(seen(2, 100), 2, 7).limit).toBe(7)
    expect(known(50).experiments.question(seen(2, 100), 2, 100).limit).toBe(8)
  })

  it('comes back to the limit itself when it is broken off', () => {
    const { experiments } = known(50)
    experiments.question(seen(2, 100), 2, 100)
    expect(experiments.back).toBe(2)
  })

  it('finds a queue where attempts become slower: back to the limit, and no doubt for eight seconds', () => {
    const { experiments, model } = known(50)
    experiments.passed(MINUTE)
    experiments.question(seen(4, 100), 4, 4)
    expect(experiments.conclude(seen(8, 200), 8, true)).toEqual({
      limit: 4,
      floor: null,
      reason: 'it is a queue',
    })
    expect(model.base.ms).toBe(50)
    experiments.passed(7999)
    expect(experiments.mayDoubt).toBe(false)
    experiments.passed(1)
    expect(experiments.mayDoubt).toBe(true)
  })

  it('finds a longer path where more in flight gain as much: the base time is what they took before', () => {
    const { experiments, model } = known(50)
    experiments.question(seen(4, 100), 4, 4)
    expect(experiments.conclude(seen(8, 102), 8, true)).toEqual({
      limit: 8,
      floor: null,
      reason: 'more in flight gained as much: the path takes longer',
    })
    expect(model.base.ms).toBeCloseTo(100)
    expect(experiments.mayDoubt).toBe(true)
  })

  it('takes a smaller slowdown for a queue where others may be there', () => {
    const base = (alone: boolean, timeMs: number) => {
      const { experiments, model } = known(50, { alone })
      experiments.question(seen(4, 100), 4, 4)
      experiments.conclude(seen(8, timeMs), 8, true)
      return Math.round(model.base.ms ?? 0)
    }
    // 7.2 % longer is a tenth of the step to twice the limit, 10.5 % is 0.144 of it, 13 % is 0.176.
    expect([base(false, 107.2), base(false, 110.5)]).toEqual([100, 50])
    expect([base(true, 110.5), base(true, 113), base(true, 116)]).toEqual([100, 100, 50])
  })

  it('never lowers the base time, and learns one that nobody knew', () => {
    const after = (baseMs: number | null) => {
      const { experiments, model } = known(baseMs)
      experiments.question(seen(4, 100), 4, 4)
      experiments.conclude(seen(8, 100), 8, true)
      return model.base.ms
    }
    expect(after(120)).toBe(120)
    expect(after(null)).toBeCloseTo(100)
  })

  it('puts off the next drain, for it told as much', () => {
    const { experiments } = known(50)
    experiments.passed(MINUTE)
    expect(experiments.drains.due(false)).toBe(true)
    experiments.question(seen(4, 100), 4, 4)
    experiments.conclude(seen(8, 200), 8, true)
    expect(experiments.drains.due(false)).toBe(false)
  })
})

describe('reaching higher', () => {
  /** Reaches from a limit at which attempts take 60 ms; under twice the limit they take so long. Returns what it concludes, after so many pairs at most. */
  const reached = (limit: number, highMs: number, { alone = true, pairs = 4 } = {}) => {
    const all = known(50, { alone })
    const { experiments } = all
    expect(experiments.reach(seen(limit, 60), limit)).toEqual({
      limit: 2 * limit,
      phase: 'probe',
      reason: 'reaching higher: does it gain goodput?',
    })
    for (let pair = 1; ; pair += 1) {
      const down = experiments.conclude(seen(2 * limit, highMs), 2 * limit, true)
      expect(down).toMatchObject({ limit, phase: 'probe' })
      const wanted = experiments.conclude(seen(limit, 60), limit, true)
      if (wanted.phase === undefined || pair === pairs) return { ...all, wanted }
      expect(wanted).toMatchObject({ limit: 2 * limit, phase: 'probe' })
    }
  }

  it('changes between the limit and its double, to the limit of which it would return', () => {
    const { experiments } = reached(20, 90, { pairs: 2 })
    expect([experiments.reaching, experiments.back]).toEqual([true, 20])
  })

  it('stays among few where goodput rose', () => {
    const { experiments, model, wanted } = reached(20, 100)
    expect(wanted).toEqual({
      limit: 40,
      floor: null,
      reason: 'twice as many gained 26.3 % (± 0.8 %) of that',
    })
    expect([experiments.reaching, experiments.back]).toEqual([false, null])
    expect(model.softness.proven).toEqual({ limit: 40, timeMs: expect.closeTo(100) })
    expect(model.soft).toBe(true)
  })

  it('stays a quarter higher where many are in flight', () => {
    const { model, wanted } = reached(100, 100)
    expect(wanted.limit).toBe(125)
    expect(model.softness.proven).toEqual({ limit: 125, timeMs: expect.closeTo(70.7, 1) })
  })

  it('comes back where attempts only wait longer', () => {
    const { model, wanted } = reached(20, 120, { pairs: 2 })
    expect(wanted).toMatchObject({ limit: 20, reason: 'twice as many gained 0.0 % (± 1.2 %) of that' })
    expect([model.soft, model.thrashes]).toEqual([false, false])
  })

  it('finds that overload costs capacity where attempts take longer by more than the step', () => {
    expect(reached(20, 160, { pairs: 2 }).model.thrashes).toBe(true)
  })

  it('takes so large a gain for the room of others, who must share', () => {
    const { model, wanted } = reached(20, 70)
    expect(wanted).toMatchObject({ limit: 20, reason: 'twice as many gained what others may have lost' })
    expect([model.soft, model.company.unseen, model.company.alone]).toEqual([false, false, false])
  })

  it('leaves a gain alone that may be the room of others, until it has been alone for long', () => {
    const early = reached(20, 90, { alone: false })
    expect(early.wanted.limit).toBe(20)
    expect([early.model.soft, early.model.company.unseen]).toEqual([false, true])
    expect(reached(20, 90).wanted.limit).toBe(25)
  })

  it('takes a path to be longer where twice as many gain as much', () => {
    const { model, wanted } = reached(20, 61, { alone: false })
    expect(wanted).toMatchObject({ limit: 40, reason: 'twice as many gained as much: the path takes longer' })
    expect(model.base.ms).toBeCloseTo(61)
    expect(model.soft).toBe(false)
  })

  it('is broken off where work runs out, or the backend changes', () => {
    const broken = (limit: number, timeMs: number, bound: boolean) => {
      const { experiments, model } = reached(20, 100, { pairs: 1 })
      model.passed(MINUTE)
      if (limit === 20) experiments.conclude(seen(40, 100), 40, true)
      const { reason, phase, limit: next } = experiments.conclude(seen(limit, timeMs), limit, bound)
      return { reason, phase, next, reaching: experiments.reaching, due: model.softness.due(20) }
    }
    const ended = { phase: undefined, next: 20, reaching: false, due: false }
    expect(broken(40, 100, false)).toEqual({ ...ended, reason: 'too little work to reach higher' })
    expect(broken(20, 90, true)).toEqual({ ...ended, reason: 'the backend changed meanwhile' })
  })
})

describe('trying half as many', () => {
  /** Of 32, at which attempts take 60 ms; with half as many they take so long. Returns what it concludes. */
  const halved = (lowMs: number, { alone = true } = {}) => {
    const all = known(20, { alone })
    const { experiments } = all
    expect(experiments.halve(32)).toEqual({
      limit: 16,
      phase: 'probe',
      reason: 'half as many: are they as good?',
    })
    let wanted = experiments.conclude(seen(16, lowMs), 16, true)
    for (let pair = 0; pair < 4 && wanted.phase !== undefined; pair += 1) {
      expect(wanted).toMatchObject({ limit: 32, phase: 'probe' })
      experiments.conclude(seen(32, 60), 32, true)
      wanted = experiments.conclude(seen(16, lowMs), 16, true)
    }
    return { ...all, wanted }
  }

  it('leads there where the other half gained nothing', () => {
    const { experiments, model, wanted } = halved(30)
    expect(wanted).toMatchObject({ limit: 16, reason: 'the other half gained 0.0 % (± 1.2 %) of that' })
    expect([model.softness.least, model.soft, experiments.back]).toEqual([16, false, null])
  })

  it('comes back where it gained, and what attempts take there is the time at the knee', () => {
    const { model, wanted } = halved(36)
    expect(wanted.limit).toBe(32)
    expect(model.softness.least).toBe(32)
    expect(model.softness.proven).toEqual({ limit: 32, timeMs: expect.closeTo(60) })
  })

  it('comes back where nothing waited, and others have no part in it', () => {
    const { model, wanted } = halved(60)
    expect(wanted.limit).toBe(32)
    expect(model.softness.least).toBe(32)
    expect(model.base.ms).toBeCloseTo(60)
  })

  it('gives up the least where the gain may be what others lost', () => {
    expect(halved(40, { alone: false }).model.softness.least).toBe(1)
    const shared = halved(50)
    expect([shared.model.softness.least, shared.model.company.unseen]).toEqual([1, false])
  })

  it('comes back when it is broken off', () => {
    const { experiments } = known(20)
    experiments.halve(32)
    expect(experiments.back).toBe(32)
    experiments.conclude(seen(16, 36), 16, true)
    expect(experiments.conclude(seen(32, 60), 32, false)).toMatchObject({
      limit: 32,
      reason: 'too little work to reach higher',
    })
    expect(experiments.back).toBeNull()
  })
})

describe('experiments', () => {
  it('have nothing to conclude when none is running', () => {
    const { experiments } = known(50)
    const nothing = { limit: 70, floor: null, reason: 'nothing to conclude' }
    expect(experiments.conclude(seen(70, 60), 70, true)).toEqual(nothing)
    experiments.drain(seen(100, 60), 100)
    experiments.conclude(seen(50, 60), 50, true)
    expect(experiments.conclude(seen(70, 60), 70, true)).toEqual(nothing)
  })

  it('take longest for a question that nobody else can blur, and shortest for a drain', () => {
    const patience = (alone: boolean) => {
      const begun = () => known(50, { alone }).experiments
      const all = [begun(), begun(), begun(), begun(), begun()] as const
      all[1].drain(seen(100, 60), 100)
      all[2].question(seen(100, 60), 100, 100)
      all[3].question(seen(4, 60), 4, 4)
      all[4].reach(seen(100, 60), 100)
      return all.map((one) => one.patience)
    }
    expect(patience(false)).toEqual([8, 5, 8, 8, 8])
    expect(patience(true)).toEqual([8, 5, 25, 8, 8])
  })

  it('give others time to join in, as long as they are likely or drains have been few', () => {
    const lengthy = (alone: boolean, drains: number) => {
      const begun = () => {
        const { experiments } = known(50, { alone })
        experiments.drains.count = drains
        return experiments
      }
      const all = [begun(), begun(), begun(), begun(), begun()] as const
      all[1].drain(seen(100, 60), 100)
      all[2].question(seen(100, 60), 100, 100)
      all[3].question(seen(4, 60), 4, 4)
      all[4].reach(seen(100, 60), 100)
      return all.map((one) => one.lengthy)
    }
    expect(lengthy(false, 9)).toEqual([false, true, true, false, false])
    expect(lengthy(true, 4)).toEqual([false, true, true, false, false])
    expect(lengthy(true, 5)).toEqual([false, false, false, false, false])
  })

  it('that are broken off are not tried again at once', () => {
    const { experiments } = known(50)
    experiments.question(seen(100, 100), 100, 100)
    experiments.conclude(seen(35, 50), 35, true)
    experiments.passed(MINUTE)
    experiments.drain(seen(100, 100), 100)
    expect([experiments.mayDoubt, experiments.drains.due(false)]).toEqual([true, true])
    experiments.cancel()
    expect(experiments.back).toBeNull()
    expect([experiments.mayDoubt, experiments.drains.due(false)]).toEqual([false, false])
    experiments.passed(MINUTE)
    expect([experiments.mayDoubt, experiments.drains.due(false)]).toEqual([true, true])
  })

  it('stay due where there is nothing to break off', () => {
    const { experiments } = known(50)
    experiments.question(seen(100, 100), 100, 100)
    experiments.conclude(seen(35, 50), 35, true)
    experiments.passed(MINUTE)
    experiments.cancel()
    expect([experiments.mayDoubt, experiments.drains.due(false)]).toEqual([true, true])
  })

  it('reach higher later when a reach was broken off, not when a drain was', () => {
    const due = (kind: 'reach' | 'drain') => {
      const { experiments, model } = known(50)
      model.passed(MINUTE)
      experiments[kind](seen(100, 100), 100)
      experiments.cancel()
      return model.softness.due(100)
    }
    expect([due('reach'), due('drain')]).toEqual([false, true])
  })
})
