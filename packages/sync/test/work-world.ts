import { joinJob, readFailures, readStatus, type JobFailure } from '@lagoon/jobs'
import { createMemoryServer, type MemoryConnection, type MemoryServer } from '@lagoon/jobs/memory'
import type { SyncEvent } from '../src/index.js'
import { runWorker, type WorkOptions, type WorkSummary } from '../src/work/index.js'
import { bodies, keys, rows } from './lake-rows.js'
import { endpointOf, twoStores, type TwoStores } from './two-stores.js'

export const LEASE_MS = 1000

export interface Started {
  readonly engine: MemoryConnection
  readonly events: SyncEvent[]
  readonly done: Promise<WorkSummary>
}

type JobCommon = Pick<WorkOptions, 'source' | 'destination' | 'engine' | 'job' | 'concurrency' | 'backoff'>

/** Two stores, and an engine in memory that several workers of this process are connected to. */
export async function world() {
  const stores = await twoStores()
  const server = createMemoryServer()
  const start = (worker: string, options: Partial<WorkOptions> = {}): Started => {
    const events: SyncEvent[] = []
    const engine = server.connect(worker)
    const done = runWorker({
      source: endpointOf(stores.source),
      destination: endpointOf(stores.destination),
      engine,
      job: 'lake',
      worker,
      leaseMs: LEASE_MS,
      checkpointIntervalMs: 100,
      concurrency: { fixed: 4 },
      threads: 1,
      backoff: { baseMs: 1 },
      onEvent: (event) => events.push(event),
      ...options,
    }).finally(() => engine.close())
    done.catch(() => undefined)
    return { engine, events, done }
  }
  /** Whatever one machine does over the queue, as `name`. */
  const over = async <T>(name: string, use: (common: JobCommon) => Promise<T>): Promise<T> => {
    const engine = server.connect(name)
    try {
      return await use({
        source: endpointOf(stores.source),
        destination: endpointOf(stores.destination),
        engine,
        job: 'lake',
        concurrency: { fixed: 4 },
        backoff: { baseMs: 1 },
      })
    } finally {
      await engine.close()
    }
  }
  return { stores, server, start, over, [Symbol.asyncDispose]: () => stores[Symbol.asyncDispose]() }
}

/** Objects, and a manifest that names them. */
export async function lake(stores: TwoStores, count: number, rowGroupRows = 50): Promise<string[]> {
  const names = keys(count)
  await stores.objects(bodies(names))
  await stores.manifest('manifest/a.parquet', rows(names), rowGroupRows)
  stores.objectRequests()
  return names
}

/** The job as an operator sees it. */
export async function look(server: MemoryServer) {
  const job = await joinJob(server.connect(), { job: 'lake' })
  const failures: JobFailure[] = []
  for await (const failure of readFailures(job)) failures.push(failure)
  return { job, status: await readStatus(job), failures }
}
