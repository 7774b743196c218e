import { beforeEach, describe, expect, it } from 'vitest'
import { resolveOptions } from '../src/index.js'
import { Evidence } from '../src/law/evidence.js'
import { Model } from '../src/law/model.js'

const MINUTE = 60_000

let model: Model
beforeEach(() => {
  model = new Model(resolveOptions())
})

/** A model that has seen no sign of others for long enough to take none for likely. */
function alone(): Model {
  const model = new Model(resolveOptions())
  model.passed(3 * MINUTE)
  return model
}

function measured(timeMs: number, ended = 500): Evidence {
  return Object.assign(new Evidence(), { elapsedMs: 1000, inFlightMs: timeMs * ended, ended, windows: 1 })
}

/** More in flight gained goodput up to a limit, under which attempts take 60 ms. */
const soften = (model: Model, limit = 110): void => {
  model.softness.proven = { limit, timeMs: 60 }
}

describe('the queue that may stand', () => {
  it('is the root of those that are served', () => {
    expect([model.queue(100), model.queue(400)]).toEqual([10, 20])
  })

  it('is longer by the factor that was given', () => {
    expect(new Model(resolveOptions({ queueFactor: 2 })).queue(400)).toBe(40)
  })

  it('is at most three tenths of what is served', () => {
    expect(model.queue(4)).toBeCloseTo(1.2, 8)
  })

  it('is shorter where overload costs capacity', () => {
    const thrashing = alone()
    thrashing.learnThrash(1.55)
    expect(thrashing.queue(100)).toBeCloseTo(10 / 3.5, 8)
  })

  it('is not shorter while others are likely, whose moves look the same', () => {
    model.learnThrash(1.55)
    expect(model.queue(100)).toBe(10)
  })
})

describe('overload that costs capacity', () => {
  it('is not known at first', () => {
    expect(model.thrashes).toBe(false)
  })

  it('is what steps down tell in which the time fell by more than the limit, half of it with each', () => {
    const thrashing = alone()
    const queue = () => thrashing.queue(100)
    thrashing.learnThrash(1.25)
    expect([thrashing.thrashes, queue()]).toEqual([true, expect.closeTo(10 / 2, 8)])
    thrashing.learnThrash(1.25)
    expect(queue()).toBeCloseTo(10 / 2.5, 8)
  })

  it('needs a time that fell by clearly more than the limit', () => {
    const [little, more] = [alone(), alone()]
    little.learnThrash(1.14)
    more.learnThrash(1.16)
    expect([little.thrashes, more.thrashes]).toEqual([false, true])
  })

  it('is not believed to be more than so much from one step', () => {
    const [much, more] = [alone(), alone()]
    much.learnThrash(2.55)
    more.learnThrash(9)
    expect(much.queue(100)).toBeCloseTo(10 / 8.5, 8)
    expect(more.queue(100)).toBe(much.queue(100))
  })

  it('is doubted where the time fell about as the limit did', () => {
    const thrashing = alone()
    thrashing.learnThrash(1.55)
    for (const still of [true, true, false]) {
      thrashing.learnThrash(0.8)
      expect(thrashing.thrashes).toBe(still)
    }
    model.learnThrash(1.05)
    model.learnThrash(0.8)
    expect(model.thrashes).toBe(false)
  })

  it('is neither learnt nor doubted where the time fell by much less: nothing waited', () => {
    const thrashing = alone()
    thrashing.learnThrash(1.25)
    for (let n = 0; n < 20; n += 1) thrashing.learnThrash(0.69)
    expect(thrashing.queue(100)).toBeCloseTo(5, 8)
    thrashing.learnThrash(0.71)
    expect(thrashing.queue(100)).toBeCloseTo(10 / 1.5, 8)
  })

  it('is forgotten in an hour', () => {
    const thrashing = alone()
    thrashing.learnThrash(1.55)
    thrashing.passed(30 * MINUTE)
    expect(thrashing.queue(100)).toBeCloseTo(10 / (1 + 2.5 / Math.E), 8)
    expect(thrashing.thrashes).toBe(true)
    thrashing.passed(30 * MINUTE)
    expect(thrashing.thrashes).toBe(false)
  })
})

describe('others who share the backend', () => {
  it('who may be there leave a soft knee of a few in flight alone, until they are seen for sure', () => {
    const proven = (limit: number) => {
      const model = new Model(resolveOptions())
      soften(model, limit)
      model.sharing()
      return model.softness.proven?.limit
    }
    expect([proven(64), proven(65)]).toEqual([64, undefined])
    soften(model, 20)
    model.revealed()
    expect([model.softness.proven, model.company.unseen]).toEqual([null, false])
  })

  it('are a sign that lasts, and what looked like a soft knee or like thrash was theirs', () => {
    soften(model)
    model.learnThrash(1.55)
    model.sharing()
    expect([model.company.seen, model.thrashes, model.softness.proven]).toEqual([true, false, null])
  })

  it('keep anything from being taken for thrash until they are forgotten', () => {
    model.sharing()
    model.learnThrash(1.55)
    expect(model.thrashes).toBe(false)
    model.passed(13 * MINUTE)
    expect(model.queue(100)).toBe(10)
    model.learnThrash(1.55)
    expect(model.thrashes).toBe(true)
  })

  it('who are only possible keep nothing from it', () => {
    model.learnThrash(1.55)
    expect([model.company.likely, model.thrashes]).toEqual([true, true])
  })
})

describe('time that passes', () => {
  it('passes for all that is believed', () => {
    model.wall.hit(1, 150, 1000)
    model.passed(15_000)
    expect([model.wall.mayProbe, model.softness.due(10)]).toEqual([true, true])
    expect(alone().company.likely).toBe(false)
  })

  it('makes the base time easier to move', () => {
    const moved = (ms: number) => {
      const model = new Model(resolveOptions())
      for (let n = 0; n < 20; n += 1) model.base.correct(100, 0, 0, 0.9)
      model.passed(ms)
      model.base.correct(200, 0.01, 0, 1)
      return model.base.ms
    }
    expect(moved(0)).toBeLessThan(110)
    expect(moved(60 * MINUTE)).toBeGreaterThan(195)
  })
})

describe('the time at the knee', () => {
  it('is the base time where the knee is hard, as far as is known', () => {
    expect(model.kneeMs).toBeNull()
    model.base.restart(40)
    expect([model.kneeMs, model.soft]).toEqual([40, false])
  })

  it('is as long as leaves the usual queue where more in flight was worth it', () => {
    model.base.restart(40)
    soften(model)
    // 100 are served, ten wait.
    expect(model.kneeMs).toBeCloseTo((60 * 100) / 110, 8)
    expect(model.soft).toBe(true)
    const { kneeMs } = model
    expect(model.allowed({ inFlight: 110, timeMs: 60 })).toBeCloseTo(10, 8)
    expect(model.waiting({ inFlight: 110, timeMs: 60 })).toBeCloseTo(10, 8)
    expect(model.fit({ inFlight: 110, timeMs: 60, rate: 110 / 60, error: 0 }, 110)).toBeCloseTo(110, 8)
    model.wall.hit(1, 150, 1000)
    expect(model.cap).toBeCloseTo(0.99 * kneeMs!, 8)
  })

  it('leaves three tenths of what is served among few', () => {
    model.base.restart(10)
    soften(model, 13)
    expect(model.kneeMs).toBeCloseTo((60 * 10) / 13, 8)
  })

  it('is no less than the base time', () => {
    model.base.restart(59)
    soften(model)
    expect([model.kneeMs, model.soft]).toEqual([59, false])
  })

  it('is not known before anything was measured', () => {
    soften(model)
    expect(model.kneeMs).toBeNull()
  })
})

describe('the cap', () => {
  it('is none without a wall, and what a wall lets through in a base time', () => {
    model.base.restart(100)
    expect(model.cap).toBe(Infinity)
    model.wall.hit(1, 150, 1000)
    expect(model.cap).toBe(99)
  })

  it('is just below the limit that was refused where no base time is known', () => {
    model.wall.hit(1, 150, 1000)
    expect(model.cap).toBe(149)
  })
})

describe('how many wait', () => {
  it('are those by which an attempt takes longer than the base time', () => {
    model.base.restart(50)
    expect(model.waiting({ inFlight: 20, timeMs: 200 })).toBe(15)
    expect(model.waiting({ inFlight: 20, timeMs: 50 })).toBe(0)
  })

  it('is negative where attempts are faster, and nothing is known to wait without a base time', () => {
    expect(model.waiting({ inFlight: 20, timeMs: 100 })).toBe(0)
    model.base.restart(125)
    expect(model.waiting({ inFlight: 20, timeMs: 100 })).toBe(-5)
  })

  it('may be the root of the others, which are served', () => {
    model.base.restart(50)
    expect(model.allowed({ inFlight: 400, timeMs: 200 })).toBe(10)
    expect(model.allowed({ inFlight: 100, timeMs: 25 })).toBe(10)
  })
})

describe('the limit that fits', () => {
  /** 100 are served, each of which takes 50 ms. */
  const fit = (limit: number, timeMs = 100, error = 0): number => {
    model.base.restart(50)
    return model.fit({ inFlight: 2 * timeMs, timeMs, rate: 2, error }, limit)
  }

  it('is what is served and the queue it may have, with half of what is uncertain', () => {
    expect(fit(200)).toBeCloseTo(110, 8)
    expect(fit(200, 100, 0.1)).toBeCloseTo(115, 8)
  })

  it('is never less than half of the limit, or a quarter where attempts take more than three base times', () => {
    expect(fit(400)).toBe(200)
    expect(fit(800, 150)).toBe(400)
    expect(fit(800, 151)).toBe(200)
    expect(fit(300, 151)).toBeCloseTo(110, 8)
  })

  it('takes all in flight for served while no base time is known', () => {
    expect(model.fit({ inFlight: 100, timeMs: 100, rate: 1, error: 0 }, 100)).toBeCloseTo(110, 8)
    expect(model.fit({ inFlight: 100, timeMs: 100, rate: 1, error: 0 }, 400)).toBe(200)
  })
})

describe('a base time that must be too low', () => {
  /** Times of 45 and 55 ms that have nothing to do with the two limits under which they were measured. */
  const FLAT = [45, 55, 55, 45]

  /** Measurements under two limits by turns, until the base time is another one; returns how many it took. */
  function learnFrom(model: Model, times = FLAT, most = 60): number {
    const [limits, baseMs] = [[80, 80, 120, 120], model.base.ms]
    let count = 0
    for (; count < most && model.base.ms === baseMs; count += 1)
      model.learn(measured(times[count % 4]!, 1e6), limits[count % 4]!)
    return count
  }

  function withBase(baseMs: number): Model {
    const model = new Model(resolveOptions())
    model.base.restart(baseMs)
    return model
  }

  it('is raised to the mean where windows scatter strongly and the time does not go with the limit', () => {
    const [low, lower] = [withBase(30), withBase(20)]
    for (const model of [low, lower]) learnFrom(model)
    expect(low.base.ms).toBeGreaterThan(46)
    expect(low.base.ms).toBeLessThan(52)
    expect(lower.base.ms).toBeCloseTo(low.base.ms!, 6)
  })

  it('is raised anew only by a fresh series of measurements', () => {
    const model = withBase(30)
    learnFrom(model)
    model.base.restart(30)
    const again = learnFrom(model)
    expect(again).toBeGreaterThan(4)
    expect(again).toBeLessThan(60)
  })

  it('is raised at once by a series that was seen before, unless attempts are of another kind since', () => {
    const [same, unknown, other] = [withBase(60), new Model(resolveOptions()), withBase(60)]
    for (const model of [same, unknown, other]) learnFrom(model)
    same.base.restart(30)
    unknown.base.restart(30)
    other.otherAttempts(30)
    expect([learnFrom(same), learnFrom(unknown)]).toEqual([1, 1])
    expect(learnFrom(other)).toBeGreaterThan(4)
  })

  it('stays where windows are alike, or the time goes with the limit', () => {
    const [alike, queued] = [withBase(30), withBase(30)]
    learnFrom(alike, [50, 50, 50, 50])
    learnFrom(queued, [45, 55, 82, 68])
    expect([alike.base.ms, alike.noise.strong]).toEqual([30, false])
    expect([queued.base.ms, queued.noise.strong]).toEqual([30, true])
  })

  it('stays while there is a sign of others, and is not lowered, nor known by this alone', () => {
    const [shared, high, unknown] = [withBase(30), withBase(60), new Model(resolveOptions())]
    shared.company.confirm()
    for (const model of [shared, high, unknown]) learnFrom(model)
    expect([shared.base.ms, high.base.ms, unknown.base.ms]).toEqual([30, 60, null])
  })
})

describe('what is believed of the time in the system', () => {
  it('is the first measurement, with its error', () => {
    const { inFlight, timeMs, error } = model.believe(measured(100), 100)
    expect(inFlight).toBe(50)
    expect(timeMs).toBeCloseTo(100, 6)
    expect(error).toBeCloseTo(0.03, 6)
  })

  it('is less after a step down under a queue than without one', () => {
    const halved = (baseMs: number): number => {
      const model = new Model(resolveOptions())
      model.base.restart(baseMs)
      model.believe(measured(100), 100)
      return model.believe(measured(100, 1), 50).timeMs
    }
    expect(halved(100)).toBeCloseTo(100, 6)
    expect(halved(20)).toBeLessThan(90)
  })

  it('is void when attempts are of another kind, with the base time and the softness of the knee', () => {
    soften(model)
    model.base.restart(30)
    model.believe(measured(100), 100)
    model.otherAttempts(400)
    expect([model.base.ms, model.softness.proven]).toEqual([400, null])
    expect(model.believe(measured(300), 100).timeMs).toBeCloseTo(300, 6)
  })
})
