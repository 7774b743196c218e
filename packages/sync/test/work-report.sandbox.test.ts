import { retryFailures } from '@lagoon/jobs'
import { openManifest } from '@lagoon/manifest'
import { createStore } from '@lagoon/transfer'
import { expect, it } from 'vitest'
import { rows } from './lake-rows.js'
import { endpointOf, type TwoStores } from './two-stores.js'
import { lake, LEASE_MS, look, world } from './work-world.js'

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

it('a report in parts has each row once, also where a worker lost what it had in hand', async () => {
  await using here = await world()
  const { stores, start } = here
  const names = await lake(stores, 100)
  await stores.manifest('manifest/b.parquet', rows(['gone', null]))
  const options = { report, itemRows: 50, concurrency: { fixed: 1 }, checkpointIntervalMs: 100 }
  const held = stores.destination.hold({ operation: 'PutObject', key: 'data/30' })
  const first = start('one', { ...options, patienceMs: LEASE_MS / 2 })
  await held.arrived()
  first.engine.cut()
  const second = start('two', { ...options, plan: false })
  held.release()
  expect(await second.done).toMatchObject({ completed: 100, failed: 2, over: true })
  await first.done.catch(() => undefined)
  const { manifest, lying, told } = await reportOf(stores)
  expect(manifest).toMatchObject({
    complete: true,
    rows: 102,
    outcomes: { copied: 100, missing: 1, failed: 1 },
  })
  expect(lying).toEqual(expect.arrayContaining([...manifest.parts]))
  expect(told).toEqual([...names.map((key) => `${key} copied`), 'null failed', 'gone missing'].sort())
})

it('a row that is put back is told again, with what became of it then', async () => {
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

it('a report that the bucket refuses is told before anything is copied; all workers need the same report', async () => {
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
