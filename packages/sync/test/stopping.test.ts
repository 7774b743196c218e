import { createGate } from '@lagoon/aimd'
import { expect, it } from 'vitest'
import { failure, harness, ScriptedCopier, success } from './pipeline-harness.js'
import { MemoryState } from './memory-state.js'

it('a run that was stopped before it began copies nothing, and says once that it stops', async () => {
  const stopped = AbortSignal.abort()
  const h = harness({ a: [['1']] }, undefined, undefined, { drain: stopped, abort: stopped })
  expect((await h.run()).summary).toMatchObject({ completed: 0, interrupted: true })
  expect(h.copier.attempted).toEqual([])
  expect(h.events.filter(({ type }) => type === 'stopping')).toHaveLength(1)
})

it.each(['transient', 'throttle'] as const)(
  'an object that waits to be tried again after a %s failure is left for the next run',
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

it('an object that waits for an endpoint to come back is left for the next run', async () => {
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

it('what a stop keeps from its last attempt is told as it failed before', async () => {
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

it('an object that needs no attempt gives back its permit', async () => {
  const copier = new ScriptedCopier()
  const bad = { class: 'permanent', side: 'source', code: 'InvalidKey', message: 'm' } as const
  copier.copy = async () => ({ ok: false, failure: bad, attempts: 0 })
  const keys = Array.from({ length: 20 }, (_, index) => `${index}`)
  const gate = createGate(2)
  const h = harness({ a: [keys] }, copier, undefined, { gate })
  expect((await h.run()).summary).toMatchObject({ failed: 20, interrupted: false })
  expect(gate.inFlight).toBe(0)
})

it('any number of failures of a finished manifest are tried again', async () => {
  const state = new MemoryState()
  const keys = Array.from({ length: 1001 }, (_, index) => `${index}`)
  const first = harness({ a: [keys] }, new ScriptedCopier(() => failure('missing')), state)
  expect((await first.run()).summary).toMatchObject({ failed: 1001, missing: 1001 })
  const second = harness({ a: [keys] }, new ScriptedCopier(() => success), state.reopen())
  expect((await second.run()).summary).toMatchObject({ completed: 1001, failed: 0 })
  expect(second.manifests.opened).toEqual([])
})
