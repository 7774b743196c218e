import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { type ManifestRef, localManifest, openInventory, openManifest } from '../src/index.js'
import { CountingStore } from './counting-store.js'
import { fixtureBytes, fixtureExpectation } from './fixtures.js'
import { readAll } from './read-all.js'

const DELIVERY = 'inventory/lake/daily/2026-01-01T01-00Z'
const DATA = 'inventory/lake/daily/data'
const SCHEMA = 'Bucket, Key, VersionId, IsLatest, IsDeleteMarker, Size, LastModifiedDate, ETag'
const ROWS = [
  '"lake","a/b+c%2Bd.txt","v1","true","false","5","2024-01-01T00:00:00.000Z","e1"',
  '"lake","a/old","v0","false","false","6","2023-01-01T00:00:00.000Z","e0"',
  '"lake","a/gone","v2","true","true","","2024-01-02T00:00:00.000Z",""',
  '"lake","%E6%BC%A2%22","","true","false","7","2024-02-01T00:00:00.000Z","e2"',
]

function md5(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('hex')
}

/** Puts a delivery as S3 lays it out; `change` may corrupt its document. */
function deliver(
  store: CountingStore,
  format: string,
  files: Record<string, Uint8Array>,
  change: (document: Record<string, unknown>) => void = () => undefined,
): ManifestRef {
  const document = {
    sourceBucket: 'lake',
    destinationBucket: 'arn:aws:s3:::inventories',
    version: '2016-11-30',
    creationTimestamp: '1735693200000',
    fileFormat: format,
    fileSchema: SCHEMA,
    files: Object.entries(files).map(([name, bytes]) => ({
      key: `${DATA}/${name}`,
      size: bytes.length,
      MD5checksum: md5(bytes),
    })),
  }
  for (const [name, bytes] of Object.entries(files)) store.put(`${DATA}/${name}`, bytes)
  change(document)
  const text = Buffer.from(JSON.stringify(document))
  store.put(`${DELIVERY}/manifest.checksum`, Buffer.from(`${md5(text)}\n`))
  return store.put(`${DELIVERY}/manifest.json`, text)
}

const CSV = gzipSync(ROWS.join('\n'))

describe('an S3 Inventory in CSV', () => {
  test('returns the latest versions with their details, keys decoded, without delete markers', async () => {
    const store = new CountingStore()
    const inventory = await openInventory(store, deliver(store, 'CSV', { '1.csv.gz': CSV }), {
      bucket: 'lake',
    })
    expect(inventory).toMatchObject({
      sourceBucket: 'lake',
      format: 'CSV',
      createdAt: new Date(1735693200000),
    })
    const whole = await readAll(await inventory.openFile(inventory.files[0]!))
    expect(whole.keys).toEqual(['a/b c+d.txt', '漢"'])
    expect(whole.sizes).toEqual([5, 7])
    expect(whole.etags).toEqual(['e1', 'e2'])
    expect(whole.versionIds).toEqual(['v1', null])
    expect(whole.batches[0]!.rows).toEqual([0, 3])
  })

  test('returns every version on request', async () => {
    const store = new CountingStore()
    const inventory = await openInventory(store, deliver(store, 'CSV', { '1.csv.gz': CSV }), {
      bucket: 'lake',
    })
    const whole = await readAll(await inventory.openFile(inventory.files[0]!, { currentOnly: false }))
    expect(whole.keys).toEqual(['a/b c+d.txt', 'a/old', 'a/gone', '漢"'])
  })

  test('is filtered by size and time', async () => {
    const store = new CountingStore()
    const inventory = await openInventory(store, deliver(store, 'CSV', { '1.csv.gz': CSV }), {
      bucket: 'lake',
    })
    const filter = { minSizeBytes: 6, modifiedFrom: new Date('2024-01-15') }
    expect((await readAll(await inventory.openFile(inventory.files[0]!, { filter }))).keys).toEqual(['漢"'])
  })

  test('whose data do not match their MD5 ends in an error', async () => {
    const store = new CountingStore()
    const ref = deliver(store, 'CSV', { '1.csv': Buffer.from(ROWS.join('\n')) })
    store.put(`${DATA}/1.csv`, Buffer.from(ROWS.join('\n').replace('a/old', 'a/OLD')))
    const inventory = await openInventory(store, ref, { bucket: 'lake' })
    const reading = readAll(await inventory.openFile(inventory.files[0]!))
    await expect(reading).rejects.toMatchObject({ code: 'LAGOON_MANIFEST_LIST_CORRUPT' })
  })

  test('without a column of keys is refused', async () => {
    const store = new CountingStore()
    const ref = deliver(
      store,
      'CSV',
      { '1.csv': CSV },
      (document) => (document['fileSchema'] = 'Bucket, Size'),
    )
    const inventory = await openInventory(store, ref, { bucket: 'lake' })
    await expect(inventory.openFile(inventory.files[0]!)).rejects.toMatchObject({
      code: 'LAGOON_MANIFEST_LIST_CORRUPT',
    })
  })
})

test.for(['pyarrow-inventory', 'pyarrow-inventory-page-v2'])(
  'an S3 Inventory in Parquet returns the latest versions, with unencoded keys: %s',
  async (name) => {
    const store = new CountingStore()
    const ref = deliver(store, 'Parquet', { '1.parquet': fixtureBytes(name) })
    const inventory = await openInventory(store, ref, { bucket: 'lake' })
    const expected = fixtureExpectation(name)
    const current = expected.keys.flatMap((key, row) =>
      row % 4 === 1 || row % 5 === 2 ? [] : [{ key, row }],
    )
    const whole = await readAll(await inventory.openFile(inventory.files[0]!))
    expect(whole.keys).toEqual(current.map(({ key }) => key))
    expect(whole.batches.flatMap(({ rows }) => rows)).toEqual(current.map(({ row }) => row))
    const all = await readAll(await inventory.openFile(inventory.files[0]!, { currentOnly: false }))
    expect(all.keys).toEqual(expected.keys)
  },
)

test.for<[string, (document: Record<string, unknown>) => void]>([
  ['the format in other letters', (document) => (document['fileFormat'] = 'csv')],
  ['the bucket as an ARN', (document) => (document['sourceBucket'] = 'arn:aws:s3:::lake')],
  [
    'columns in other letters',
    (document) =>
      (document['fileSchema'] =
        'bucket,key,version_id,is_latest,is_delete_marker,size,last_modified_date,e_tag'),
  ],
])('an inventory of another store is read, with %s', async ([, change]) => {
  const store = new CountingStore()
  const ref = deliver(store, 'CSV', { '1.csv.gz': CSV }, change)
  const sum = `${md5(await store.read({ key: ref.key, start: 0, end: ref.sizeBytes }))}  manifest.json\n`
  store.put(`${DELIVERY}/manifest.checksum`, Buffer.from(sum))
  const inventory = await openInventory(store, ref, { bucket: 'lake' })
  expect((await readAll(await inventory.openFile(inventory.files[0]!))).keys).toEqual(['a/b c+d.txt', '漢"'])
})

describe('an unreliable inventory is refused:', () => {
  async function codeOf(ref: ManifestRef, store: CountingStore): Promise<string> {
    try {
      const inventory = await openInventory(store, ref, { bucket: 'lake' })
      await readAll(await inventory.openFile(inventory.files[0]!))
    } catch (error) {
      return (error as { code: string }).code
    }
    return 'no error'
  }

  test('one in ORC, by name', async () => {
    const store = new CountingStore()
    const ref = deliver(store, 'ORC', { '1.orc': Buffer.from('ORC') })
    expect(await codeOf(ref, store)).toBe('LAGOON_MANIFEST_UNSUPPORTED_FORMAT')
  })

  test('one of another bucket', async () => {
    const store = new CountingStore()
    const ref = deliver(store, 'CSV', { '1.csv': CSV }, (document) => (document['sourceBucket'] = 'other'))
    expect(await codeOf(ref, store)).toBe('LAGOON_MANIFEST_OTHER_BUCKET')
  })

  test('one that does not match its checksum', async () => {
    const store = new CountingStore()
    const ref = deliver(store, 'CSV', { '1.csv': CSV })
    store.put(`${DELIVERY}/manifest.checksum`, Buffer.from(md5(Buffer.from('other'))))
    expect(await codeOf(ref, store)).toBe('LAGOON_MANIFEST_LIST_CORRUPT')
  })

  test('one without its checksum', async () => {
    const store = new CountingStore()
    const ref = deliver(store, 'CSV', { '1.csv': CSV })
    store.objects.delete(`${DELIVERY}/manifest.checksum`)
    expect(await codeOf(ref, store)).toBe('LAGOON_MANIFEST_FILE_MISSING')
  })

  test('one whose data file is missing', async () => {
    const store = new CountingStore()
    const ref = deliver(store, 'CSV', { '1.csv': CSV, '1.csv.bak': CSV })
    store.objects.delete(`${DATA}/1.csv`)
    expect(await codeOf(ref, store)).toBe('LAGOON_MANIFEST_FILE_MISSING')
  })

  test('one whose data file has another size', async () => {
    const store = new CountingStore()
    const ref = deliver(store, 'CSV', { '1.csv': CSV })
    store.put(`${DATA}/1.csv`, Buffer.from('x'))
    expect(await codeOf(ref, store)).toBe('LAGOON_MANIFEST_CHANGED')
  })

  test.for<[string, (document: Record<string, unknown>) => void]>([
    ['files that are not a list', (document) => (document['files'] = 'x')],
    ['a file without a key', (document) => (document['files'] = [{ size: 1 }])],
    ['a file of negative size', (document) => (document['files'] = [{ key: 'a', size: -1 }])],
    ['a file that is null', (document) => (document['files'] = [null])],
  ])('one with %s', async ([, change]) => {
    const store = new CountingStore()
    const ref = deliver(store, 'CSV', { '1.csv': CSV }, change)
    expect(await codeOf(ref, store)).toBe('LAGOON_MANIFEST_LIST_CORRUPT')
  })
})

describe('a local Parquet file', () => {
  test('is read as a manifest, and a change is detected', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'lagoon-local-'))
    try {
      const path = join(directory, 'keys.parquet')
      await writeFile(path, fixtureBytes('duckdb-row-groups'))
      const { store, ref } = await localManifest(path)
      const reader = await openManifest(store, ref, { bucket: 'lake' })
      expect((await readAll(reader)).keys).toEqual(fixtureExpectation('duckdb-row-groups').keys)
      await writeFile(path, fixtureBytes('polars-zstd'))
      await expect(openManifest(store, ref, { bucket: 'lake' })).rejects.toMatchObject({
        code: 'LAGOON_MANIFEST_CHANGED',
      })
    } finally {
      await rm(directory, { recursive: true, force: true })
    }
  })

  test('that does not exist is a clear error', async () => {
    await expect(localManifest('/nowhere/keys.parquet')).rejects.toMatchObject({
      code: 'LAGOON_MANIFEST_UNREADABLE',
    })
  })
})
