import { gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { ManifestError, openManifest } from '../src/index.js'
import { CountingStore } from './counting-store.js'
import { fixtureBytes } from './fixtures.js'
import { type FileSpec, levels, makeParquet, plain, withFooter, withRawFooter } from './make-parquet.js'
import { readAll } from './read-all.js'
import { type ThriftValue, encodeStruct, varint } from './thrift-writer.js'

const KEYS = ['a', 'b', 'c']
const HONEST: FileSpec = { pages: [{ values: 3, body: plain(KEYS) }] }
const ZSTD = 6
const GZIP = 2
const SNAPPY = 1

async function failureOf(bytes: Uint8Array): Promise<ManifestError> {
  const store = new CountingStore()
  try {
    await readAll(await openManifest(store, store.put('lists/bad.parquet', bytes), { bucket: 'lake' }))
  } catch (error) {
    if (error instanceof ManifestError) return error
    throw error
  }
  throw new Error('the file was read')
}

/** What a refusal looks like: the code, which manifest, and what to do. */
function refusal(code: string): object {
  return { code, message: expect.stringContaining('lists/bad.parquet'), hint: expect.stringMatching(/\w/) }
}

test('a valid file built like the malicious ones is read', async () => {
  const store = new CountingStore()
  const reader = await openManifest(store, store.put('ok.parquet', makeParquet(HONEST)), { bucket: 'lake' })
  expect((await readAll(reader)).keys).toEqual(KEYS)
})

describe('an incomplete Parquet file is refused by name:', () => {
  const honest = makeParquet(HONEST)
  test.for<[string, Uint8Array, string]>([
    ['an empty object', new Uint8Array(), 'LAGOON_MANIFEST_NOT_PARQUET'],
    ['a text file', Buffer.from('a/b/c\n'.repeat(50)), 'LAGOON_MANIFEST_NOT_PARQUET'],
    ['PAR1 alone', Buffer.from('PAR1PAR1'), 'LAGOON_MANIFEST_NOT_PARQUET'],
    ['a file without its end', honest.subarray(0, -20), 'LAGOON_MANIFEST_TRUNCATED'],
    ['a file without its last byte', honest.subarray(0, -1), 'LAGOON_MANIFEST_TRUNCATED'],
    [
      'a large file without its end',
      fixtureBytes('duckdb-row-groups').subarray(0, 9000),
      'LAGOON_MANIFEST_TRUNCATED',
    ],
    [
      'an encrypted footer',
      Buffer.concat([honest.subarray(0, -4), Buffer.from('PARE')]),
      'LAGOON_MANIFEST_ENCRYPTED',
    ],
    ['an encrypted key column', makeParquet({ ...HONEST, encrypted: true }), 'LAGOON_MANIFEST_ENCRYPTED'],
    ['LZO', makeParquet({ ...HONEST, codec: 3 }), 'LAGOON_MANIFEST_UNSUPPORTED_CODEC'],
    ['a codec of the future', makeParquet({ ...HONEST, codec: 42 }), 'LAGOON_MANIFEST_UNSUPPORTED_CODEC'],
    [
      'an encoding of the future',
      makeParquet({ pages: [{ values: 3, body: plain(KEYS), encoding: 42 }] }),
      'LAGOON_MANIFEST_UNSUPPORTED_ENCODING',
    ],
    [
      'a column in another file',
      makeParquet({ ...HONEST, filePath: 'x' }),
      'LAGOON_MANIFEST_UNSUPPORTED_ENCODING',
    ],
  ])('%s', async ([, bytes, code]) => expect(await failureOf(bytes)).toMatchObject(refusal(code)))
})

describe('a malicious footer is refused before it is used:', () => {
  const huge = 2n ** 62n
  const leaf = (name: string): ThriftValue => ({
    struct: [
      [1, { i32: 6 }],
      [3, { i32: 0 }],
      [4, { text: name }],
    ],
  })
  const group = (name: string, children: number): ThriftValue => ({
    struct: [
      [4, { text: name }],
      [5, { i32: children }],
    ],
  })
  const nested = (depth: number): ThriftValue => ({
    list: [...Array.from({ length: depth }, () => group('s', 1)), leaf('key')],
  })
  test.for<[string, Uint8Array]>([
    ['an offset past the end', makeParquet({ ...HONEST, dataPageOffset: 1e6 })],
    ['an offset beyond 2^53', makeParquet({ ...HONEST, dataPageOffset: huge })],
    ['a negative offset', makeParquet({ ...HONEST, dataPageOffset: -4 })],
    ['a size past the end', makeParquet({ ...HONEST, compressedBytes: 1e6 })],
    ['a negative size', makeParquet({ ...HONEST, compressedBytes: -1 })],
    ['an enormous size', makeParquet({ ...HONEST, compressedBytes: huge })],
    ['more rows than the row groups have', makeParquet({ ...HONEST, rows: 4 })],
    ['fewer rows than the row groups have', makeParquet({ ...HONEST, rows: 2 })],
    ['a negative number of rows', makeParquet({ ...HONEST, rows: -3, groupRows: -3, values: -3 })],
    ['rows that the column does not have', makeParquet({ ...HONEST, rows: 9, groupRows: 9 })],
    [
      'more rows than any bytes could hold',
      makeParquet({ ...HONEST, rows: 1e12, groupRows: 1e12, values: 1e12 }),
    ],
    ['a row group that holds another column', makeParquet({ ...HONEST, path: 'other' })],
    [
      'a row group without columns',
      makeParquet({ ...HONEST, rowGroups: { list: [{ struct: [[3, { i64: 3 }]] }] } }),
    ],
    ['no row groups, and rows', makeParquet({ ...HONEST, rowGroups: { list: [] } })],
    [
      'a list longer than the footer',
      makeParquet({ ...HONEST, rowGroups: { list: [], claimedSize: 2 ** 31 } }),
    ],
    [
      'a schema with children that are not there',
      makeParquet({ ...HONEST, schema: { list: [group('root', 5), leaf('key')] } }),
    ],
    [
      'a schema with elements nobody owns',
      makeParquet({ ...HONEST, schema: { list: [group('root', 1), leaf('key'), leaf('x')] } }),
    ],
    ['an empty schema', makeParquet({ ...HONEST, schema: { list: [] } })],
    ['a schema that nests deep', makeParquet({ ...HONEST, schema: nested(5_000) })],
    ['structures that nest deep', withRawFooter(Buffer.from('PAR1'), Buffer.alloc(200_000, 0x1c))],
    [
      'lists that nest deep',
      withRawFooter(Buffer.from('PAR1'), Buffer.concat([Buffer.from([0x79]), Buffer.alloc(200_000, 0x19)])),
    ],
    ['nothing but zeros', withRawFooter(Buffer.from('PAR1'), Buffer.alloc(1_000))],
    [
      'a footer cut in the middle',
      withRawFooter(Buffer.from('PAR1'), encodeStruct([[3, { i64: 1e9 }]]).subarray(0, 3)),
    ],
    [
      'row groups of no bytes',
      withFooter(Buffer.from('PAR1'), [
        [2, { list: [group('r', 1), leaf('key')] }],
        [3, { i64: 0 }],
        [4, { list: Array.from({ length: 200_000 }, () => ({ struct: [] }) satisfies ThriftValue) }],
      ]),
    ],
  ])('%s', async ([, bytes]) =>
    expect(await failureOf(bytes)).toMatchObject(refusal('LAGOON_MANIFEST_FOOTER_CORRUPT')),
  )

  test('a footer longer than its file', async () => {
    const bytes = Buffer.from(makeParquet(HONEST))
    bytes.writeUInt32LE(2 ** 31, bytes.length - 8)
    expect(await failureOf(bytes)).toMatchObject(refusal('LAGOON_MANIFEST_FOOTER_CORRUPT'))
  })
})

describe('a damaged page ends in one error, never in fewer keys or a loop:', () => {
  const nulls = (runs: number[], values = 3): FileSpec => ({
    optional: true,
    pages: [{ values, body: Buffer.concat([levels(Buffer.from(runs)), plain(KEYS)]) }],
  })
  const dictionary = (indices: number[]): FileSpec => ({
    pages: [
      { kind: 'dictionary', values: 3, body: plain(KEYS) },
      { values: 3, body: Buffer.from(indices), encoding: 8 },
    ],
  })
  const delta = (...parts: (Uint8Array | number[])[]): FileSpec => ({
    pages: [{ values: 3, encoding: 6, body: Buffer.concat(parts.map((part) => Buffer.from(part))) }],
  })
  test.for<[string, FileSpec]>([
    ['a checksum that differs', { pages: [{ values: 3, body: plain(KEYS), crc: 7 }] }],
    ['a value longer than its page', { pages: [{ values: 1, body: Buffer.from([255, 255, 255, 127, 1]) }] }],
    ['a value of four gigabytes', { pages: [{ values: 1, body: Buffer.from([255, 255, 255, 255, 1]) }] }],
    ['fewer values than announced', { pages: [{ values: 9, body: plain(KEYS) }] }],
    ['a page longer than its column', { pages: [{ values: 3, body: plain(KEYS), compressedBytes: 5_000 }] }],
    ['a page of negative size', { pages: [{ values: 3, body: plain(KEYS), compressedBytes: -1 }] }],
    ['a negative number of values', { pages: [{ values: -3, body: plain(KEYS) }], values: 3 }],
    ['endless runs of no length', nulls(Array.from({ length: 5_000 }, () => 0))],
    ['levels that end early', nulls([2, 1])],
    ['levels above the highest', nulls([6, 3])],
    ['levels of more than five bytes', nulls([255, 255, 255, 255, 255, 255, 1])],
    ['an index outside the dictionary', dictionary([2, 6, 3])],
    ['an index of 200 bits', dictionary([200, 6, 3])],
    ['indices without a dictionary', { pages: [{ values: 3, body: Buffer.from([2, 6, 0]), encoding: 8 }] }],
    ['two dictionaries', { pages: [...dictionary([]).pages.slice(0, 1), ...dictionary([2, 6, 0]).pages] }],
    [
      'a dictionary of billions',
      {
        pages: [
          { kind: 'dictionary', values: 2 ** 31 - 1, body: plain(KEYS) },
          { values: 3, body: plain(KEYS) },
        ],
      },
    ],
    ['delta blocks of no size', delta([0, 1, 3, 0])],
    ['delta blocks in no parts', delta([128, 1, 0, 3, 0])],
    ['delta blocks that never end', delta([128, 1, 4], varint(2 ** 31), [2, 0, 0, 0, 0, 0])],
    ['negative lengths', delta([128, 1, 4, 3, 1, 0, 0, 0, 0, 0])],
  ])('%s', async ([, spec]) =>
    expect(await failureOf(makeParquet(spec))).toMatchObject(refusal('LAGOON_MANIFEST_PAGE_CORRUPT')),
  )

  test.for<[string, number, Uint8Array, number]>([
    ['ZSTD that unpacks to more than it says', ZSTD, zstdCompressSync(Buffer.alloc(5_000_000)), 1_000],
    ['ZSTD that unpacks to less than it says', ZSTD, zstdCompressSync(plain(KEYS)), 100],
    ['GZIP that claims more than GZIP can', GZIP, gzipSync(plain(KEYS)), 10_000_000],
    ['Snappy that claims more than Snappy can', SNAPPY, Buffer.from([255, 255, 255, 42, 0]), 10_000_000],
    ['bytes that are not ZSTD', ZSTD, Buffer.from('not zstd at all'), 15],
  ])('%s', async ([, codec, body, uncompressedBytes]) => {
    const bytes = makeParquet({ codec, pages: [{ values: 3, body, uncompressedBytes }] })
    expect(await failureOf(bytes)).toMatchObject(refusal('LAGOON_MANIFEST_PAGE_CORRUPT'))
  })

  test('a page that claims to decompress to two gigabytes is refused before decompression', async () => {
    const body = zstdCompressSync(plain(KEYS))
    const bytes = makeParquet({ codec: ZSTD, pages: [{ values: 3, body, uncompressedBytes: 2 ** 31 - 1 }] })
    expect(await failureOf(bytes)).toMatchObject(refusal('LAGOON_MANIFEST_PAGE_TOO_LARGE'))
  })

  test('pages that decompress to far more than keys can hold are refused, however small they are', async () => {
    const bomb = zstdCompressSync(Buffer.alloc(16 * 1024 * 1024))
    const page = { values: 1, body: bomb, uncompressedBytes: 16 * 1024 * 1024 }
    const bytes = makeParquet({ codec: ZSTD, pages: Array.from({ length: 50 }, () => page) })
    expect(await failureOf(bytes)).toMatchObject(refusal('LAGOON_MANIFEST_PAGE_TOO_LARGE'))
  })

  test('a column that ends before its last row', async () => {
    expect(await failureOf(makeParquet({ ...HONEST, values: 5 }))).toMatchObject(
      refusal('LAGOON_MANIFEST_ROWS_MISSING'),
    )
  })

  test('a column with more rows than its footer announces', async () => {
    const error = await failureOf(makeParquet({ ...HONEST, values: 2 }))
    expect(error.code).toBe('LAGOON_MANIFEST_PAGE_CORRUPT')
    expect(error.message).toContain('more rows')
  })

  test('a whole page more than the footer announces', async () => {
    const page = { values: 3, body: plain(KEYS) }
    const error = await failureOf(makeParquet({ pages: [page, page], values: 3 }))
    expect(error.message).toContain('more rows')
  })

  test('the error says in which column, row group and row, and at which byte', async () => {
    const error = await failureOf(makeParquet({ pages: [{ values: 3, body: plain(KEYS), crc: 7 }] }))
    expect(error.message).toMatch(/column key of row group 1 \(row 1, byte \d+\)/)
    expect(error.cause).toBeInstanceOf(Error)
  })
})

test('a page with a valid checksum is read', async () => {
  const store = new CountingStore()
  const bytes = makeParquet({ pages: [{ values: 3, body: plain(KEYS), crc: 'right' }] })
  const reader = await openManifest(store, store.put('ok.parquet', bytes), { bucket: 'lake' })
  expect((await readAll(reader)).keys).toEqual(KEYS)
})

test('a million rows without a value in a few bytes are a million failed rows, in batches', async () => {
  const rows = 1_000_000
  const runs = Buffer.concat([varint(rows * 2), Buffer.from([0])])
  const store = new CountingStore()
  const bytes = makeParquet({ optional: true, pages: [{ values: rows, body: levels(runs) }] })
  const reader = await openManifest(store, store.put('nulls.parquet', bytes), { bucket: 'lake' })
  let failed = 0
  for await (const batch of reader.batches()) failed += batch.problems.length
  expect(failed).toBe(rows)
})

test('a row group without rows is read, wherever its footer places it', async () => {
  const store = new CountingStore()
  const bytes = makeParquet({ pages: [], dataPageOffset: 1e9, compressedBytes: 50 })
  const reader = await openManifest(store, store.put('empty.parquet', bytes), { bucket: 'lake' })
  const { batches } = await readAll(reader)
  expect(batches).toMatchObject([{ rowGroup: 0, lastOfRowGroup: true, keys: [] }])
})

test('a footer that omits the rows of its column is detected', async () => {
  const error = await failureOf(makeParquet({ ...HONEST, values: 0 }))
  expect(error.message).toContain('more rows')
})

test('a column whose size excludes the header of its dictionary is read, as old Impala wrote it', async () => {
  const pages: FileSpec['pages'] = [
    { kind: 'dictionary', values: 3, body: plain(KEYS) },
    { values: 3, body: Buffer.from([2, 6, 1]), encoding: 8 },
  ]
  const whole = makeParquet({ pages })
  const dataBytes = whole.length - 8 - whole.readUInt32LE(whole.length - 8) - 4
  const store = new CountingStore()
  const bytes = makeParquet({ pages, compressedBytes: dataBytes - 2 })
  const reader = await openManifest(store, store.put('old.parquet', bytes), { bucket: 'lake' })
  expect((await readAll(reader)).keys).toEqual(['b', 'b', 'b'])
})

test.for([
  ['an ORC file', 'ORC\0'],
  ['an Avro file', 'Obj\u0001'],
  ['XML or HTML', '<?xml version="1.0"?>'],
  ['compressed with GZIP', '\u001f\u008b'],
])('a file that is called Parquet but is %s is refused by that name', async ([what, beginning]) => {
  const store = new CountingStore()
  const bytes = Buffer.from(beginning! + 'x'.repeat(100), 'latin1')
  const opening = openManifest(store, store.put('m.parquet', bytes), { bucket: 'lake' })
  await expect(opening).rejects.toMatchObject({
    code: 'LAGOON_MANIFEST_NOT_PARQUET',
    message: expect.stringContaining(what!) as string,
  })
})
