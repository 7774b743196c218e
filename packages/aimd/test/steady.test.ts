import { describe, expect, it } from 'vitest'
import { Doubt } from '../src/law/doubt.js'
import type { Evidence } from '../src/law/evidence.js'
import { Experiments } from '../src/law/experiments.js'
import { Growth } from '../src/law/growth.js'
import { Model } from '../src/law/model.js'
import { Steady } from '../src/law/steady.js'
import { resolveOptions } from '../src/options.js'
import type { ControllerOptions } from '../src/options.js'
import { seen } from './seen.js'

const MINUTE = 60_000

/** So many in flight, of which so many wait: the others take the base time of 100 ms. */
function waits(inFlight: number, waiting: number, error = 0.01): Evidence {
  return seen(inFlight, (100 * inFlight) / (inFlight - waiting), error)
}

/** The base time is 100 ms, and no drain is due. */
function settled(given: Partial<ControllerOptions> = {}) {
  const options = resolveOptions(given)
  const model = new Model(options)
  const growth = new Growth()
  const doubt = new Doubt(model)
  const experiments = new Experiments(options, model)
  const steady = new Steady(options, model, growth, doubt, experiments)
  model.base.blend(100, 1)
  experiments.drains.postpone()
  return {
    model,
    doubt,
    experiments,
    passed: (elapsedMs: number) => {
      for (const part of [model, growth, doubt, experiments, steady]) part.passed(elapsedMs)
    },
    judge: (evidence: Evidence, limit: number, { target = limit, bound = true } = {}) =>
      steady.judge(evidence, limit, target, bound),
  }
}

describe('the base time in the steady state', () => {
  /** What it is after attempts took so long, with an error of two in a hundred. */
  const after = (...times: number[]) => {
    const { judge, model } = settled()
    for (const timeMs of times) judge(seen(50, timeMs, 0.02), 100, { bound: false })
    return model.base.ms
  }

  it('is what the first measurement says where none is known', () => {
    const { judge, model } = settled()
    model.base.ms = null
    judge(seen(50, 80), 100, { bound: false })
    expect(model.base.ms).toBeCloseTo(80)
  })

  it('is lowered by half when attempts are faster twice in a row, beyond two standard errors', () => {
    expect(after(95.9)).toBe(100)
    expect(after(95.9, 95.9)).toBeCloseTo(97.95)
    expect(after(96.1, 96.1, 96.1)).toBe(100)
  })

  it('stays where attempts were as usual in between', () => {
    expect(after(95, 100, 95)).toBe(100)
    expect(after(95, 100, 95, 95)).toBeCloseTo(97.5)
  })

  it('is lowered at once beyond four standard errors', () => {
    expect(after(92.1)).toBe(100)
    expect(after(91.9)).toBeCloseTo(95.95)
  })

  it('is the measurement itself where attempts take less than half', () => {
    expect(after(51)).toBeCloseTo(75.5)
    expect(after(49)).toBeCloseTo(49)
  })
})

describe('the limit in the steady state', () => {
  it('stays, unrounded, where there is too little work', () => {
    expect(settled().judge(waits(40, 0), 100, { target: 99.6, bound: false })).toEqual({
      limit: 99.6,
      reason: 'too little work to need more',
    })
  })

  it('falls to what is served and the queue that may stand', () => {
    const { judge, doubt } = settled()
    const step = judge(waits(100, 36), 100)
    expect(step.reason).toBe('36.0 of 100 wait')
    // 64 are served, and 8 may wait; half of an error of one in a hundred is left for doubt.
    expect(step.limit).toBeCloseTo(64 + 8 + 0.32, 1)
    expect(doubt.watching).toBe(true)
  })

  it('does not fall while chance explains how many wait', () => {
    // About 9 of 100 may wait, and the error is as many attempts in a hundred.
    expect(settled().judge(waits(100, 12, 0.01), 100).reason).toBe('12.0 of 100 wait')
    const held = settled().judge(waits(100, 12, 0.05), 100, { target: 100.3 })
    expect(held).toEqual({ limit: 100.3, reason: 'as many wait as should' })
    expect(settled().judge(waits(100, 16, 0.05), 100).reason).toBe('16.0 of 100 wait')
  })

  it('leaves a limit below six only half as much to chance', () => {
    // 1.08 of 5, or 1.29 of 6, may wait.
    expect(settled().judge(waits(5, 1.3, 0.1), 5).reason).toBe('as many wait as should')
    expect(settled().judge(waits(5, 1.4, 0.1), 5).reason).toBe('1.4 of 5 wait')
    expect(settled().judge(waits(6, 1.7, 0.1), 6).reason).toBe('as many wait as should')
  })

  it('does not go below the floor, nor up to it', () => {
    const { judge, doubt } = settled()
    doubt.keepAbove(90)
    expect(judge(waits(100, 36), 100).limit).toBe(90)
    const below = settled()
    below.doubt.keepAbove(120)
    expect(below.judge(waits(100, 36), 100).limit).toBe(100)
  })

  it('rises by the room that the queue has, at most by the step in the options', () => {
    expect(settled().judge(waits(100, 0), 100)).toEqual({
      limit: expect.closeTo(110),
      reason: 'nothing waits',
    })
    // 96 are served, of whom 9.8 may have others wait for them.
    expect(settled().judge(waits(100, 4), 100).limit).toBeCloseTo(105.8, 1)
    expect(settled({ increaseAmount: 5 }).judge(waits(100, 0), 100).limit).toBe(105)
  })

  it('rises no further where attempts seem faster than the base time', () => {
    expect(settled().judge(seen(100, 95, 0.05), 100).limit).toBeCloseTo(110)
  })

  it('stays where as many wait as should, and a limit below 16 already at six tenths of that', () => {
    // 3.5 may wait while 12.5 are served, 3.7 while 13.5 are.
    expect(settled().judge(waits(15, 2.5), 15, { target: 14.8 })).toEqual({
      limit: 14.8,
      reason: 'as many wait as should',
    })
    expect(settled().judge(waits(15, 2), 15).reason).toBe('nothing waits')
    expect(settled().judge(waits(16, 2.5), 16).reason).toBe('nothing waits')
  })

  it('tries one more only now and then where it is small and one more was too many', () => {
    const { judge, passed } = settled()
    expect(judge(waits(6, 0), 6).limit).toBeGreaterThan(7)
    judge(waits(7, 3), 7)
    expect(judge(waits(6, 0, 0.001), 6, { target: 6.2 })).toEqual({
      limit: 6.2,
      reason: 'nothing waits, but one more was too many lately',
    })
    passed(2000)
    expect(judge(waits(6, 0, 0.001), 6).limit).toBeGreaterThan(7)
  })

  it('a run of steps down is over when it rises', () => {
    const { judge, doubt } = settled()
    doubt.watch(100, waits(100, 30))
    judge(waits(100, 0), 100)
    expect(doubt.watching).toBe(false)
  })
})

describe('a soft knee', () => {
  /** 110 in flight were worth it, although they take 220 ms: ten of them wait, the knee is at 200 ms. */
  const soft = () => {
    const all = settled()
    all.model.softness.proven = { limit: 110, timeMs: 220 }
    return all
  }

  it('lets attempts take as long as they do at the limit that was worth it', () => {
    expect(soft().judge(seen(110, 220), 110).reason).toBe('as many wait as should')
  })

  it('has room where they are faster, and too many in flight where they are slower', () => {
    expect(soft().judge(seen(80, 170), 80)).toMatchObject({ reason: 'nothing waits' })
    expect(soft().judge(seen(110, 300), 110).limit).toBeLessThan(90)
  })
})

describe('close to a wall', () => {
  /** The store refused at so many a millisecond; an attempt takes 100 ms. */
  const walled = (ratePerMs: number) => {
    const all = settled()
    all.model.wall.hit(ratePerMs, 1000, 1000)
    return all
  }

  it('the limit rises to just below it', () => {
    const step = walled(1.05).judge(waits(100, 0), 100)
    expect(step.reason).toBe('close to the wall')
    expect(step.limit).toBeCloseTo(103.95)
    expect(walled(2).judge(waits(100, 0), 100)).toEqual({
      limit: expect.closeTo(110),
      reason: 'nothing waits',
    })
    expect(walled(0.9).judge(waits(100, 0), 100).limit).toBe(100)
  })

  it('a little more is tried after a while: one in a hundred, one at least', () => {
    const probed = (ratePerMs: number, limit: number, waiting: number) => {
      const { judge, passed } = walled(ratePerMs)
      passed(15_000)
      return judge(waits(limit, waiting), limit)
    }
    expect(probed(1.05, 100, 0)).toEqual({ limit: 101, probing: true, reason: 'probing the wall' })
    expect(probed(4, 400, 0).limit).toBeCloseTo(404)
    // 390 are served: half of the 19.7 who may wait do so already.
    expect(probed(4, 400, 10).limit).toBeCloseTo(401.97, 1)
  })

  it('what went through beyond it moves it', () => {
    const { judge, passed, model } = walled(4)
    passed(15_000)
    judge(waits(410, 0), 410)
    expect(model.wall.ratePerMs).toBeCloseTo(4.1)
  })
})

describe('a store that had only paused', () => {
  /** All was well at 100, then attempts took twice as long at once. */
  const cut = () => {
    const all = settled()
    all.judge(waits(100, 0), 100)
    expect(all.judge(seen(100, 200), 100).limit).toBeLessThan(65)
    return all
  }
  const undone = 'nothing waits any more: back to the limit of before'

  it('lets the limit go straight back where nothing waits any more', () => {
    expect(cut().judge(waits(60, 0), 60)).toEqual({ limit: 100, reason: undone })
  })

  it('does not where more than a quarter of the queue that may stand is there, nor after a while', () => {
    // 7.5 of 60 may wait.
    expect(cut().judge(waits(60, 3, 0.001), 60).reason).toBe('nothing waits')
    const later = cut()
    later.passed(20_001)
    expect(later.judge(waits(60, 0), 60).reason).toBe('nothing waits')
  })

  it('is one where attempts took half as long again at once, not a third', () => {
    const after = (timeMs: number) => {
      const all = settled()
      all.judge(waits(100, 0), 100)
      all.judge(seen(100, timeMs), 100)
      return all.judge(waits(60, 0), 60).reason
    }
    expect([after(135), after(155)]).toEqual(['nothing waits', undone])
  })

  it('does not let it go beyond a wall', () => {
    const walled = cut()
    walled.model.wall.hit(0.8, 1000, 1000)
    expect(walled.judge(waits(60, 0), 60).limit).toBeCloseTo(79.2)
    const below = cut()
    below.model.wall.hit(0.5, 1000, 1000)
    expect(below.judge(waits(60, 0), 60)).toEqual({ limit: 60, reason: undone })
  })
})

describe('a question in the steady state', () => {
  it('is asked where steps down gained nothing, and goes back to where they began', () => {
    const { judge, doubt, experiments } = settled()
    doubt.watch(100, seen(100, 130))
    expect(judge(seen(60, 130), 60)).toMatchObject({ limit: 21, phase: 'drain' })
    expect(experiments.back).toBe(100)
    expect(doubt.watching).toBe(false)
  })

  it('is not asked again right after it was answered', () => {
    const { judge, doubt, experiments } = settled()
    experiments.question(seen(100, 130), 100, 100)
    experiments.conclude(seen(35, 90), 35, true)
    doubt.watch(100, seen(100, 130))
    expect(judge(seen(60, 130), 60).phase).toBeUndefined()
  })

  /** How many measurements with a queue it takes until the question is asked, of 100 at most. */
  const asked = (evidence: Evidence, floor: number, given: Partial<ControllerOptions> = {}) => {
    const { judge, doubt, experiments } = settled(given)
    doubt.keepAbove(floor)
    for (let n = 1; n <= 100; n += 1) {
      if (judge(evidence, 100).phase === undefined) continue
      expect(experiments.back).toBe(100)
      return n
    }
    return Infinity
  }

  it('is asked after eight measurements with a queue that the limit does not answer', () => {
    expect(asked(waits(100, 30), 100)).toBe(8)
    expect(asked(waits(100, 30), 99.6)).toBe(8)
    expect(asked(waits(100, 30), 99.4)).toBe(Infinity)
  })

  it('is asked at the minimum, too, where the limit can not answer', () => {
    expect(asked(waits(100, 30), 0, { minConcurrency: 100 })).toBe(8)
    expect(asked(waits(100, 30), 0, { minConcurrency: 99 })).toBe(Infinity)
  })

  it('is hardly pressed where the limit fits but for its rounding', () => {
    // 9.5 of 100 may wait: 9.8 are too many, and the limit that fits is 99.7.
    const measurements = asked(waits(100, 9.8, 0.001), 0)
    expect(measurements).toBeGreaterThanOrEqual(80)
    expect(measurements).toBeLessThanOrEqual(81)
    // 11.5 are, and a limit of 97.9 would fit.
    expect(asked(waits(100, 11.5, 0.001), 100)).toBe(8)
  })

  it('waits until it may be asked again', () => {
    const { judge, doubt, experiments, passed } = settled()
    experiments.question(seen(100, 130), 100, 100)
    experiments.conclude(seen(35, 90), 35, true)
    doubt.keepAbove(100)
    for (let n = 0; n < 9; n += 1) expect(judge(waits(100, 30), 100).phase).toBeUndefined()
    passed(8000)
    expect(judge(waits(100, 30), 100)).toMatchObject({ limit: 35, phase: 'drain' })
    passed(60_000)
    doubt.keepAbove(100)
    experiments.drains.postpone()
    expect(judge(waits(100, 30), 100).phase).toBeUndefined()
  })
})

describe('the least that is not fitted to a queue', () => {
  /** The base time is 20 ms. */
  const fast = () => {
    const all = settled()
    all.model.base.restart(20)
    return all
  }
  /** So many in flight, of which so many wait. */
  const queued = (inFlight: number, waiting: number) => seen(inFlight, (20 * inFlight) / (inFlight - waiting))
  const half = { limit: 16, phase: 'probe', reason: 'half as many: are they as good?' }

  it('is where the limit stops on its way down, and where half as many are tried', () => {
    const { judge } = fast()
    expect(judge(queued(40, 24), 40)).toEqual({ limit: 32, reason: '24.0 of 40 wait' })
    expect(judge(queued(32, 6), 32)).toEqual(half)
  })

  it('is no trap for a limit below it, where attempts took longer before', () => {
    const { judge, model, experiments } = fast()
    expect(judge(queued(12, 4), 12)).toEqual({ ...half, limit: 6 })
    expect([model.softness.least, experiments.back]).toEqual([12, 12])
    expect(fast().judge(queued(1, 0.5), 1).phase).toBeUndefined()
  })

  it('is only tried where more wait than may, and not again at once', () => {
    // 4.8 of 32 may wait.
    expect(fast().judge(queued(32, 4), 32).phase).toBeUndefined()
    const { judge, model } = fast()
    model.softness.halved(true, 1000)
    expect(judge(queued(32, 6), 32)).toEqual({ limit: 32, reason: '6.0 of 32 wait' })
  })

  it('is none where attempts take long, or others share', () => {
    const slow = settled()
    slow.model.base.restart(126)
    expect(slow.judge(seen(40, 315), 40).limit).toBeLessThan(32)
    const shared = fast()
    shared.model.company.confirm()
    shared.model.company.reveal()
    expect(shared.judge(queued(40, 24), 40).limit).toBeLessThan(32)
  })
})

describe('a drain in the steady state', () => {
  const drain = { phase: 'drain', reason: 'short drain to learn the base time' }

  it('is made when it is due, to half of what is served', () => {
    const { judge, passed } = settled()
    passed(39_999)
    expect(judge(waits(100, 8), 100).phase).toBeUndefined()
    passed(1)
    expect(judge(waits(100, 8), 100)).toMatchObject({ ...drain, limit: 46 })
  })

  it('waits up to five seconds for a run of steps down', () => {
    const { judge, passed, doubt } = settled()
    doubt.watch(100, waits(100, 8))
    passed(44_999)
    expect(judge(waits(100, 8), 100).phase).toBeUndefined()
    passed(1)
    expect(judge(waits(100, 8), 100)).toMatchObject(drain)
  })

  it('is a probe upwards where only one or two are in flight', () => {
    const due = (limit: number) => {
      const { judge, passed } = settled()
      passed(40_000)
      return judge(waits(limit, 0), limit)
    }
    expect(due(3)).toMatchObject({ ...drain, limit: 1 })
    expect(due(2)).toMatchObject({ limit: 4, phase: 'probe' })
  })

  it('joins what is most likely the drain of another, and takes others for likely', () => {
    const { judge, passed, model } = settled()
    judge(waits(100, 8), 100)
    passed(15_001)
    expect(judge(waits(100, 0), 100)).toMatchObject({ ...drain, limit: 50 })
    expect(model.company.seen).toBe(true)
  })

  it('joins none within fifteen seconds of the last', () => {
    const { judge, passed, model } = settled()
    judge(waits(100, 8), 100)
    passed(15_000)
    expect(judge(waits(100, 0), 100).phase).toBeUndefined()
    expect(model.company.seen).toBe(false)
  })

  it('does not take the end of a long queue of its own for that of another', () => {
    const after = (soft: boolean) => {
      const { judge, passed, model } = settled()
      if (soft) model.softness.proven = { limit: 100, timeMs: 130 }
      judge(seen(100, 130), 100)
      passed(15_001)
      return judge(seen(80, 115), 80).phase
    }
    expect([after(false), after(true)]).toEqual(['drain', undefined])
  })

  /** The goodput was twice as high, and now so many of those in flight wait. */
  const lost = (limit: number, waiting: number) => {
    const { judge, passed, doubt, model } = settled({ minConcurrency: 1 })
    passed(20_001)
    model.softness.postpone()
    doubt.lost(2 * (limit / 100))
    for (let n = 0; n < 3; n += 1) expect(judge(waits(limit, waiting), limit).phase).toBeUndefined()
    return judge(waits(limit, waiting), limit)
  }

  it('is made where goodput was lost and a queue is seen: is it one?', () => {
    expect(lost(100, 8)).toMatchObject(drain)
    expect(lost(5, 1)).toMatchObject(drain)
    expect(lost(4, 1)).toMatchObject({ limit: 8, phase: 'probe' })
  })

  it('is not made where goodput was lost and hardly anything waits', () => {
    // 9.7 may wait while 94 to 96 are served.
    expect(lost(100, 4).phase).toBeUndefined()
    expect(lost(100, 6)).toMatchObject(drain)
  })
})

describe('reaching higher in the steady state', () => {
  /** So long after the start, and no drain is due. */
  const after = (ms: number, given: Partial<ControllerOptions> = {}) => {
    const all = settled(given)
    all.passed(ms)
    all.experiments.drains.postpone()
    return all
  }
  /** Alone for eleven minutes. */
  const alone = (given: Partial<ControllerOptions> = {}) => after(11 * MINUTE, given)
  const reach = { phase: 'probe', reason: 'reaching higher: does it gain goodput?' }

  it('begins after five seconds among few, and after ten minutes without a sign of others among many', () => {
    expect(after(4999).judge(waits(32, 5), 32).phase).toBeUndefined()
    expect(after(5000).judge(waits(32, 5), 32)).toMatchObject({ ...reach, limit: 64 })
    expect(after(10 * MINUTE).judge(waits(33, 5), 33).phase).toBeUndefined()
    expect(alone().judge(waits(33, 5), 33)).toMatchObject({ ...reach, limit: 66 })
  })

  it('begins among few although there may have been a sign of others, but after a sure one only when that is forgotten', () => {
    const likely = after(5000)
    likely.model.company.confirm()
    expect(likely.judge(waits(32, 5), 32)).toMatchObject(reach)
    const sure = after(5000)
    sure.model.company.reveal()
    expect(sure.judge(waits(32, 5), 32).phase).toBeUndefined()
    sure.passed(11 * MINUTE)
    sure.experiments.drains.postpone()
    expect(sure.judge(waits(32, 5), 32)).toMatchObject(reach)
  })

  it('is not tried where hardly anything waits, for there the limit grows anyway', () => {
    // 2.4 of 100 would be a quarter of what may wait.
    expect([2, 3].map((waiting) => alone().judge(waits(100, waiting), 100).phase)).toEqual([
      undefined,
      'probe',
    ])
  })

  it('is not tried with a single attempt', () => {
    expect(alone().judge(waits(2, 0.4), 2)).toMatchObject({ ...reach, limit: 4 })
    expect(alone().judge(waits(1, 0.2), 1).phase).toBeUndefined()
  })

  it('is made after a drain that found a queue, although hardly anything seems to wait any more', () => {
    const { judge, model } = alone()
    model.softness.hurry()
    expect(judge(waits(20, 0), 20)).toMatchObject({ ...reach, limit: 40 })
  })

  it('is not tried among many where overload costs capacity', () => {
    const phase = (limit: number, waiting: number) => {
      const { judge, model } = alone()
      model.learnThrash(1.2)
      return judge(waits(limit, waiting), limit).phase
    }
    expect([phase(100, 4), phase(20, 2)]).toEqual([undefined, 'probe'])
  })

  it('is not tried again at once', () => {
    const { judge, model, passed } = alone()
    model.softness.postpone()
    expect(judge(waits(100, 8), 100).phase).toBeUndefined()
    passed(5000)
    expect(judge(waits(100, 8), 100)).toMatchObject(reach)
  })

  it('goes before a drain among few that do not take long, and after it otherwise', () => {
    const first = (limit: number, timeMs: number) => {
      const { judge, experiments, model } = alone()
      model.base.blend(0.85 * timeMs, 1)
      experiments.drains.next(0)
      return judge(seen(limit, timeMs), limit).phase
    }
    expect([first(32, 124), first(32, 126), first(33, 124)]).toEqual(['probe', 'drain', 'drain'])
  })

  it('is not tried beyond the maximum, nor beyond a wall', () => {
    expect(alone({ maxConcurrency: 200 }).judge(waits(100, 8), 100)).toMatchObject(reach)
    expect(alone({ maxConcurrency: 200 }).judge(waits(101, 8), 101).phase).toBeUndefined()
    const walled = alone()
    walled.model.wall.hit(1.9, 1000, 1000)
    expect(walled.judge(waits(100, 8), 100).phase).toBeUndefined()
  })

  /** A reach that was worth staying at a hundred in flight, which took so long. */
  const stayed = (timeMs: number) => {
    const all = alone()
    const { softness } = all.model
    softness.learn(
      { low: 80, gain: 0.6, error: 0.01, worth: 0.1, elapsedMs: 1000 },
      { limit: 100, timeMs, error: 0.01 },
    )
    all.passed(5000)
    return all
  }

  it('ends where attempts became faster again after a step up: others made room', () => {
    const { judge, model } = stayed(150)
    expect(judge(waits(100, 26), 100).phase).toBeUndefined()
    expect([model.company.seen, model.company.unseen]).toEqual([true, false])
    expect(model.softness.proven).toBeNull()
  })

  it('goes on where attempts stayed as slow', () => {
    const { judge, model } = stayed(125)
    expect(judge(waits(100, 20), 100)).toMatchObject(reach)
    expect(model.company.seen).toBe(false)
  })
})
