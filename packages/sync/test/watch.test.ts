import { expect, it } from 'vitest'
import type { WatchPort } from '../src/index.js'
import { MemoryState } from './memory-state.js'
import { failure, harness, ScriptedCopier, success, type Harness, type Rows } from './pipeline-harness.js'

interface Watched extends Harness {
  readonly running: ReturnType<Harness['run']>
  /** Resolves when the watch waits for its next scan. */
  waits(): Promise<void>
  /** Lets the time pass that it waits. */
  wake(): void
  readonly drain: AbortController
}

/** A watch with a manual clock. */
function watching(manifests: Record<string, Rows | Error>, copier = new ScriptedCopier()): Watched {
  let wake = (): void => {}
  let nowWaits = (): void => {}
  let waiting = new Promise<void>((resolve) => (nowWaits = resolve))
  const watch: WatchPort = {
    intervalMs: 60_000,
    isPassing: (error) => (error as Error).message === 'away',
    sleep: (_, signal) =>
      new Promise((resolve) => {
        wake = resolve
        signal.addEventListener('abort', () => resolve())
        nowWaits()
      }),
  }
  const drain = new AbortController()
  const made = harness(manifests, copier, new MemoryState(), { watch, drain: drain.signal })
  return {
    ...made,
    running: made.run(),
    drain,
    waits: () => waiting,
    wake() {
      waiting = new Promise((resolve) => (nowWaits = resolve))
      wake()
    },
  }
}

/** Ends a watch that waits and gives its summary. */
async function stopped(watched: Watched) {
  watched.drain.abort()
  return (await watched.running).summary
}

it('copies later manifests, and reads no manifest again', async () => {
  const watched = watching({ a: [['1', '2']] })
  await watched.waits()
  watched.manifests.contents['b'] = [['2', '3']]
  watched.wake()
  await watched.waits()
  watched.wake()
  await watched.waits()
  expect(await stopped(watched)).toMatchObject({
    completed: 3,
    skipped: 1,
    failed: 0,
    manifests: { completed: 2, skipped: 0, failed: 0 },
    interrupted: true,
  })
  expect(watched.copier.attempted).toEqual(['1', '2', '3'])
  expect(watched.manifests.opened).toEqual(['a', 'b'])
})

it('reads a replaced manifest as a new one, and counts the rows of both', async () => {
  const watched = watching({ a: [['1', '2']] })
  await watched.waits()
  watched.manifests.contents['a'] = [['2', '3', '4']]
  watched.manifests.etags['a'] = 'e2'
  watched.wake()
  await watched.waits()
  expect(await stopped(watched)).toMatchObject({
    completed: 4,
    skipped: 1,
    manifests: { completed: 2, skipped: 0, failed: 0 },
  })
  expect(watched.events.findLast((event) => event.type === 'totals')).toMatchObject({
    manifests: 2,
    rows: 5,
  })
})

it('retries failures in each round, and a row counts as failed only while it fails', async () => {
  let there = false
  const copier = new ScriptedCopier(({ key }) =>
    key === 'late' && !there ? failure('missing', 'NoSuchKey') : success,
  )
  const watched = watching({ a: [['1', 'late', null]] }, copier)
  await watched.waits()
  watched.wake()
  await watched.waits()
  const failures = watched.report.filter(({ outcome }) => outcome !== 'copied')
  expect(failures.map(({ key, outcome }) => `${outcome} ${key}`)).toEqual(['failed ', 'missing late'])
  there = true
  watched.wake()
  await watched.waits()
  watched.wake()
  await watched.waits()
  expect(await stopped(watched)).toMatchObject({ completed: 2, skipped: 0, failed: 1, missing: 0 })
  expect(copier.attempted).toEqual(['1', 'late', 'late', 'late'])
  // Each row once, and once more when it was copied after all.
  expect(watched.report.map(({ outcome }) => outcome)).toEqual(['failed', 'copied', 'missing', 'copied'])
})

it('retries a key that failed in an earlier round if a later manifest names it', async () => {
  let there = false
  const copier = new ScriptedCopier(() => (there ? success : failure('permanent')))
  const watched = watching({ b: [['1']] }, copier)
  await watched.waits()
  there = true
  // It is read before the one whose row failed: that row is complete without having been tried.
  const { contents } = watched.manifests
  delete contents['b']
  Object.assign(contents, { a: [['1']], b: [['1']] })
  watched.wake()
  await watched.waits()
  expect(await stopped(watched)).toMatchObject({ completed: 1, skipped: 1, failed: 0 })
  expect(copier.attempted).toEqual(['1', '1'])
})

it('retries temporary failures at the end of each round', async () => {
  const copier = new ScriptedCopier(() => failure('transient'))
  const watched = watching({ a: [['1']] }, copier)
  await watched.waits()
  expect(copier.attempted).toHaveLength(6)
  watched.wake()
  await watched.waits()
  expect(copier.attempted).toHaveLength(12)
  expect(await stopped(watched)).toMatchObject({ completed: 0, failed: 1 })
})

it('reads an unreadable manifest again in each round, and reports and counts it once', async () => {
  const watched = watching({ a: [['1', '2', '3']], broken: new Error('torn') })
  await watched.waits()
  watched.wake()
  await watched.waits()
  const told = watched.events.filter((event) => event.type === 'manifest' && event.status === 'failed')
  expect(told).toHaveLength(1)
  watched.manifests.contents['broken'] = [['3', '4']]
  watched.wake()
  await watched.waits()
  expect(await stopped(watched)).toMatchObject({
    completed: 4,
    skipped: 1,
    manifests: { completed: 2, skipped: 0, failed: 0 },
  })
})

it('survives a listing that fails temporarily between two rounds', async () => {
  const watched = watching({ a: [['1']] })
  await watched.waits()
  watched.manifests.listingFails = new Error('away')
  watched.wake()
  await watched.waits()
  expect(watched.events).toContainEqual(
    expect.objectContaining({ type: 'warning', code: 'LAGOON_SYNC_SCAN_FAILED' }),
  )
  watched.manifests.listingFails = null
  watched.manifests.contents['b'] = [['2']]
  watched.wake()
  await watched.waits()
  expect(await stopped(watched)).toMatchObject({ completed: 2, failed: 0 })
})

it('ends with the reason if a listing fails permanently', async () => {
  const watched = watching({ a: [['1']] })
  await watched.waits()
  watched.manifests.listingFails = new Error('refused')
  watched.wake()
  const { summary, stoppedBy } = await watched.running
  expect(stoppedBy).toMatchObject({ message: 'refused' })
  expect(summary).toMatchObject({ completed: 1, interrupted: true })
})

it('waits if there is no manifest yet, and reports it once', async () => {
  const watched = watching({})
  await watched.waits()
  watched.wake()
  await watched.waits()
  watched.manifests.contents['a'] = [['1']]
  watched.wake()
  await watched.waits()
  expect(await stopped(watched)).toMatchObject({ completed: 1, manifests: { completed: 1 } })
  expect(watched.events.filter((event) => event.type === 'warning')).toHaveLength(1)
})

it('reports when it waits, until when, and when it scans again', async () => {
  const watched = watching({ a: [['1']] })
  await watched.waits()
  watched.wake()
  await watched.waits()
  await stopped(watched)
  const told = watched.events.filter(({ type }) => type === 'waiting' || type === 'scanning')
  expect(told).toEqual([
    { type: 'waiting', round: 1, until: expect.stringMatching(/^\d{4}-.*Z$/) as string },
    { type: 'scanning', round: 2 },
    { type: 'waiting', round: 2, until: expect.any(String) as string },
  ])
})

it('stopped in a later round, it keeps the outcomes of the earlier ones', async () => {
  const tried: string[] = []
  const copier = new ScriptedCopier(({ key }) => {
    tried.push(key)
    if (tried.length === 5) watched.drain.abort()
    return tried.length > 4 && key === '1' ? success : failure('permanent')
  })
  const watched: Watched = watching({ a: [['1', '2', '3', '4']] }, copier)
  await watched.waits()
  watched.wake()
  const { summary } = await watched.running
  expect(summary.completed).toBe(1)
  expect(summary.completed + summary.skipped + summary.failed).toBe(4)
  expect(summary.failed).toBe(3)
})
