import { createMemoryServer, type MemoryServer } from '@lagoon/jobs/memory'
import { expect, it } from 'vitest'
import type { SyncEvent } from '../src/index.js'
import { runWorker, type WorkOptions, type WorkSummary } from '../src/work/index.js'
import { bodies, keys, rows } from './lake-rows.js'
import { endpointOf, twoStores, type TwoStores } from './two-stores.js'

interface Ran {
  summary: WorkSummary
  events: SyncEvent[]
}

async function runOne(
  stores: TwoStores,
  server: MemoryServer,
  worker: string,
  options: Partial<WorkOptions> = {},
): Promise<Ran> {
  const events: SyncEvent[] = []
  const engine = server.connect(worker)
  const summary = await runWorker({
    source: endpointOf(stores.source),
    destination: endpointOf(stores.destination),
    engine,
    job: 'lake',
    worker,
    leaseMs: 2000,
    checkpointIntervalMs: 100,
    concurrency: { fixed: 8 },
    threads: 1,
    backoff: { baseMs: 1 },
    onEvent: (event) => events.push(event),
    ...options,
  })
  await engine.close()
  return { summary, events }
}

it('shares the rows of a job between two workers, each object once, and both end with the figures of the job', async () => {
  await using stores = await twoStores()
  const names = keys(300)
  await stores.objects(bodies(names))
  await stores.manifest('manifest/a.parquet', rows(names.slice(0, 200)), 50)
  await stores.manifest('manifest/b.parquet', rows(names.slice(200)), 50)
  stores.objectRequests()
  const server = createMemoryServer()
  const ran = await Promise.all(['one', 'two'].map((name) => runOne(stores, server, name, { itemRows: 25 })))
  for (const { summary } of ran) {
    expect(summary).toMatchObject({
      completed: 300,
      skipped: 0,
      failed: 0,
      over: true,
      reason: 'finished',
      manifests: { completed: 2, failed: 0 },
    })
    expect(summary.own.completed).toBeGreaterThan(0)
  }
  expect(ran[0]!.summary.own.completed + ran[1]!.summary.own.completed).toBe(300)
  const { gets, puts } = stores.objectRequests()
  expect(gets.sort()).toEqual(names.toSorted())
  expect(puts.sort()).toEqual(names.toSorted())
})
