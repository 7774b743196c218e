import { createGate } from '@lagoon/aimd'
import { expect, it, vi } from 'vitest'
import { SyncError } from '../src/ports/errors.js'
import { failure, harness, ScriptedCopier, success } from './pipeline-harness.js'
import { MemoryState } from './memory-state.js'

it('a run that was stopped before it began copies nothing, and reports once that it stops', async () => {
  const stopped = AbortSignal.abort()
  const h = harness({ a: [['1']] }, undefined, undefined, { drain: stopped, abort: stopped })
  expect((await h.run()).summary).toMatchObject({ completed: 0, interrupted: true })
  expect(h.copier.attempted).toEqual([])
  expect(h.events.filter(({ type }) => type === 'stopping')).toHaveLength(1)
})

it('an error that ends a run is its reason, and what is in flight then is recorded', async () => {
  const trouble = new AbortController()
  const copier = new ScriptedCopier()
  const error = new SyncError('LAGOON_STATE_DISK_FULL', 'no room', { reason: 'disk-full' })
  copier.onAttempt = () => trouble.abort(error)
  const h = harness({ a: [['1']] }, copier, undefined, { trouble: trouble.signal })
  const { summary, stoppedBy } = await h.run()
  expect(summary).toMatchObject({ completed: 1, interrupted: true, reason: 'disk-full' })
  expect(stoppedBy).toBe(error)
})

it.each(['transient', 'throttle'] as const)(
  'an object that waits to retry after a %s failure is left to the next run',
  async (kind) => {
    const state = new MemoryState()
    const drain = new AbortController()
    const copier = new ScriptedCopier(() => failure(kind))
    copier.onAttempt = () => drain.abort()
    const first = harness({ a: [['1']] }, copier, state, { drain: drain.signal })
    expect((await first.run()).summary).toMatchObject({ completed: 0, failed: 0, interrupted: true })
    expect(copier.attempted).toEqual(['1'])
    expect(state.failureRecords.size).toBe(0)
    const second = harness({ a: [['1']] }, undefined, state.reopen())
    expect((await second.run()).summary).toMatchObject({ completed: 1, failed: 0 })
  },
)

it('an object that waits for an endpoint to return is left to the next run', async () => {
  const drain = new AbortController()
  const state = new MemoryState()
  const copier = new ScriptedCopier(() => failure('transient', 'UNREACHABLE'))
  let attempts = 0
  copier.onAttempt = () => {
    if (++attempts === 5) setImmediate(() => drain.abort())
  }
  const outage = { threshold: 2, patienceMs: 600_000, probeIntervalMs: 1 }
  const h = harness({ a: [['1', '2', '3']] }, copier, state, { drain: drain.signal, outage })
  expect((await h.run()).summary).toMatchObject({ completed: 0, failed: 0, interrupted: true })
  expect(h.events).toContainEqual(expect.objectContaining({ type: 'warning' }))
  expect(state.failureRecords.size).toBe(0)
})

it('a failure whose last attempt a stop prevents is reported unchanged', async () => {
  const drain = new AbortController()
  const copier = new ScriptedCopier(() => failure('transient'))
  // Each once, and then the last attempt of the first.
  copier.onAttempt = () => copier.attempted.length === 4 && drain.abort()
  const h = harness({ a: [['1', '2', '3']] }, copier, undefined, {
    drain: drain.signal,
    gate: createGate(1),
    maxAttempts: 1,
  })
  expect((await h.run()).summary).toMatchObject({ failed: 3, interrupted: true })
  expect(copier.attempted).toEqual(['1', '2', '3', '1'])
  expect(h.report.map(({ key, outcome }) => [key, outcome]).sort()).toEqual([
    ['1', 'failed'],
    ['2', 'failed'],
    ['3', 'failed'],
  ])
})

it('an object that needs no attempt releases its permit', async () => {
  const copier = new ScriptedCopier()
  const bad = { class: 'permanent', side: 'source', code: 'InvalidKey', message: 'm' } as const
  copier.copy = async () => ({ ok: false, failure: bad, attempts: 0 })
  const keys = Array.from({ length: 20 }, (_, index) => `${index}`)
  const gate = createGate(2)
  const h = harness({ a: [keys] }, copier, undefined, { gate })
  expect((await h.run()).summary).toMatchObject({ failed: 20, interrupted: false })
  expect(gate.inFlight).toBe(0)
})

it('any number of failures of a finished manifest are retried', async () => {
  const state = new MemoryState()
  const keys = Array.from({ length: 1001 }, (_, index) => `${index}`)
  const first = harness({ a: [keys] }, new ScriptedCopier(() => failure('missing')), state)
  expect((await first.run()).summary).toMatchObject({ failed: 1001, missing: 1001 })
  const second = harness({ a: [keys] }, new ScriptedCopier(() => success), state.reopen())
  expect((await second.run()).summary).toMatchObject({ completed: 1001, failed: 0 })
  expect(second.manifests.opened).toEqual([])
})

it('a failure whose last attempt was aborted stays unchanged, and is reported', async () => {
  const state = new MemoryState()
  const copier = new ScriptedCopier(() =>
    copier.attempted.length === 1 ? failure('transient', 'InternalError') : failure('aborted'),
  )
  const h = harness({ a: [['1']] }, copier, state, { maxAttempts: 1 })
  expect((await h.run()).summary).toMatchObject({ completed: 0, failed: 1 })
  expect(h.report).toMatchObject([{ key: '1', outcome: 'failed', code: 'InternalError' }])
  expect([...state.failureRecords.values()]).toMatchObject([{ class: 'transient', code: 'InternalError' }])
})

it('an attempt that waits for a paused run is not made after an abort', async () => {
  const gate = createGate(1)
  const abort = new AbortController()
  const copier = new ScriptedCopier(() => failure('transient'))
  copier.onAttempt = () => gate.close()
  const h = harness({ a: [['1']] }, copier, undefined, { gate, abort: abort.signal })
  const running = h.run()
  await vi.waitUntil(() => gate.closed && gate.waiting > 0)
  abort.abort()
  expect((await running).summary).toMatchObject({ completed: 0, failed: 0, interrupted: true })
  expect(copier.attempted).toEqual(['1'])
})

it('resuming a run that is not paused reports nothing', async () => {
  const h = harness({ a: [['1']] })
  h.pipeline.controls.resume('twice')
  expect((await h.run()).summary).toMatchObject({ completed: 1 })
  expect(h.events.map(({ type }) => type)).not.toContain('resumed')
})

it('damage in the state stops the run with its figures, and what was in flight is recorded', async () => {
  const state = new MemoryState()
  const copier = new ScriptedCopier()
  const lookup = state.lookup.bind(state)
  state.lookup = (keys, versions) => {
    if (keys.includes('65'))
      throw Object.assign(new Error('chunk 7 is missing'), { code: 'LAGOON_STATE_CORRUPT' })
    return lookup(keys, versions)
  }
  const keys = Array.from({ length: 130 }, (_, index) => `${index}`)
  const { summary, stoppedBy } = await harness({ a: [keys] }, copier, state).run()
  expect(stoppedBy).toMatchObject({ code: 'LAGOON_STATE_CORRUPT', reason: 'state' })
  expect(summary).toMatchObject({ reason: 'state', interrupted: true, completed: copier.attempted.length })
  expect(summary.completed).toBeGreaterThan(0)
})

it('an internal error is thrown, and not reported as an external one', async () => {
  const state = new MemoryState()
  state.lookup = () => {
    throw new TypeError('x is not a function')
  }
  await expect(harness({ a: [['1']] }, undefined, state).run()).rejects.toThrow(TypeError)
})
