import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { bodies, keys, rows } from './lake-rows.js'
import { twoStores } from './two-stores.js'

it('copies every object with one GET and one PUT, and no other request', async () => {
  await using stores = await twoStores()
  await stores.objects(bodies(keys(100)))
  await stores.manifest('manifest/a.parquet', rows(keys(100)), 30)
  stores.objectRequests()
  const { summary } = await stores.run()
  expect(summary).toMatchObject({ completed: 100, skipped: 0, failed: 0, interrupted: false })
  const { gets, puts, others } = stores.objectRequests()
  expect(gets.sort()).toEqual(keys(100).sort())
  expect(puts.sort()).toEqual(keys(100).sort())
  expect(others).toEqual([])
  expect(stores.destination.store.keys('lake').sort()).toEqual(keys(100).sort())
  const copied = await stores.destination.store.get('lake', 'data/7')
  expect(copied!.bytes.toString()).toBe('body of data/7')
})

it('requests no object and no manifest again if everything is complete', async () => {
  await using stores = await twoStores()
  await stores.objects(bodies(keys(20)))
  await stores.manifest('manifest/a.parquet', rows(keys(20)))
  await stores.run()
  stores.objectRequests()
  const { summary } = await stores.run()
  expect(summary).toMatchObject({ completed: 0, skipped: 20, failed: 0, manifests: { skipped: 1 } })
  expect(stores.objectRequests()).toEqual({ gets: [], puts: [], others: [] })
})

it('continues where a stopped run ended and copies nothing twice', async () => {
  await using stores = await twoStores()
  const names = keys(200)
  await stores.objects(bodies(names))
  await stores.manifest('manifest/a.parquet', rows(names), 64)
  const drain = new AbortController()
  const hold = stores.destination.hold({ operation: 'PutObject', key: 'data/50' })
  const first = stores.run({ drain: drain.signal })
  await hold.arrived()
  drain.abort()
  hold.release()
  const { summary: stopped } = await first
  expect(stopped.interrupted).toBe(true)
  expect(stopped.completed).toBeGreaterThan(0)
  expect(stopped.completed).toBeLessThan(200)

  const { summary } = await stores.run()
  expect(summary).toMatchObject({ completed: 200 - stopped.completed, skipped: stopped.completed, failed: 0 })
  expect(stores.objectRequests().puts).toHaveLength(200)
})

it('reports missing, forbidden and unnamed objects row by row and copies the rest', async () => {
  await using stores = await twoStores()
  await stores.objects(bodies(['a', 'b', 'forbidden']))
  await stores.manifest(
    'manifest/a.parquet',
    rows(['a', 'gone', null, '', 'b', 'a', 'forbidden', 's3://lake/b', 's3://other/c', 'x'.repeat(1025)]),
  )
  stores.source.faults.add({
    operation: 'GetObject',
    key: 'forbidden',
    action: { type: 'error', code: 'AccessDenied' },
  })
  const report = join(stores.directory, 'report.jsonl')
  const { summary } = await stores.run({ report })
  expect(summary).toMatchObject({ completed: 2, skipped: 2, failed: 6, missing: 1 })
  const reported = (await readFile(report, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { key: string; outcome: string })
  expect(reported.map(({ key, outcome }) => `${outcome} ${key.slice(0, 12)}`).sort()).toEqual(
    [
      'copied a',
      'copied b',
      'failed ',
      'failed ',
      'failed forbidden',
      'failed s3://other/c',
      'failed xxxxxxxxxxxx',
      'missing gone',
      'skipped a',
      'skipped b',
    ].map((line) => line.replace('s3://other/c', 's3://other/c'.slice(0, 12))),
  )
})

it('retries the failures of finished manifests without reading the manifests', async () => {
  await using stores = await twoStores()
  await stores.objects(bodies(['a']))
  await stores.manifest('manifest/a.parquet', rows(['a', 'late', null]))
  expect((await stores.run()).summary).toMatchObject({ completed: 1, failed: 2, missing: 1 })
  await stores.objects(bodies(['late']))
  stores.source.requests.clear()
  const { summary } = await stores.run()
  expect(summary).toMatchObject({
    completed: 1,
    skipped: 1,
    failed: 1,
    missing: 0,
    manifests: { skipped: 1 },
  })
  expect(stores.source.requests.count({ operation: 'GetObject', key: 'manifest/a.parquet' })).toBe(0)
})

it('copies the present version of an object if the manifest has another size', async () => {
  await using stores = await twoStores()
  await stores.objects({ a: 'longer than the manifest says' })
  await stores.manifest('manifest/a.parquet', [{ key: 'a', sizeBytes: 3 }])
  expect((await stores.run()).summary).toMatchObject({ completed: 1, failed: 0 })
  const copied = await stores.destination.store.get('lake', 'a')
  expect(copied!.bytes.toString()).toBe('longer than the manifest says')
})

it('copies an object again if a new manifest has another size', async () => {
  await using stores = await twoStores()
  await stores.objects({ a: 'old' })
  await stores.manifest('manifest/a.parquet', [{ key: 'a', sizeBytes: 3 }])
  await stores.run()
  await stores.objects({ a: 'newer' })
  await stores.manifest('manifest/b.parquet', [{ key: 'a', sizeBytes: 5 }])
  expect((await stores.run()).summary).toMatchObject({ completed: 1, skipped: 1 })
  expect((await stores.destination.store.get('lake', 'a'))!.bytes.toString()).toBe('newer')
})

it('survives throttling, resets and flipped bytes, and lets no wrong byte through', async () => {
  await using stores = await twoStores()
  const names = keys(60)
  await stores.objects(bodies(names))
  await stores.manifest('manifest/a.parquet', rows(names))
  const { source, destination } = stores
  source.faults.add({
    operation: 'GetObject',
    keyPrefix: 'data/',
    probability: 0.1,
    action: { type: 'error', code: 'SlowDown', status: 503 },
  })
  source.faults.add({
    operation: 'GetObject',
    keyPrefix: 'data/',
    probability: 0.1,
    action: { type: 'flip', atByte: 3 },
  })
  destination.faults.add({
    operation: 'PutObject',
    probability: 0.1,
    action: { type: 'reset-request', atByte: 2 },
  })
  const { summary } = await stores.run({ maxAttempts: 50 })
  expect(summary).toMatchObject({ completed: 60, failed: 0 })
  for (const key of names) {
    expect((await destination.store.get('lake', key))!.bytes.toString()).toBe(`body of ${key}`)
  }
})

it('a dry run reports how much there is to copy, and creates and copies nothing', async () => {
  await using stores = await twoStores()
  await stores.objects(bodies(keys(10)))
  await stores.manifest('manifest/a.parquet', rows([...keys(10), 'data/3', null]))
  stores.objectRequests()
  const { summary } = await stores.run({ dryRun: true })
  expect(summary).toMatchObject({ planned: 10, completed: 0, skipped: 1, failed: 1 })
  expect(stores.objectRequests()).toEqual({ gets: [], puts: [], others: [] })
  expect(await readdir(stores.directory)).toEqual([])
})

it('copies only the rows that the filter selects, and the others without the filter', async () => {
  await using stores = await twoStores()
  await stores.objects(bodies([...keys(5, 'a/'), ...keys(5, 'b/')]))
  await stores.manifest('manifest/a.parquet', rows([...keys(5, 'a/'), ...keys(5, 'b/')]))
  expect((await stores.run({ filter: { prefix: 'a/' } })).summary).toMatchObject({ completed: 5, failed: 0 })
  expect((await stores.run()).summary).toMatchObject({ completed: 5, skipped: 5, failed: 0 })
})

it('copies to mapped keys, and keeps the state of another mapping apart', async () => {
  await using stores = await twoStores()
  await stores.objects(bodies(['data/x']))
  await stores.manifest('manifest/a.parquet', rows(['data/x']))
  await stores.run({ copy: { stripPrefix: 'data/', addPrefix: 'new/' } })
  expect(stores.destination.store.keys('lake')).toEqual(['new/x'])
  await expect(stores.run()).rejects.toMatchObject({ code: 'LAGOON_STATE_OTHER_JOB' })
})

it('resumes the parts of a large object after a stop', async () => {
  await using stores = await twoStores()
  await stores.objects({ large: new Uint8Array(23 * 1024 * 1024).fill(7) })
  await stores.manifest('manifest/a.parquet', rows(['large']))
  const abort = new AbortController()
  const copy = {
    multipartThresholdBytes: 5 << 20,
    singlePutBytes: 5 << 20,
    partSizeBytes: 5 << 20,
    partConcurrency: 1,
  }
  const hold = stores.destination.hold({ operation: 'UploadPart' })
  const first = stores.run({ abort: abort.signal, copy })
  await hold.arrived(1)
  hold.releaseOne()
  await hold.arrived(2)
  abort.abort()
  hold.release()
  expect((await first).summary).toMatchObject({ completed: 0, failed: 0, interrupted: true })
  stores.destination.requests.clear()
  expect((await stores.run({ copy })).summary).toMatchObject({ completed: 1, failed: 0 })
  expect(stores.destination.requests.count({ operation: 'CreateMultipartUpload' })).toBe(0)
  expect(stores.destination.requests.count({ operation: 'UploadPart' })).toBe(4)
  expect((await stores.destination.store.get('lake', 'large'))!.bytes.length).toBe(23 * 1024 * 1024)
})

it('refuses a data directory that belongs to another pair of buckets', async () => {
  await using stores = await twoStores()
  await stores.run()
  stores.destination.store.createBucket('another')
  const { url: endpointUrl, region, credentials } = stores.destination
  await expect(
    stores.run({ destination: { endpointUrl, region, credentials, bucket: 'another' } }),
  ).rejects.toMatchObject({ code: 'LAGOON_STATE_OTHER_JOB', reason: 'usage' })
})

it('marks nothing and stops if the destination bucket disappears during the run', async () => {
  await using stores = await twoStores()
  await stores.objects(bodies(keys(50)))
  await stores.manifest('manifest/a.parquet', rows(keys(50)))
  const hold = stores.destination.hold({ operation: 'PutObject' })
  const running = stores.run()
  await hold.arrived()
  stores.destination.store.deleteBucket('lake')
  hold.release()
  await expect(running).rejects.toMatchObject({ code: 'NoSuchBucket', reason: 'store' })
  stores.destination.store.createBucket('lake')
  expect((await stores.run()).summary).toMatchObject({ completed: 50, failed: 0 })
})

it.each(['source', 'destination'] as const)(
  'names the wrong side if the %s bucket does not exist',
  async (side) => {
    await using stores = await twoStores()
    const { url: endpointUrl, region, credentials } = stores[side]
    await expect(
      stores.run({ [side]: { endpointUrl, region, credentials, bucket: 'nowhere' } }),
    ).rejects.toMatchObject({
      code: 'LAGOON_TRANSFER_BUCKET_MISSING',
      message: expect.stringMatching(new RegExp(`^${side}: .*nowhere`)) as string,
      reason: 'usage',
    })
  },
)

it('copies and counts only the rows that a filter selects, and reads the manifest again for another filter', async () => {
  await using stores = await twoStores()
  const names = [...keys(5, 'a/'), ...keys(7, 'b/')]
  await stores.objects(bodies(names))
  await stores.manifest('manifest/a.parquet', rows(names), 4)
  const filter = { glob: 'b/*' }
  const { summary, events } = await stores.run({ filter })
  expect(summary).toMatchObject({ completed: 7, skipped: 0, failed: 0 })
  expect(events).toContainEqual(expect.objectContaining({ type: 'totals', rows: null, final: true }))
  stores.source.requests.clear()
  const again = await stores.run({ filter })
  expect(again.summary).toMatchObject({ completed: 0, skipped: 7, manifests: { skipped: 1 } })
  expect(stores.source.requests.count({ operation: 'GetObject' })).toBe(0)
  expect((await stores.run()).summary).toMatchObject({ completed: 5, skipped: 7 })
})

it('refuses a filter that can never match before any request', async () => {
  await using stores = await twoStores()
  await expect(stores.run({ filter: { minSizeBytes: 2, maxSizeBytes: 1 } })).rejects.toMatchObject({
    code: 'LAGOON_MANIFEST_INVALID_OPTION',
    reason: 'usage',
  })
  expect(stores.source.requests.records).toEqual([])
})

it('retries recorded failures, all or filtered, and reads no manifest', async () => {
  await using stores = await twoStores()
  await stores.objects(bodies(['a', 'b']))
  await stores.manifest('manifest/1.parquet', rows(['a', 'gone', null, 'b']))
  await stores.manifest('manifest/2.parquet', rows(['gone', 'lost', 'a']))
  await stores.run()
  await stores.objects(bodies(['gone', 'lost']))
  stores.objectRequests()

  const one = await stores.run({ retry: { manifest: 'manifest/2.parquet', code: 'NoSuchKey' } })
  expect(one.summary).toMatchObject({ completed: 1, skipped: 0, failed: 0 })
  expect(stores.objectRequests()).toEqual({ gets: ['lost'], puts: ['lost'], others: [] })
  expect(one.events).toContainEqual({ type: 'totals', manifests: 1, rows: 1, bytes: null, final: true })

  // The object that two rows name is copied once; the row without a key stays what it is.
  const rest = await stores.run({ retry: {} })
  expect(rest.summary).toMatchObject({ completed: 1, skipped: 1, failed: 1, missing: 0 })
  expect(rest.summary.manifests).toEqual({ completed: 0, skipped: 0, failed: 0 })
  expect(stores.objectRequests()).toEqual({ gets: ['gone'], puts: ['gone'], others: [] })

  const { summary } = await stores.run()
  expect(summary).toMatchObject({ completed: 0, skipped: 6, failed: 1 })
  expect(stores.objectRequests()).toEqual({ gets: [], puts: [], others: [] })
})

it('a retry of nothing ends immediately, and cannot be combined with given manifests', async () => {
  await using stores = await twoStores()
  const { summary, events } = await stores.run({ retry: {} })
  expect(summary).toMatchObject({ completed: 0, skipped: 0, failed: 0 })
  expect(events.filter(({ type }) => type === 'warning')).toEqual([])
  await expect(stores.run({ retry: {}, manifests: ['manifest/1.parquet'] })).rejects.toMatchObject({
    code: 'LAGOON_SYNC_INVALID_OPTION',
    message: 'retry excludes manifests',
  })
})
