import { beforeEach, describe, expect, it } from 'vitest'
import { resolveOptions } from '../src/index.js'
import { enough } from '../src/law/enough.js'
import { Evidence } from '../src/law/evidence.js'
import { Experiments } from '../src/law/experiments.js'
import { Model } from '../src/law/model.js'
import type { Phase } from '../src/law/wanted.js'

let model: Model
let experiments: Experiments
beforeEach(() => {
  model = new Model(resolveOptions())
  experiments = new Experiments(resolveOptions(), model)
})

interface Seen {
  inFlight: number
  timeMs: number
  elapsedMs: number
  windows?: number
}

function evidenceOf({ inFlight, timeMs, elapsedMs, windows = 1 }: Seen): Evidence {
  const inFlightMs = inFlight * elapsedMs
  return Object.assign(new Evidence(), { elapsedMs, inFlightMs, ended: inFlightMs / timeMs, windows })
}

const suffices = (phase: Phase, seen: Seen): boolean => enough(evidenceOf(seen), phase, model, experiments)

describe('evidence is enough', () => {
  it('with 8 attempts at least, and in steady state with 16 where few are in flight', () => {
    expect(suffices('ramp', { inFlight: 4, timeMs: 100, elapsedMs: 190 })).toBe(false)
    expect(suffices('ramp', { inFlight: 4, timeMs: 100, elapsedMs: 200 })).toBe(true)
    expect(suffices('steady', { inFlight: 4, timeMs: 100, elapsedMs: 390 })).toBe(false)
    expect(suffices('steady', { inFlight: 4, timeMs: 100, elapsedMs: 400 })).toBe(true)
  })

  it('never when nothing was in flight', () => {
    const impossible = Object.assign(new Evidence(), { elapsedMs: 1000, ended: 20, windows: 1 })
    expect(enough(impossible, 'ramp', model, experiments)).toBe(false)
  })

  it('in the ramp after nearly two times what an attempt takes, later when the base time is known', () => {
    const after = (elapsedMs: number) => suffices('ramp', { inFlight: 100, timeMs: 100, elapsedMs })
    expect([after(179), after(181)]).toEqual([false, true])
    model.base.restart(100)
    expect([after(189), after(191)]).toEqual([false, true])
  })

  it('after two base times where attempts take ten: what is as clear as that need not wait for them', () => {
    model.base.restart(100)
    const after = (elapsedMs: number) => suffices('steady', { inFlight: 100, timeMs: 1000, elapsedMs })
    expect([after(399), after(401)]).toEqual([false, true])
  })

  it('of an experiment when its result is precise, and at the latest when it has cost too much', () => {
    const many = (elapsedMs: number) => suffices('probe', { inFlight: 500, timeMs: 100, elapsedMs })
    expect([many(222), many(223)]).toEqual([false, true])
    const few = (elapsedMs: number) => suffices('probe', { inFlight: 10, timeMs: 100, elapsedMs })
    expect([few(799), few(801)]).toEqual([false, true])
    experiments.drain(evidenceOf({ inFlight: 20, timeMs: 100, elapsedMs: 1000 }), 20)
    expect([few(499), few(501)]).toEqual([false, true])
  })

  it('of a reach after a second and eight times what an attempt takes, and later where attempts differ', () => {
    const after = (elapsedMs: number, timeMs: number) => {
      model.base.restart(timeMs)
      return suffices('probe', { inFlight: 500, timeMs, elapsedMs })
    }
    experiments.reach(evidenceOf({ inFlight: 20, timeMs: 100, elapsedMs: 1000 }), 20)
    expect([after(999, 10), after(1000, 10)]).toEqual([false, true])
    expect([after(1590, 200), after(1610, 200)]).toEqual([false, true])
    for (let n = 0; n < 200; n += 1)
      model.noise.observe(evidenceOf({ inFlight: 10, timeMs: n % 2 ? 100 : 200, elapsedMs: 1000 }), 10)
    expect([after(1610, 100), after(6390, 100), after(6410, 100)]).toEqual([false, false, true])
  })

  it('of an experiment only over many windows where windows as a whole scatter', () => {
    for (let n = 0; n < 200; n += 1)
      model.noise.observe(evidenceOf({ inFlight: 1e6, timeMs: n % 2 ? 100 : 150, elapsedMs: 1000 }), 10)
    const windows = (windows: number) =>
      suffices('probe', { inFlight: 10, timeMs: 100, elapsedMs: 2000, windows })
    const needed = model.noise.windowsFor(0.025)
    expect(needed).toBeGreaterThan(2)
    expect([windows(needed - 1), windows(needed)]).toEqual([false, true])
  })

  it('in steady state after three times what an attempt takes, while the base time is unknown', () => {
    const after = (elapsedMs: number) => suffices('steady', { inFlight: 20, timeMs: 100, elapsedMs })
    expect([after(299), after(301)]).toEqual([false, true])
  })

  it('in steady state after three times, when clearly too few wait', () => {
    model.base.restart(100)
    const after = (elapsedMs: number) => suffices('steady', { inFlight: 20, timeMs: 100, elapsedMs })
    expect([after(299), after(301)]).toEqual([false, true])
  })

  it('in steady state after two times, when attempts take longer than noise explains', () => {
    model.base.restart(100)
    const many = { inFlight: 400, elapsedMs: 396 }
    expect(suffices('steady', { ...many, timeMs: 160 })).toBe(true)
    expect(suffices('steady', { ...many, timeMs: 157 })).toBe(false)
    // The same time of fewer attempts may be chance.
    expect(suffices('steady', { ...many, inFlight: 20, timeMs: 160 })).toBe(false)
  })

  it('in steady state after four seconds or twelve times, when as many wait as should', () => {
    model.base.restart(100)
    const after = (elapsedMs: number, timeMs: number) =>
      suffices('steady', { inFlight: 25, timeMs, elapsedMs })
    expect([after(3999, 122.1), after(4001, 122.1)]).toEqual([false, true])
    model.base.restart(1000)
    expect([after(14_600, 1221), after(14_700, 1221)]).toEqual([false, true])
  })
})
