import {
  createManualClock,
  createMemoryServer,
  type MemoryFault,
  type MemoryCall,
} from '../src/memory/index.js'
import {
  endPlanning,
  joinJob,
  planManifest,
  startWorker,
  type HeldItem,
  type Job,
  type Worker,
  type WorkerEvent,
  type WorkerOptions,
} from '../src/index.js'

export const SETTINGS = { from: 'lake', to: 'lake-copy' }
export const LEASE_MS = 6000

/** A server in memory under a manual clock, and a record of what was done with each row. */
export function createWorld(fault?: (call: MemoryCall) => MemoryFault | undefined) {
  const clock = createManualClock()
  const server = createMemoryServer({ clock, ...(fault !== undefined && { fault }) })
  const events: (WorkerEvent & { worker: string })[] = []
  return {
    clock,
    server,
    events,
    /** Joins as a process of its own. */
    async join(name: string, settings: Record<string, string> | null = SETTINGS) {
      const engine = server.connect(name)
      const job = await joinJob(engine, {
        job: 'lake',
        clock,
        leaseMs: LEASE_MS,
        ...(settings !== null && { settings }),
      })
      return { engine, job }
    },
    async start(name: string, options: WorkerOptions = {}) {
      const { engine, job } = await this.join(name)
      const worker = startWorker(job, {
        id: name,
        checkpointIntervalMs: 1000,
        onEvent: (event) => events.push({ ...event, worker: name }),
        ...options,
      })
      return { engine, job, worker }
    },
  }
}

export type World = ReturnType<typeof createWorld>

export async function planRows(job: Job, key: string, rowGroups: readonly number[] | null, itemRows: number) {
  const { manifest } = await planManifest(job, { key, etag: 'v1', rowGroups }, { itemRows })
  await endPlanning(job)
  return manifest
}

/** Works through an item, row after row, without taking any time. */
export async function workOff(item: HeldItem, onRow: (row: number) => void = () => {}): Promise<boolean> {
  for (let row = item.from; item.to === null || row < item.to; row += 1) {
    const admission = item.begin(row)
    if (admission === 'settled') continue
    if (admission !== 'begin') throw new Error(`row ${row}: ${admission}`)
    onRow(row)
    item.settle(row, { outcome: 'copied', bytes: 10 })
  }
  return item.finish()
}

/** A worker that accepts everything, at `rowMs` a row. Ends with the job. */
export async function runToEnd(
  worker: Worker,
  clock: World['clock'],
  copied: (row: string) => void,
  rowMs = 10,
): Promise<void> {
  for (;;) {
    const item = await worker.next()
    if (item === null) return
    await runItem(item, clock, copied, rowMs)
  }
}

export async function runItem(
  item: HeldItem,
  clock: World['clock'],
  copied: (row: string) => void,
  rowMs: number,
): Promise<void> {
  for (let row = item.from; item.to === null || row < item.to; row += 1) {
    let admission = item.begin(row)
    while (admission === 'wait') {
      await item.ready()
      admission = item.begin(row)
    }
    if (admission === 'settled') continue
    if (admission === 'poison') {
      item.settle(row, { outcome: 'failed', failure: { row, code: 'LAGOON_JOB_POISON_ROW' } })
      continue
    }
    if (admission === 'gone') break
    await clock.sleep(rowMs)
    copied(`${item.manifest.key}:${row}`)
    item.settle(row, { outcome: 'copied', bytes: 10 })
  }
  if (!item.signal.aborted) await item.finish()
}

/** The result of a promise while the time advances; fails if it does not settle within `ms`. */
export async function within<T>({ clock }: World, promise: Promise<T>, ms = 60_000): Promise<T> {
  const end = clock.now() + ms
  const state = { settled: false }
  const watched = promise.finally(() => (state.settled = true))
  watched.catch(() => undefined)
  await clock.settle()
  while (!state.settled) {
    if (clock.now() >= end) throw new Error(`not settled within ${ms} ms`)
    await clock.advance(100)
  }
  return watched
}
