import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { runVerify, type VerifyOptions, type VerifySummary } from '../src/index.js'
import { endpointOf, twoStores, type TwoStores } from './two-stores.js'

async function verified(stores: TwoStores, options: Partial<VerifyOptions> = {}): Promise<VerifySummary> {
  return runVerify({
    source: endpointOf(stores.source),
    destination: endpointOf(stores.destination),
    concurrency: { fixed: 4 },
    backoff: { baseMs: 1 },
    ...options,
  })
}

it('reports for every row whether both sides have the same object, and changes nothing', async () => {
  await using stores = await twoStores()
  const { source, destination } = stores
  await stores.objects({ same: 'a', other: 'b', longer: 'c', absent: 'd' })
  for (const [key, body] of Object.entries({ same: 'a', other: 'x', longer: 'ccc', gone: 'e' }))
    await destination.store.put('lake', key, body)
  const keys = ['same', 'other', 'longer', 'absent', 'gone', null]
  await stores.manifest(
    'manifest/a.parquet',
    keys.map((key) => ({ key })),
  )
  const report = join(stores.directory, 'report.jsonl')
  expect(await verified(stores, { report })).toMatchObject({
    same: 1,
    by: { etag: 1, checksum: 0, size: 0 },
    different: 5,
    missing: 1,
    interrupted: false,
  })
  const rows = (await readFile(report, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { key: string; outcome: string; code: string })
  expect(Object.fromEntries(rows.map(({ key, outcome, code }) => [key, [outcome, code]]))).toEqual({
    '': ['failed', 'LAGOON_MANIFEST_KEY_NULL'],
    same: ['skipped', ''],
    other: ['failed', 'LAGOON_SYNC_VERIFY_ETAG_DIFFERS'],
    longer: ['failed', 'LAGOON_SYNC_VERIFY_SIZE_DIFFERS'],
    absent: ['failed', 'LAGOON_SYNC_VERIFY_DESTINATION_MISSING'],
    gone: ['missing', 'LAGOON_SYNC_VERIFY_SOURCE_MISSING'],
  })
  for (const { requests } of [source, destination])
    expect(requests.records.some(({ method }) => method === 'DELETE' || method === 'POST')).toBe(false)
  expect(destination.requests.byOperation['PutObject']).toBeUndefined()
})

it('compares mapped keys, and reports keys that cannot be mapped', async () => {
  await using stores = await twoStores()
  await stores.objects({ 'old/a': 'a', b: 'b' })
  await stores.destination.store.put('lake', 'new/a', 'a')
  await stores.manifest('manifest/a.parquet', [{ key: 'old/a' }, { key: 'b' }])
  const copy = { stripPrefix: 'old/', addPrefix: 'new/' }
  expect(await verified(stores, { copy, concurrency: { max: 4 } })).toMatchObject({ same: 1, different: 1 })
})

it.each(['source', 'destination'] as const)(
  'counts what the %s does not report as different, after retries',
  async (side) => {
    await using stores = await twoStores()
    await stores.objects({ a: 'a' })
    await stores.destination.store.put('lake', 'a', 'a')
    await stores.manifest('manifest/a.parquet', [{ key: 'a' }])
    const rule = stores[side].faults.add({
      operation: 'HeadObject',
      key: 'a',
      action: { type: 'answer', status: 500 },
    })
    expect(await verified(stores, { maxAttempts: 2 })).toMatchObject({ same: 0, different: 1, missing: 0 })
    expect(rule.applied).toBeGreaterThan(1)
    rule.remove()
    expect(await verified(stores)).toMatchObject({ same: 1, different: 0 })
  },
)

it('ends with the error if it affects every object', async () => {
  await using stores = await twoStores()
  await stores.objects({ a: 'a', b: 'b', c: 'c' })
  await stores.manifest('manifest/a.parquet', [{ key: 'a' }, { key: 'b' }, { key: 'c' }])
  stores.destination.faults.add({
    operation: 'HeadObject',
    action: { type: 'answer', status: 403, headers: { 'x-minio-error-code': 'InvalidAccessKeyId' } },
  })
  await expect(verified(stores)).rejects.toMatchObject({ code: 'InvalidAccessKeyId', reason: 'credentials' })
})
