import { createController, createGate } from '@lagoon/aimd'
import { expect, it } from 'vitest'
import type { RunObserver } from '../src/index.js'
import { RetryClock } from '../src/run/retry-clock.js'
import { deferred, failure, harness, ScriptedCopier, success } from './pipeline-harness.js'

/** Lets everything that is ready run. */
const settle = () => new Promise((resolve) => setImmediate(resolve))

it('a paused run begins no attempt, finishes what is in flight, and continues when it is resumed', async () => {
  const held = deferred<void>()
  const copier = new ScriptedCopier(async ({ key }) => {
    if (key === '1') await held.promise
    return success
  })
  const h = harness({ a: [['1', '2', '3']] }, copier, undefined, { gate: createGate(1) })
  const running = h.run()
  while (copier.attempted.length === 0) await settle()
  const { controls } = h.pipeline
  controls.pause('for the test')
  controls.pause('twice is once')
  held.resolve()
  for (let turn = 0; turn < 20; turn += 1) await settle()
  expect(copier.attempted).toEqual(['1'])
  expect(h.state.completeKeys.has('1')).toBe(true)
  expect(controls.paused).toBe(true)
  controls.resume('for the test')
  expect((await running).summary).toMatchObject({ completed: 3, interrupted: false })
  expect(h.events.filter(({ type }) => type === 'paused' || type === 'resumed')).toEqual([
    { type: 'paused', reason: 'for the test' },
    { type: 'resumed', reason: 'for the test' },
  ])
})

it('a pause also holds attempts that wait to retry', async () => {
  const gate = createGate(2)
  const copier = new ScriptedCopier((_, number) => {
    if (number > 1) return success
    gate.close()
    return failure('transient')
  })
  const h = harness({ a: [['1']] }, copier, undefined, { gate })
  const running = h.run()
  while (!gate.closed) await settle()
  for (let turn = 0; turn < 20; turn += 1) await settle()
  expect(copier.attempted).toEqual(['1'])
  h.pipeline.controls.resume('')
  expect((await running).summary).toMatchObject({ completed: 1, failed: 0 })
})

it('a run that is stopped while it is paused ends, and finishes what it had begun', async () => {
  const drain = new AbortController()
  const parts = deferred<void>()
  const copier = new ScriptedCopier()
  // Two attempts an object, as for one that goes in parts.
  copier.copy = async ({ key }, runner) => {
    for (const part of [1, 2]) {
      await runner.run(async () => {
        copier.attempted.push(`${key}/${part}`)
        if (part === 1) await parts.promise
        return success
      })
    }
    return { ok: true, bytes: 10, etag: 'e', verification: 'size', attempts: 2 }
  }
  const h = harness({ a: [['1', '2']] }, copier, undefined, { gate: createGate(1), drain: drain.signal })
  const running = h.run()
  while (copier.attempted.length === 0) await settle()
  h.pipeline.controls.pause('')
  parts.resolve()
  for (let turn = 0; turn < 20; turn += 1) await settle()
  expect(copier.attempted).toEqual(['1/1'])
  drain.abort()
  const { summary } = await running
  expect(copier.attempted).toEqual(['1/1', '1/2'])
  expect(summary).toMatchObject({ completed: 1, interrupted: true })
  h.pipeline.controls.pause('too late')
  expect(h.pipeline.controls.paused).toBe(false)
})

it('retryClock is not used up by a pause', () => {
  let now = 100
  const clock = new RetryClock(() => now)
  expect(clock.now()).toBe(100)
  now = 150
  clock.stop()
  clock.stop()
  now = 10_000
  expect(clock.now()).toBe(150)
  clock.start()
  clock.start()
  expect(clock.now()).toBe(150)
  now = 10_010
  expect(clock.now()).toBe(160)
})

it('limits reach the controller, the gate and the copier, and are reported', () => {
  const told: object[] = []
  const copier = Object.assign(new ScriptedCopier(), { limitTraffic: (limits: object) => told.push(limits) })
  const gate = createGate(16)
  const controller = createController({ maxConcurrency: 100 })
  const h = harness({}, copier, undefined, { gate, controller, highestConcurrency: 500 })
  const { controls } = h.pipeline
  controls.limit({ maxConcurrency: 8, maxBytesPerSecond: 1000 }, 'by ctl')
  expect([gate.limit, controller.limit, controller.options.maxConcurrency]).toEqual([8, 8, 8])
  controls.limit({ maxBytesPerSecond: null, minConcurrency: 20, maxConcurrency: 30 }, 'by ctl')
  expect(gate.limit).toBe(20)
  expect(told).toEqual([{ maxBytesPerSecond: 1000 }, { maxBytesPerSecond: null }])
  expect(h.events).toEqual([
    { type: 'limits', maxConcurrency: 8, maxBytesPerSecond: 1000, reason: 'by ctl' },
    { type: 'limits', maxBytesPerSecond: null, minConcurrency: 20, maxConcurrency: 30, reason: 'by ctl' },
  ])
  expect(() => controls.limit({ maxConcurrency: 501 }, '')).toThrow('501 in flight are more than 500')
  expect(() => controls.limit({ minConcurrency: 31 }, '')).toThrow('minConcurrency (31)')
  expect(gate.limit).toBe(20)
})

it('a fixed number in flight is changed through the upper bound, and has no lower one', () => {
  const gate = createGate(4)
  const { controls } = harness({}, undefined, undefined, { gate }).pipeline
  controls.limit({ maxConcurrency: 9 }, '')
  expect(gate.limit).toBe(9)
  expect(() => controls.limit({ minConcurrency: 2 }, '')).toThrow('fixed')
})

it('an observer receives every attempt and every object', async () => {
  const told: unknown[][] = []
  const observer: RunObserver = {
    attemptSucceeded: (...args) => told.push(['succeeded', ...args]),
    attemptFailed: (...args) => told.push(['failed', ...args]),
    objectEnded: (_durationMs, outcome) => told.push(['object', outcome]),
  }
  const copier = new ScriptedCopier(({ key }, number) => {
    if (key === 'gone') return failure('missing')
    return number === 1 ? failure('throttle') : success
  })
  const h = harness({ a: [['1', 'gone']] }, copier, undefined, { gate: createGate(1), observer })
  await h.run()
  expect(told).toHaveLength(5)
  expect(told).toEqual(
    expect.arrayContaining([
      ['failed', 'source', 'throttle'],
      ['succeeded', 1, 10],
      ['object', 'copied'],
      ['failed', 'source', 'missing'],
      ['object', 'failed'],
    ]),
  )
})

it('a paused run with nothing in flight keeps its process alive', () => {
  const { controls } = harness({}).pipeline
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
  const before = timers()
  controls.pause('')
  expect(timers()).toBe(before + 1)
  controls.resume('')
  expect(timers()).toBe(before)
})
