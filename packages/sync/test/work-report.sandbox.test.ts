import { retryFailures } from '@lagoon/jobs'
import { openManifest } from '@lagoon/manifest'
import { createStore } from '@lagoon/transfer'
import { expect, it } from 'vitest'
import { rows } from './lake-rows.js'
import { endpointOf, type TwoStores } from './two-stores.js'
import { lake, look, world } from './work-world.js'

const report = 's3://lake/reports'

interface ReportManifest {
  readonly complete: boolean
  readonly rows: number
  readonly outcomes: Record<string, number>
  readonly parts: readonly string[]
}

/** What the report in the destination says: its list of parts, the parts that lie there, and the rows of those that count as `key outcome`. */
async function reportOf({ destination }: TwoStores) {
  const store = createStore(endpointOf(destination))
  try {
    const lying: { key: string; etag: string; sizeBytes: number }[] = []
    for await (const object of store.list({ prefix: 'reports/lake/part-' })) lying.push(object)
    const { sizeBytes } = await store.head({ key: 'reports/lake/_manifest.json' })
    const json = await store.read({ key: 'reports/lake/_manifest.json', start: 0, end: sizeBytes })
    const manifest = JSON.parse(Buffer.from(json).toString()) as ReportManifest
    const told: string[] = []
    for (const part of lying) {
      if (!manifest.parts.includes(`s3://lake/${part.key}`)) continue
      const column = async (name: string): Promise<string[]> => {
        const reader = await openManifest(store, part, { bucket: 'lake', column: name })
        const values: string[] = []
        for await (const { keys } of reader.batches()) values.push(...keys.map(String))
        return values
      }
      const outcomes = await column('outcome')
      told.push(...(await column('key')).map((key, i) => `${key} ${outcomes[i]}`))
    }
    return { manifest, lying: lying.map(({ key }) => `s3://lake/${key}`).sort(), told: told.sort() }
  } finally {
    await store.close()
  }
}

it('a report in parts has each row once, even if a worker died with items', async () => {
  await using here = await world()
  const { stores, start } = here
  const names = await lake(stores, 100)
  await stores.manifest('manifest/b.parquet', rows(['gone', null]))
  const options = { report, itemRows: 50, concurrency: { fixed: 1 }, checkpointIntervalMs: 100 }
  const held = stores.destination.hold({ operation: 'PutObject', key: 'data/30' })
  const abort = new AbortController()
  const first = start('one', { ...options, abort: abort.signal })
  await held.arrived()
  // Dead: nothing of it reaches the queue or a store any more.
  first.engine.kill()
  abort.abort()
  const second = start('two', { ...options, plan: false })
  held.release()
  expect(await second.done).toMatchObject({ completed: 100, failed: 2, over: true })
  const { manifest, lying, told } = await reportOf(stores)
  expect(manifest).toMatchObject({
    complete: true,
    rows: 102,
    outcomes: { copied: 100, missing: 1, failed: 1 },
  })
  expect(lying).toEqual(expect.arrayContaining([...manifest.parts]))
  expect(told).toEqual([...names.map((key) => `${key} copied`), 'null failed', 'gone missing'].sort())
})

it('a row that is put back is reported again, with its new outcome', async () => {
  await using here = await world()
  const { stores, server, start } = here
  await stores.manifest('manifest/a.parquet', rows(['late', 'gone']))
  await start('one', { report }).done
  await stores.objects({ late: 'x' })
  const { job } = await look(server)
  await retryFailures(job, ({ failure }) => (failure as { key?: string }).key === 'late')
  await start('two', { report }).done
  const { manifest, lying, told } = await reportOf(stores)
  expect(lying).toEqual(manifest.parts)
  expect(told).toEqual(['gone missing', 'late copied', 'late missing'])
  expect(manifest).toMatchObject({ complete: true, rows: 2, outcomes: { copied: 1, missing: 1 } })
})

it('a report that the bucket refuses is an error before anything is copied; all workers need the same report', async () => {
  await using here = await world()
  const { stores, start } = here
  await lake(stores, 3)
  await expect(start('one', { report: 's3://elsewhere/x/' }).done).rejects.toMatchObject({
    code: 'LAGOON_TRANSFER_BUCKET_MISSING',
  })
  expect(stores.objectRequests().puts.filter((key) => key.startsWith('data/'))).toEqual([])
  await start('two', { report }).done
  await expect(start('three').done).rejects.toMatchObject({
    code: 'LAGOON_JOBS_SETTINGS_DIFFER',
    message: expect.stringContaining('report is "s3://lake/reports/" there') as string,
  })
})

it('each row is in the report with the outcome that the job counts, also one that names an object again that failed', async () => {
  await using here = await world()
  const { stores, start } = here
  await stores.objects({ a: 'a', broken: 'x' })
  await stores.manifest('manifest/a.parquet', rows(['a', 'a', 'broken', 'broken', null]))
  const failing = { type: 'error', code: 'InternalError' } as const
  stores.source.faults.add({ operation: 'GetObject', key: 'broken', action: failing })
  const summary = await start('one', { report, maxAttempts: 1 }).done
  expect(summary).toMatchObject({ completed: 1, skipped: 1, failed: 3 })
  const { manifest, told } = await reportOf(stores)
  expect(told).toEqual(['a copied', 'a skipped', 'broken failed', 'broken failed', 'null failed'])
  expect(manifest.outcomes).toEqual({ copied: 1, skipped: 1, missing: 0, failed: 3 })
})

it('a worker that may not store its part records nothing without it, hands its rows back, and says why', async () => {
  await using here = await world()
  const { stores, start } = here
  await lake(stores, 20)
  const refused = { type: 'error', code: 'AccessDenied' } as const
  stores.destination.faults.add({
    operation: 'PutObject',
    keyPattern: /^reports\/.*\.parquet$/,
    action: refused,
  })
  await expect(start('one', { report, concurrency: { fixed: 1 } }).done).rejects.toMatchObject({
    code: 'LAGOON_TRANSFER_ACCESS_DENIED',
    reason: 'store',
  })
  stores.destination.faults.clear()
  expect(await start('two', { report }).done).toMatchObject({ completed: 20, failed: 0, over: true })
  expect((await reportOf(stores)).told).toHaveLength(20)
})
