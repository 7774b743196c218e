import { describe, expect, it } from 'vitest'
import { createController } from '../src/index.js'
import type { Controller, ControllerOptions, WindowSample } from '../src/index.js'
import { AdaptiveLaw } from '../src/law/adaptive-law.js'
import { resolveOptions } from '../src/options.js'
import { calm } from './backend.js'

/** A window with so many in flight that took so long each. */
function took(inFlight: number, timeMs: number, elapsedMs = 1000, change: Partial<WindowSample> = {}) {
  const succeeded = Math.round((inFlight * elapsedMs) / timeMs)
  return calm({ elapsedMs, succeeded, bytes: succeeded * 100_000, inFlight, ...change })
}

/** A window in which nothing ended. */
function silent(inFlight: number, elapsedMs: number): WindowSample {
  return calm({ elapsedMs, succeeded: 0, bytes: 0, latencyMs: null, inFlight })
}

/** The ramp is over at a limit that was also the maximum; an attempt takes 100 ms, and a drain is due. */
function ramped(limit = 100, given: Partial<ControllerOptions> = {}): Controller {
  const controller = createController({ ...given, startConcurrency: limit, maxConcurrency: limit })
  controller.update(took(limit, 100))
  controller.setBounds({ maxConcurrency: 1000 })
  return controller
}

/** The first drain has begun, and what was in flight before it has ended. */
function drained(limit = 100, given: Partial<ControllerOptions> = {}): Controller {
  const controller = ramped(limit, given)
  controller.update(took(limit, 100))
  controller.update(took(limit / 2, 100))
  return controller
}

/** The first drain is over, too, and what was in flight in it has ended. */
function settled(limit = 100, given: Partial<ControllerOptions> = {}): Controller {
  const controller = drained(limit, given)
  controller.update(took(limit / 2, 100, 3000))
  controller.update(took(limit, 100))
  return controller
}

/** Gives such windows until the limit is another one, twenty at most; returns by how much it changed. */
function change(controller: Controller, windowAt: (limit: number) => WindowSample): number {
  const { limit } = controller
  for (let n = 0; n < 20 && controller.limit === limit; n += 1) controller.update(windowAt(limit))
  return controller.limit - limit
}

describe('the phases of the law', () => {
  it('begin with a ramp and without knowledge', () => {
    expect(createController().state).toEqual({
      phase: 'ramp',
      baseMs: null,
      timeInSystemMs: null,
      wall: null,
    })
  })

  it('go from the ramp to a drain with the next measurement, and from there to the steady state', () => {
    const controller = ramped()
    expect(controller.state).toMatchObject({ phase: 'steady', baseMs: 100, timeInSystemMs: 100 })
    expect(controller.update(took(100, 100))).toMatchObject({
      limit: 50,
      reason: expect.stringMatching(/short drain/),
    })
    expect(controller.state.phase).toBe('drain')
    expect(controller.update(took(50, 100)).reason).toBe('settled')
    expect(controller.update(took(50, 100, 3000))).toMatchObject({ limit: 100, reason: 'drain ends' })
    expect(controller.state.phase).toBe('steady')
    expect(controller.update(took(100, 100)).reason).toBe('settled')
    expect(controller.update(took(100, 100))).toMatchObject({ limit: 110, reason: 'nothing waits' })
  })

  it('ask for short windows in the ramp, in a drain and while something settles, else for long ones', () => {
    const controller = createController({ startConcurrency: 100, maxConcurrency: 100 })
    expect(controller.intervalMs).toBe(250)
    controller.update(took(100, 20))
    expect(controller.intervalMs).toBe(1000)
    controller.update(took(100, 20))
    expect(controller.intervalMs).toBe(125)
    controller.update(took(50, 20))
    expect(controller.state.phase).toBe('drain')
    expect(controller.intervalMs).toBe(1000)
  })

  it('watch the first step down of a ramp: where it gains nothing, a question follows', () => {
    const controller = createController({ startConcurrency: 100, maxConcurrency: 400 })
    controller.update(took(100, 100))
    expect(controller.update(took(200, 200, 1000, { succeeded: 950 })).reason).toBe(
      'ramp ends: attempts wait',
    )
    const { limit } = controller
    expect(limit).toBeLessThan(150)
    controller.update(took(limit, 200, 3000))
    expect(controller.update(took(limit, 200, 3000)).reason).toMatch(/deep drain/)
  })

  it('remember a question that found no queue: the limit stays close to where it was for a while', () => {
    const controller = createController({ startConcurrency: 100, maxConcurrency: 400 })
    controller.update(took(100, 100))
    controller.update(took(200, 200, 1000, { succeeded: 950 }))
    const slower = (limit: number) => took(limit, 200, 3000)
    const { limit } = controller
    expect(change(controller, slower)).toBe(Math.floor(0.35 * limit) - limit)
    change(controller, slower)
    expect(controller.limit).toBe(200)
    // A drain follows that changes nothing: others may be there, so the base time is still 100 ms.
    expect(change(controller, slower)).toBe(-150)
    expect(change(controller, (drained) => took(drained, 100, 3000))).toBe(150)
    // 100 are served, and 110 would fit, but six tenths of 200 are the least for a while.
    change(controller, slower)
    expect(controller.limit).toBe(120)
  })
})

describe('what is not judged', () => {
  it('a window in the ramp is corrected once for what was begun and could not end yet', () => {
    const controller = createController()
    controller.update(took(16, 100))
    expect(controller.limit).toBe(32)
    // Sixteen more are in flight: half of them count as if they had ended.
    controller.update(took(32, 100, 1000, { succeeded: 312 }))
    expect(controller.state.timeInSystemMs).toBe(100)
    expect(controller.limit).toBe(64)
    expect(controller.update(took(64, 100, 100, { succeeded: 48 })).reason).toBe('measuring')
    controller.update(took(64, 100, 900))
    expect(controller.state.timeInSystemMs).toBe(100)
  })

  it('a window of the steady state is not corrected', () => {
    const controller = settled(400)
    controller.update(took(400, 100))
    expect(controller.limit).toBe(420)
    controller.update(took(420, 105, 5000))
    expect(controller.state.timeInSystemMs).toBe(105)
  })

  it('several windows make one measurement where one is too short', () => {
    const controller = settled()
    expect(controller.update(took(100, 150, 150)).reason).toBe('measuring')
    expect(controller.update(took(100, 90, 450)).reason).not.toBe('measuring')
    expect(controller.state.timeInSystemMs).toBe(100)
  })

  it('what was in flight before a change is not counted, if it was one by more than eight per cent', () => {
    const after = (throttled: number) => {
      const controller = createController({ startConcurrency: 100 })
      const { limit } = controller.update(calm({ succeeded: 1000 - throttled, throttled, inFlight: 100 }))
      return [limit, controller.update(took(limit, 100, 100)).reason]
    }
    // No base time is known yet: what went through, and five per cent less.
    expect(after(30)).toEqual([92, 'measuring'])
    expect(after(40)).toEqual([91, 'settling'])
  })

  it('more in flight than the limit allows is waited for', () => {
    const controller = ramped()
    controller.update(took(100, 100))
    expect(controller.update(took(60, 100)).reason).toBe('settling')
    expect(controller.update(took(50, 100)).reason).toBe('settled')
    expect(controller.update(took(50, 100, 100)).reason).toBe('measuring')
  })

  it('the first window of an experiment settles, also where the minimum leaves the limit as it is', () => {
    const controller = createController({ startConcurrency: 100, minConcurrency: 100, maxConcurrency: 100 })
    controller.update(took(100, 100))
    expect(controller.update(took(100, 100)).reason).toMatch(/short drain/)
    expect(controller.update(took(100, 100)).reason).toBe('settled')
  })

  it('a limit holds, unrounded, while it is measured', () => {
    const law = new AdaptiveLaw(resolveOptions({ startConcurrency: 100, maxConcurrency: 400 }))
    law.update(took(100, 100), 100)
    const { limit } = law.update(took(200, 200, 1000, { succeeded: 950 }), 200)
    expect(Number.isInteger(limit)).toBe(false)
    expect(law.update(took(Math.round(limit), 100, 100), Math.round(limit)).limit).toBe(limit)
  })

  it('a limit that is not reached is not raised: nine tenths of it must be in flight', () => {
    const next = (inFlight: number) => createController().update(took(inFlight, 20)).limit
    expect(next(13.8)).toBe(16)
    expect(next(14)).toBe(32)
  })
})

describe('the bounds', () => {
  it('hold for what the law wants', () => {
    const law = new AdaptiveLaw(
      resolveOptions({ startConcurrency: 100, maxConcurrency: 150, minConcurrency: 90 }),
    )
    expect(law.update(took(100, 100), 100).limit).toBe(150)
    expect(law.update(calm({ succeeded: 0, failed: 100, inFlight: 150 }), 150).limit).toBe(90)
  })

  it('take effect with the next window, whose measurement begins anew', () => {
    const controller = settled()
    expect(controller.update(took(100, 200, 250)).reason).toBe('measuring')
    controller.setBounds({ maxConcurrency: 95 })
    expect(controller.limit).toBe(95)
    controller.update(took(95, 100, 100))
    controller.update(took(95, 100))
    expect(controller.limit).toBe(95)
  })
})

describe('a window in which nothing ended', () => {
  it('changes no limit', () => {
    const controller = settled()
    expect(controller.update(silent(0.4, 1000))).toMatchObject({ action: 'hold', reason: 'no work' })
    expect(controller.update(silent(0.5, 1000))).toMatchObject({
      action: 'hold',
      reason: 'nothing ended in the window',
    })
  })

  it('counts for the time that attempts take, until the work has ended', () => {
    const controller = createController()
    controller.update(silent(16, 100))
    controller.update(took(16, 100))
    expect(controller.state.timeInSystemMs).toBe(110)
    const idle = createController()
    idle.update(silent(16, 100))
    idle.update(silent(0, 1000))
    idle.update(took(16, 100))
    expect(idle.state.timeInSystemMs).toBe(100)
  })

  /** What attempts of 100 ms seem to take after silent windows with a hundred in flight. */
  const after = (...silentMs: number[]) => {
    const controller = settled()
    for (const elapsedMs of silentMs) controller.update(silent(100, elapsedMs))
    controller.update(took(100, 100, 5000))
    return controller.state.timeInSystemMs
  }

  it('is a hang where thirty should have ended, which says nothing about how long attempts take', () => {
    expect(after(29)).toBeCloseTo(100.58)
    expect(after(30)).toBeCloseTo(100.6)
    expect(after(31)).toBe(100)
    expect(after(20, 9)).toBeCloseTo(100.58)
    expect(after(20, 11)).toBe(100)
  })

  it('can be a hang as often as it likes while nothing at all has ended', () => {
    expect(after(31, 31, 31, 31, 31)).toBe(100)
  })

  it('means that the store is slow where a few end between one hang and the next, from the fourth on', () => {
    const controller = settled(400)
    const hangs = (count: number) => {
      const { limit } = controller
      for (let n = 0; n < count; n += 1) {
        controller.update(took(limit, 100, 10, { succeeded: 4 }))
        controller.update(silent(limit, 8))
      }
      controller.update(took(limit, 100, 5000))
      return controller.state.timeInSystemMs
    }
    expect(hangs(3)).toBe(100)
    // Each measurement begins anew. 18 ms in which four ended count with five seconds in which 21,000 did.
    expect(hangs(4)).toBeCloseTo((420 * 5018) / 21_004)
    expect(hangs(3)).toBe(100)
  })

  it('is no sign of a slow store, however often it hangs, where nothing had ended before', () => {
    const controller = settled(400)
    for (let n = 0; n < 5; n += 1) controller.update(silent(400, 8))
    controller.update(took(400, 100, 10, { succeeded: 4 }))
    controller.update(silent(400, 8))
    controller.update(took(400, 100))
    expect(controller.state.timeInSystemMs).toBe(100)
  })

  it('is no hang where fewer than thirty were to be expected from it, though others had ended before', () => {
    const controller = settled()
    controller.update(took(100, 100, 40))
    controller.update(silent(100, 30))
    controller.update(took(100, 100, 5000))
    expect(controller.state.timeInSystemMs).toBeCloseTo((100 * 5070) / 5040)
  })
})

describe('an outage', () => {
  const outage = calm({ succeeded: 0, failed: 100, latencyMs: null, bytes: 0, inFlight: 50 })

  it('breaks off a drain, and ends with the limit of before it', () => {
    const controller = drained()
    expect(controller.limit).toBe(50)
    controller.update(outage)
    expect(controller.state.phase).toBe('outage')
    expect(controller.update(took(controller.limit, 100))).toMatchObject({ limit: 100, action: 'increase' })
    expect(controller.state.phase).toBe('steady')
    controller.update(took(100, 100))
    expect(controller.update(took(100, 100)).reason).toBe('nothing waits')
  })

  it('in the ramp goes back to the ramp when nothing was learnt before', () => {
    const controller = createController()
    controller.update(outage)
    expect(controller.state.phase).toBe('outage')
    controller.update(took(4, 100))
    expect(controller.state.phase).toBe('ramp')
    expect(controller.limit).toBe(16)
  })

  it('counts for no measurement', () => {
    const controller = createController({ startConcurrency: 4 })
    controller.update(took(4, 200, 100))
    controller.update({ ...outage, inFlight: 4 })
    expect(controller.update(took(4, 200))).toMatchObject({
      limit: 4,
      reason: expect.stringMatching(/outage is over/),
    })
    controller.update(took(4, 50))
    expect(controller.state.timeInSystemMs).toBe(50)
  })
})

describe('refusals', () => {
  const refused = (inFlight: number, succeeded: number, throttled: number, elapsedMs = 1000) =>
    calm({ elapsedMs, succeeded, throttled, bytes: succeeded * 100_000, inFlight })

  it('end the ramp at once, and tell where the wall is', () => {
    const controller = createController({ startConcurrency: 100 })
    controller.update(refused(100, 800, 200))
    // 800 went through in a second, of which each took 125 ms: 100 at once, and 99 with some clearance.
    expect(controller.state).toMatchObject({ phase: 'steady', baseMs: 125, wall: 99 })
  })

  it('tell no wall before the base time is known', () => {
    const controller = createController({ startConcurrency: 100 })
    controller.update(refused(100, 5, 5))
    expect(controller.state).toMatchObject({ phase: 'steady', baseMs: null, wall: null })
  })

  it('that are few hold the limit', () => {
    expect(createController().update(refused(16, 995, 5))).toMatchObject({
      action: 'hold',
      reason: '0.5 % throttled',
    })
    expect(createController().update(refused(16, 998, 2)).reason).toBe('ramp: nothing waits')
  })

  it('that are few do not keep the next window, without one, from being judged', () => {
    const controller = createController()
    expect(controller.update(refused(16, 992, 8)).reason).toBe('0.8 % throttled')
    expect(controller.update(refused(16, 1000, 0)).reason).toBe('ramp: nothing waits')
  })

  it('are answered once: what was refused before the cut does not count after it', () => {
    const controller = createController({ startConcurrency: 100 })
    expect(controller.update(refused(100, 970, 30)).limit).toBe(92)
    expect(controller.update(refused(92, 997, 4)).limit).toBe(92)
  })

  it('make growth begin anew', () => {
    const controller = settled(400, { decreaseFactor: 0.5 })
    const grown = () => change(controller, (limit) => took(limit, 100))
    expect([grown(), grown(), grown()]).toEqual([20, 20, 42])
    // 4.82 a millisecond went through, of which each took 100 ms: half of that is the limit.
    controller.update(refused(482, 4820, 482))
    expect(controller.limit).toBe(241)
    expect(grown()).toBe(16)
  })

  it('break off a drain: nothing goes back to the limit of before it', () => {
    const controller = drained()
    controller.update(refused(50, 400, 100))
    expect(controller).toMatchObject({ limit: 38, state: { phase: 'steady' } })
    controller.update(calm({ succeeded: 0, failed: 100, inFlight: 38 }))
    expect(controller.update(took(10, 100)).limit).toBe(38)
  })
})

describe('a step beyond a wall', () => {
  const probing = () => {
    const controller = createController({ startConcurrency: 100 })
    controller.update(calm({ succeeded: 800, throttled: 200, inFlight: 100 }))
    for (let n = 0; n < 60 && controller.limit < 100; n += 1) {
      controller.update(took(controller.limit, 125, 1000))
    }
    return controller
  }

  it('must go well for a second', () => {
    const controller = probing()
    const { limit } = controller
    expect(controller.intervalMs).toBeLessThan(1000)
    const held = { action: 'hold', reason: 'probing the wall' }
    expect(controller.update(took(limit, 125, 500))).toMatchObject(held)
    expect(controller.update(took(limit, 125, 499))).toMatchObject(held)
    expect(controller.update(took(limit, 125, 1)).action).toBe('increase')
  })

  it('is over when it is refused', () => {
    const controller = probing()
    const { limit } = controller
    controller.update(calm({ elapsedMs: 250, succeeded: 150, throttled: 50, inFlight: limit }))
    expect(controller.limit).toBeLessThan(limit)
    controller.update(took(controller.limit, 125))
    expect(controller.update(took(controller.limit, 125, 500)).reason).not.toBe('probing the wall')
  })
})

describe('errors', () => {
  const failing = (inFlight: number) =>
    calm({ succeeded: 700, failed: 300, bytes: 7e7, inFlight, elapsedMs: 1000 })

  it('break off a drain, and the limit is cut from there', () => {
    const controller = drained()
    expect(controller.update(failing(50))).toMatchObject({ limit: 35, reason: '30.0 % failed' })
    expect(controller.state.phase).toBe('steady')
  })

  it('break off a drain: nothing goes back to the limit of before it', () => {
    const controller = drained()
    controller.update(failing(50))
    controller.update(calm({ succeeded: 0, failed: 100, inFlight: 35 }))
    expect(controller.update(took(10, 100)).limit).toBe(35)
  })

  it('are cut for once: what failed before does not count after it, also at the minimum', () => {
    const controller = createController({ startConcurrency: 100, minConcurrency: 100 })
    expect(controller.update(failing(100))).toMatchObject({ limit: 100, reason: '30.0 % failed' })
    controller.update(took(100, 50))
    expect(controller.state.timeInSystemMs).toBe(50)
  })

  it('are seen where as many fail as succeed', () => {
    const half = calm({ succeeded: 10, failed: 10, bytes: 1e6, inFlight: 16 })
    expect(createController().update(half).reason).toBe('50.0 % failed')
  })

  it('leave a ramp that has learnt nothing a ramp', () => {
    const controller = createController({ startConcurrency: 100 })
    controller.update(failing(100))
    expect(controller.limit).toBe(70)
    expect(controller.state.phase).toBe('ramp')
    const later = createController({ startConcurrency: 100 })
    later.update(took(100, 100))
    later.update(failing(200))
    expect(later.state.phase).toBe('steady')
  })

  it('make growth begin anew, with a measurement of its own', () => {
    const controller = settled(400)
    const grown = () => change(controller, (limit) => took(limit, 100))
    expect([grown(), grown(), grown()]).toEqual([20, 20, 42])
    const { limit } = controller
    controller.update(took(limit, 100))
    controller.update(took(limit, 150, 150))
    controller.update(failing(limit))
    expect(controller.limit).toBeLessThan(limit)
    expect(grown()).toBe(18)
    expect(controller.state.timeInSystemMs).toBe(100)
  })

  it('add up over windows that prove nothing each', () => {
    const controller = createController({ startConcurrency: 100 })
    const few = calm({ elapsedMs: 100, succeeded: 12, failed: 7, bytes: 1.2e6, inFlight: 100 })
    expect(controller.update(few).action).toBe('hold')
    expect(controller.update(few)).toMatchObject({ action: 'decrease', reason: '36.8 % failed' })
    expect(controller.update(few).action).toBe('hold')
  })
})

describe('objects of another size', () => {
  const videos = (inFlight: number, timeMs: number, elapsedMs: number) => {
    const succeeded = Math.round((inFlight * elapsedMs) / timeMs)
    return calm({ elapsedMs, succeeded, bytes: succeeded * 10_000_000, inFlight })
  }

  it('hold the limit at first, and let the base time be learnt anew when they are confirmed', () => {
    const controller = settled()
    const limit = 100
    expect(controller.update(videos(limit, 900, 8000))).toMatchObject({
      limit,
      reason: 'objects of another size?',
    })
    expect(controller.state.baseMs).toBe(100)
    expect(controller.update(videos(limit, 900, 8000))).toMatchObject({
      limit,
      reason: 'objects of another size: the base time is learnt anew',
    })
    expect(controller.state.baseMs).toBeCloseTo(900, -1)
    expect(controller.update(videos(limit, 900, 8000)).reason).toMatch(/short drain/)
  })

  it('break off a drain, and the limit is that of before it', () => {
    const controller = drained()
    expect(controller.update(videos(50, 100, 3000))).toMatchObject({
      limit: 100,
      reason: 'objects of another size?',
    })
    expect(controller.state.phase).toBe('steady')
  })

  it('that are as usual again were chance: no drain for a while, and the limit may rise', () => {
    const controller = drained()
    controller.update(videos(50, 100, 3000))
    expect(controller.update(took(100, 100)).reason).toBe('settled')
    expect(controller.update(took(100, 100))).toMatchObject({ limit: 110, reason: 'nothing waits' })
  })

  it('end a run of steps down: attempts that take longer are no reason for doubt', () => {
    const controller = ramped()
    for (let n = 0; n < 2; n += 1) controller.update(videos(100, 900, 8000))
    expect(controller.update(videos(100, 900, 8000)).reason).toMatch(/short drain/)
    change(controller, (limit) => videos(limit, 700, 8000))
    const { limit } = controller
    expect(limit).toBe(79)
    controller.update(videos(limit, 700, 8000))
    expect(controller.update(videos(limit, 700, 8000)).reason).toBe('nothing waits')
  })

  it('make growth begin anew', () => {
    const controller = settled(400)
    const grown = () => change(controller, (limit) => took(limit, 100))
    expect([grown(), grown(), grown()]).toEqual([20, 20, 42])
    controller.update(took(482, 100))
    for (let n = 0; n < 2; n += 1) controller.update(videos(482, 100, 3000))
    const same = (limit: number) => videos(limit, 100, 3000)
    // What is learnt anew is learnt with a drain; it finds that nothing has changed.
    expect([change(controller, same), change(controller, same)]).toEqual([-241, 241])
    expect(change(controller, same)).toBe(22)
  })

  it('say nothing in the ramp', () => {
    const controller = createController()
    controller.update(took(16, 100))
    for (const reason of ['ramp: nothing waits', 'ramp: nothing waits']) {
      expect(controller.update(videos(controller.limit, 100, 1000)).reason).toBe(reason)
    }
  })
})
