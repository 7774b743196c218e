import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { createManifestWriter } from '@lagoon/manifest'
import { describe, expect, it } from 'vitest'
import { resolveOptions, type SyncOptions } from '../src/index.js'
import { manifestLocation } from '../src/options/location.js'
import { twoStores, type TwoStores } from './two-stores.js'

const lines = (...keys: string[]): string => keys.map((key) => `${key}\n`).join('')
const copied = (stores: TwoStores): string[] => stores.destination.store.keys('lake').sort()
const bodies = (...keys: string[]) => Object.fromEntries(keys.map((key) => [key, key]))

it('reads given manifests of every format instead of those under the prefix', async () => {
  await using stores = await twoStores()
  await stores.objects(bodies('a', 'b', 'c', 'd e', 'f', 'g', 'h', 'other'))
  await stores.manifest('manifest/unnamed.parquet', [{ key: 'other' }])
  await stores.manifest('lists/keys.parquet', [{ key: 'a' }])
  await stores.manifest('lists/parquet-without-ending', [{ key: 'b' }])
  await stores.objects({ 'lists/keys.jsonl': '{"key":"c"}\n', 'lists/batch.csv': 'lake,d+e\n' })
  await stores.source.store.createBucket('lists')
  await stores.source.store.put('lists', 'packed.gz', gzipSync('f\n'))
  const file = join(stores.directory, 'keys.txt')
  await writeFile(file, 'g\n')
  const { summary, events } = await stores.run({
    manifests: [
      'lists/keys.parquet',
      's3://lake/lists/keys.parquet',
      'lists/parquet-without-ending',
      'lists/keys.jsonl',
      'lists/batch.csv',
      's3://lists/packed.gz',
      file,
      '-',
    ],
    standardInput: Readable.from([Buffer.from('h\n')]),
  })
  expect(summary).toMatchObject({ completed: 7, failed: 0, manifests: { completed: 7, failed: 0 } })
  expect(copied(stores)).toEqual(['a', 'b', 'c', 'd e', 'f', 'g', 'h'])
  expect(events).toContainEqual(expect.objectContaining({ type: 'totals', manifests: 7, rows: null }))
})

it('never reads a finished list again, unless it has changed', async () => {
  await using stores = await twoStores()
  await stores.objects(bodies('a', 'b', 'c'))
  const file = join(stores.directory, 'keys.txt')
  await writeFile(file, lines('a', 'b'))
  await stores.objects({ 'lists/keys.csv': 'key\nc\n' })
  const manifests = [file, 'lists/keys.csv']
  expect((await stores.run({ manifests })).summary).toMatchObject({ completed: 3 })
  stores.source.requests.clear()
  const { summary } = await stores.run({ manifests })
  expect(summary).toMatchObject({ completed: 0, skipped: 3, manifests: { skipped: 2 } })
  expect(stores.source.requests.count({ operation: 'GetObject' })).toBe(0)
  await stores.objects(bodies('d'))
  await writeFile(file, lines('a', 'b', 'd'))
  expect((await stores.run({ manifests })).summary).toMatchObject({
    completed: 1,
    skipped: 3,
    manifests: { completed: 1, skipped: 1 },
  })
})

it('continues in the middle of a list of several row groups without repeating a request', async () => {
  await using stores = await twoStores()
  const first = Array.from({ length: 65_536 }, (_, i) => `same/${i % 50}`)
  await stores.objects(bodies(...new Set(first), 'y', 'z'))
  await stores.objects({ 'lists/keys.txt': lines(...first, 'y', 'z') })
  const manifests = ['lists/keys.txt']
  const drain = new AbortController()
  const hold = stores.source.hold({ operation: 'GetObject', key: 'y' })
  const running = stores.run({ manifests, drain: drain.signal, concurrency: { fixed: 1 } })
  await hold.arrived()
  drain.abort()
  hold.release()
  expect((await running).summary).toMatchObject({ completed: 51, interrupted: true })
  const { summary } = await stores.run({ manifests })
  expect(summary).toMatchObject({ completed: 1, skipped: 65_537, manifests: { completed: 1 } })
  expect(copied(stores)).toHaveLength(52)
  expect((await stores.run({ manifests })).summary).toMatchObject({
    skipped: 65_538,
    manifests: { skipped: 1 },
  })
})

it('never treats standard input as finished: its keys are looked up one by one', async () => {
  await using stores = await twoStores()
  await stores.objects(bodies('a', 'b'))
  const run = (text: string) =>
    stores.run({ manifests: ['-'], standardInput: Readable.from([Buffer.from(text)]) })
  expect((await run('a\ngone\n')).summary).toMatchObject({ completed: 1, failed: 1, missing: 1 })
  expect((await run('b\na\n')).summary).toMatchObject({ completed: 1, skipped: 1, failed: 0 })
})

it('stops while standard input is silent', async () => {
  await using stores = await twoStores()
  await stores.objects(bodies('a'))
  const standardInput = new Readable({ read: () => undefined })
  standardInput.push('a\n'.repeat(5000))
  const drain = new AbortController()
  const { summary } = await stores.run({
    manifests: ['-'],
    standardInput,
    drain: drain.signal,
    onEvent: (event) => event.type === 'manifest' && event.status === 'opened' && drain.abort(),
  })
  expect(summary).toMatchObject({ interrupted: true, manifests: { completed: 0, failed: 0 } })
})

it('copies to the destination keys in a list', async () => {
  await using stores = await twoStores()
  await stores.objects({ a: 'one' })
  await stores.objects({ 'lists/keys.jsonl': '{"key":"a","destinationKey":"copies/a"}\n' })
  expect((await stores.run({ manifests: ['lists/keys.jsonl'] })).summary).toMatchObject({ completed: 1 })
  expect(copied(stores)).toEqual(['copies/a'])
})

it('reads the files of an inventory, from any bucket', async () => {
  await using stores = await twoStores()
  await stores.objects(bodies('a b', 'c'))
  await deliverInventory(stores, '"lake","a+b"\n"lake","c"\n')
  const manifests = ['s3://reports/lake/all/2026/manifest.json']
  const { summary } = await stores.run({ manifests })
  expect(summary).toMatchObject({ completed: 2, failed: 0, manifests: { completed: 1 } })
  expect((await stores.run({ manifests })).summary).toMatchObject({ skipped: 2, manifests: { skipped: 1 } })
})

it('includes old versions and delete markers of an inventory only on request, also after a run without', async () => {
  await using stores = await twoStores()
  await stores.objects(bodies('latest', 'old', 'deleted'))
  await deliverInventory(
    stores,
    '"lake","latest","true","false"\n"lake","old","false","false"\n"lake","deleted","true","true"\n',
    'Bucket, Key, IsLatest, IsDeleteMarker',
  )
  const manifests = ['s3://reports/lake/all/2026/manifest.json']
  expect((await stores.run({ manifests })).summary).toMatchObject({ completed: 1, failed: 0 })
  expect(copied(stores)).toEqual(['latest'])
  const { summary } = await stores.run({ manifests, allVersions: true })
  expect(summary).toMatchObject({ completed: 2, skipped: 1 })
  expect(copied(stores)).toEqual(['deleted', 'latest', 'old'])
})

it('reports what is wrong with an inventory and reads the other manifests', async () => {
  await using stores = await twoStores()
  await stores.objects({ ...bodies('a'), 'lists/keys.txt': 'a\n' })
  await deliverInventory(stores, '"lake","a"\n')
  await stores.source.store.put('reports', 'lake/all/2026/manifest.checksum', Buffer.from('0'.repeat(32)))
  const { summary, events } = await stores.run({
    manifests: ['s3://reports/lake/all/2026/manifest.json', 'lists/keys.txt'],
  })
  expect(summary).toMatchObject({ completed: 1, manifests: { completed: 1, failed: 1 } })
  expect(events).toContainEqual(
    expect.objectContaining({ status: 'failed', code: 'LAGOON_MANIFEST_LIST_CORRUPT' }),
  )
})

it.each([
  ['a key that the bucket does not hold', 'nowhere.csv'],
  ['a key of a bucket that is not there', 's3://nowhere/keys.csv'],
  ['a file that is not there', './nowhere.csv'],
  ['a directory', '/'],
])('copies nothing when %s is named', async (_, location) => {
  await using stores = await twoStores()
  await stores.objects({ ...bodies('a'), 'lists/keys.txt': 'a\n' })
  await expect(stores.run({ manifests: ['lists/keys.txt', location] })).rejects.toMatchObject({
    code: 'LAGOON_SYNC_MANIFEST_NOT_FOUND',
    reason: 'usage',
  })
  expect(copied(stores)).toEqual([])
})

it.each(['beside', 'as it was delivered'])(
  'reads a local inventory with its data files %s',
  async (where) => {
    await using stores = await twoStores()
    await stores.objects(bodies('a b', 'c'))
    const { data, document, checksum } = inventoryOf('"lake","a+b"\n"lake","c"\n')
    const folder = join(stores.directory, 'inventory/2026-01-01')
    const dataFolder = where === 'beside' ? folder : join(stores.directory, 'inventory/data')
    await mkdir(folder, { recursive: true })
    await mkdir(dataFolder, { recursive: true })
    const manifests = [join(folder, 'manifest.json')]
    await writeFile(manifests[0]!, document)
    await writeFile(join(folder, 'manifest.checksum'), checksum)
    await writeFile(join(dataFolder, '1.csv.gz'), data)
    expect((await stores.run({ manifests })).summary).toMatchObject({
      completed: 2,
      manifests: { completed: 1 },
    })
    expect((await stores.run({ manifests })).summary).toMatchObject({ skipped: 2, manifests: { skipped: 1 } })
  },
)

it('names a missing data file of a local inventory, and reads the other manifests', async () => {
  await using stores = await twoStores()
  await stores.objects({ ...bodies('a'), 'lists/keys.txt': 'a\n' })
  const { document, checksum } = inventoryOf('"lake","a"\n')
  const path = join(stores.directory, 'manifest.json')
  await writeFile(path, document)
  await writeFile(join(stores.directory, 'manifest.checksum'), checksum)
  const { summary, events } = await stores.run({ manifests: [path, 'lists/keys.txt'] })
  expect(summary).toMatchObject({ completed: 1, manifests: { completed: 1, failed: 1 } })
  expect(events).toContainEqual(
    expect.objectContaining({ status: 'failed', code: 'LAGOON_MANIFEST_FILE_MISSING' }),
  )
})

const formats: [name: string, bytes: Uint8Array | string][] = [
  ['keys.parquet', await parquetOf(['a', 'b c'])],
  ['parquet-without-ending', await parquetOf(['a', 'b c'])],
  ['batch.csv', 'lake,a\nlake,b+c\n'],
  ['datasync.csv', 'a\nb c\n'],
  ['header.csv', 'size,key\n1,a\n3,b c\n'],
  ['keys.jsonl', '{"key":"a"}\n"b c"\n'],
  ['keys.txt', 'a\nb c\n'],
  ['keys.txt.gz', gzipSync('a\nb c\n')],
  ['keys.jsonl.zst', zstdCompressSync('{"key":"a"}\n"b c"\n')],
]

describe.each(formats)('%s is read', (name, bytes) => {
  const both = { completed: 2, failed: 0, manifests: { completed: 1, failed: 0 } }
  async function copyFrom(location: (stores: TwoStores) => Promise<Partial<SyncOptions>>) {
    await using stores = await twoStores()
    await stores.objects(bodies('a', 'b c'))
    return (await stores.run(await location(stores))).summary
  }

  it('from the source bucket', async () => {
    const summary = await copyFrom(async ({ source }) => {
      await source.store.put('lake', `lists/${name}`, Buffer.from(bytes))
      return { manifests: [`lists/${name}`] }
    })
    expect(summary).toMatchObject(both)
  })

  it('from another bucket', async () => {
    const summary = await copyFrom(async ({ source }) => {
      await source.store.createBucket('lists')
      await source.store.put('lists', name, Buffer.from(bytes))
      return { manifests: [`s3://lists/${name}`] }
    })
    expect(summary).toMatchObject(both)
  })

  it('from a local path', async () => {
    const summary = await copyFrom(async ({ directory }) => {
      await writeFile(join(directory, name), bytes)
      return { manifests: [join(directory, name)] }
    })
    expect(summary).toMatchObject(both)
  })

  // Standard input has no name that would say what a list of one column is.
  it.skipIf(name === 'datasync.csv')('from standard input', async () => {
    const standardInput = Readable.from([Buffer.from(bytes)])
    expect(await copyFrom(async () => ({ manifests: ['-'], standardInput }))).toMatchObject(both)
  })
})

it("refuses an inventory's manifest.json on standard input by name", async () => {
  await using stores = await twoStores()
  const standardInput = Readable.from([inventoryOf('"lake","a"\n').document])
  const { summary, events } = await stores.run({ manifests: ['-'], standardInput })
  expect(summary).toMatchObject({ manifests: { failed: 1 } })
  const message = expect.stringContaining('manifest.json')
  expect(events).toContainEqual(expect.objectContaining({ status: 'failed', message }))
})

it.each([
  ['lists/a.csv', { kind: 'object', bucket: 'lake', key: 'lists/a.csv' }],
  ['s3://lake//a', { kind: 'object', bucket: 'lake', key: '/a' }],
  ['s3://other/a b', { kind: 'object', bucket: 'other', key: 'a b' }],
  ['/tmp/a.csv', { kind: 'file', path: '/tmp/a.csv' }],
  ['/tmp/./b/../a.csv', { kind: 'file', path: '/tmp/a.csv' }],
  ['.hidden', { kind: 'object', bucket: 'lake', key: '.hidden' }],
  ['-', { kind: 'standard input' }],
])('understands the location %s', (text, location) => {
  expect(manifestLocation(text, 'lake')).toEqual(location)
})

it.each([[[]], [['']], [['s3://lake']], [['s3:///a']]])('refuses the locations %j', (manifests) => {
  const side = (bucket: string) => ({ bucket, region: 'us-east-1' })
  const options = { source: side('a'), destination: side('b'), dataDir: 'data', manifests }
  expect(() => resolveOptions(options)).toThrow(
    expect.objectContaining({ code: 'LAGOON_SYNC_INVALID_OPTION' }),
  )
})

interface InventoryFiles {
  data: Buffer
  document: Buffer
  checksum: Buffer
}

function inventoryOf(csv: string, fileSchema = 'Bucket, Key'): InventoryFiles {
  const md5 = (bytes: string | Uint8Array): string => createHash('md5').update(bytes).digest('hex')
  const data = gzipSync(csv)
  const document = JSON.stringify({
    sourceBucket: 'lake',
    fileFormat: 'CSV',
    fileSchema,
    files: [{ key: 'lake/all/data/1.csv.gz', size: data.length, MD5checksum: md5(data) }],
  })
  return { data, document: Buffer.from(document), checksum: Buffer.from(md5(document)) }
}

async function deliverInventory({ source }: TwoStores, csv: string, schema?: string): Promise<void> {
  const { data, document, checksum } = inventoryOf(csv, schema)
  await source.store.createBucket('reports')
  await source.store.put('reports', 'lake/all/data/1.csv.gz', data)
  await source.store.put('reports', 'lake/all/2026/manifest.json', document)
  await source.store.put('reports', 'lake/all/2026/manifest.checksum', checksum)
}

async function parquetOf(keys: readonly string[]): Promise<Buffer> {
  const directory = await mkdtemp(join(tmpdir(), 'lagoon-sync-'))
  try {
    const writer = await createManifestWriter({ directory })
    for (const key of keys) writer.write({ key })
    const [written] = await writer.close()
    return await readFile(written!.path)
  } finally {
    await rm(directory, { recursive: true })
  }
}
