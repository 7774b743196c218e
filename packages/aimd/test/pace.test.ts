import { beforeEach, expect, it } from 'vitest'
import { resolveOptions } from '../src/index.js'
import { Evidence } from '../src/law/evidence.js'
import { Experiments } from '../src/law/experiments.js'
import { Model } from '../src/law/model.js'
import { pace } from '../src/law/pace.js'
import type { Phase } from '../src/law/wanted.js'

const options = resolveOptions({ minIntervalMs: 200, intervalMs: 2000 })

let model: Model
let experiments: Experiments
beforeEach(() => {
  model = new Model(options)
  experiments = new Experiments(options, model)
})

interface Now {
  settling?: boolean
  probing?: boolean
}

/** How long the next window is where an attempt takes so long. */
function windowMs(
  phase: Phase,
  timeMs: number | null,
  { settling = false, probing = false }: Now = {},
): number {
  model.timeMs = timeMs
  return pace({ phase, settling, probing }, options, model, experiments)
}

/** A drain from 100 in flight under way. */
function drain(): void {
  const evidence = { elapsedMs: 1000, inFlightMs: 100_000, ended: 1000, windows: 1 }
  experiments.drain(Object.assign(new Evidence(), evidence), 100)
}

it('is two and a half times what an attempt takes, a little shorter in the ramp', () => {
  expect(windowMs('steady', 600)).toBe(1500)
  expect(windowMs('probe', 600)).toBe(1500)
  expect(windowMs('ramp', 600)).toBe(1320)
})

it('is never longer than the longest that is allowed', () => {
  expect(windowMs('steady', 801)).toBe(2000)
  expect(windowMs('ramp', 10_000)).toBe(2000)
})

it('is the shortest that is asked for while something changes, and four times that in calm', () => {
  const phases = ['steady', 'ramp', 'probe', 'outage', 'drain'] as const
  expect(phases.map((phase) => windowMs(phase, 1))).toEqual([800, 200, 200, 200, 200])
})

it('is the same before anything is known', () => {
  expect([windowMs('ramp', null), windowMs('steady', null)]).toEqual([200, 800])
})

it('is short beyond a wall, where a refusal must be seen at once', () => {
  expect(windowMs('steady', 1, { probing: true })).toBe(200)
  expect(windowMs('steady', 100, { probing: true })).toBe(250)
})

it('is long in a drain that others must have time to join, and only there', () => {
  drain()
  expect(windowMs('drain', 1)).toBe(800)
  expect(windowMs('probe', 1)).toBe(200)
})

it('is short again in a drain when no others are likely and several were made', () => {
  for (let n = 0; n < 5; n += 1) experiments.drains.ended(100, 0.5)
  model.passed(180_000)
  drain()
  expect(windowMs('drain', 1)).toBe(200)
})

it('is one base time while a change settles, between half of the shortest and the longest', () => {
  expect(windowMs('steady', 600, { settling: true })).toBe(100)
  const settling = (baseMs: number): number => {
    model.base.restart(baseMs)
    return windowMs('drain', 600, { settling: true })
  }
  expect([settling(99), settling(400), settling(5000)]).toEqual([100, 400, 2000])
})
