import { describe, expect, test } from 'vitest'
import {
  type BatchOptions,
  type ManifestRef,
  ManifestError,
  type ManifestReader,
  type RowRange,
  openManifest,
} from '../src/index.js'
import { CountingStore } from './counting-store.js'
import { fixtureBytes, fixtureExpectation } from './fixtures.js'
import { makeParquet, makeRowGroups, plain } from './make-parquet.js'
import { readAll } from './read-all.js'

const GROUP_ROWS = 77
const GROUPS = Array.from({ length: 13 }, (_, group) =>
  Array.from({ length: GROUP_ROWS }, (_unused, row) => `key/${group}/${row}`),
)
const keys = GROUPS.flat()

/** What a large manifest looks like: row groups so far from each other that they are fetched one by one. */
function largeManifest(store: CountingStore): ManifestRef {
  return store.put('manifest/large.parquet', makeRowGroups(GROUPS, 300_000))
}

async function open(store: CountingStore, ref: ManifestRef): Promise<ManifestReader> {
  return openManifest(store, ref, { bucket: 'lake' })
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
  } catch (error) {
    if (error instanceof ManifestError) return error.code
    throw error
  }
  return 'no error'
}

describe('a large manifest', () => {
  test('takes one request for its footer and one for the key column of each row group', async () => {
    const store = new CountingStore()
    const ref = largeManifest(store)
    const reader = await open(store, ref)
    expect(store.reads).toEqual([{ start: ref.sizeBytes - 65_536, end: ref.sizeBytes }])
    const whole = await readAll(reader)
    expect(whole.keys).toEqual(keys)
    expect(store.reads).toHaveLength(1 + reader.rowGroups.length)
    const column = store.reads.slice(1).reduce((sum, { start, end }) => sum + end - start, 0)
    expect(column).toBeLessThan(keys.length * 30)
  })

  test('returns each row group in separate batches, with the number of its first row', async () => {
    const store = new CountingStore()
    const reader = await open(store, largeManifest(store))
    const { batches } = await readAll(reader)
    let row = 0
    for (const batch of batches) {
      expect(batch.firstRow).toBe(row)
      expect(batch.keys).toEqual(keys.slice(row, row + batch.keys.length))
      row += batch.keys.length
    }
    expect(batches.filter(({ lastOfRowGroup }) => lastOfRowGroup).map(({ rowGroup }) => rowGroup)).toEqual(
      reader.rowGroups.map((_, index) => index),
    )
  })

  test('a skipped row group is not fetched', async () => {
    const store = new CountingStore()
    const reader = await open(store, largeManifest(store))
    const asked: number[] = []
    const whole = await readAll(reader, {
      skipRowGroup(index) {
        asked.push(index)
        return index !== 2 && index !== 5
      },
    })
    expect(asked).toEqual(reader.rowGroups.map((_, index) => index))
    expect(whole.batches.map(({ rowGroup, firstRow }) => [rowGroup, firstRow])).toEqual([
      [2, 154],
      [5, 385],
    ])
    expect(whole.keys).toEqual([...keys.slice(154, 231), ...keys.slice(385, 462)])
    expect(store.reads).toHaveLength(1 + 2)
  })

  test('the next row group is fetched while one is consumed, and no further', async () => {
    const store = new CountingStore()
    const reader = await open(store, largeManifest(store))
    const batches = reader.batches()[Symbol.asyncIterator]()
    await batches.next()
    expect(store.reads).toHaveLength(1 + 2)
    await batches.next()
    expect(store.reads).toHaveLength(1 + 3)
    await batches.return?.()
  })

  test('ending the loop early aborts the read in progress', async () => {
    const store = new CountingStore()
    const reader = await open(store, largeManifest(store))
    let aborted = false
    store.beforeRead = ({ signal }) => {
      if (store.reads.length < 3) return
      return new Promise((_, reject) => {
        signal!.addEventListener('abort', () => {
          aborted = true
          reject(signal!.reason as Error)
        })
      })
    }
    for await (const batch of reader.batches()) {
      expect(batch.rowGroup).toBe(0)
      break
    }
    expect(aborted).toBe(true)
  })

  test('an abort ends reading with its reason', async () => {
    const store = new CountingStore()
    const reader = await open(store, largeManifest(store))
    const stop = new AbortController()
    const reason = new Error('enough')
    store.beforeRead = () => {
      if (store.reads.length === 4) stop.abort(reason)
    }
    await expect(readAll(reader, { signal: stop.signal })).rejects.toBe(reason)
    await expect(readAll(reader, { signal: stop.signal })).rejects.toBe(reason)
  })

  test('may be read again after an error', async () => {
    const store = new CountingStore()
    const reader = await open(store, largeManifest(store))
    store.beforeRead = () => {
      throw new Error('no route')
    }
    expect(await codeOf(readAll(reader))).toBe('LAGOON_MANIFEST_UNREADABLE')
    store.beforeRead = null
    expect((await readAll(reader)).keys).toEqual(keys)
  })
})

describe('a column of one row group that exceeds the memory', () => {
  const page = {
    values: 4_096,
    body: plain(Array.from({ length: 4_096 }, (_, index) => `${'x'.repeat(60)}-${index}`)),
  }
  const pages = Array.from({ length: 40 }, () => page)
  const bytes = makeParquet({ pages })

  test('is read in windows of at most 2 MiB, at most one ahead', async () => {
    const store = new CountingStore()
    const reader = await open(store, store.put('large.parquet', bytes))
    let taken = 0
    let furthest = 0
    for await (const batch of reader.batches()) {
      taken += batch.keys.length * (page.body.length / page.values)
      furthest = Math.max(furthest, store.bytesRead - 65_536 - taken)
    }
    const columns = store.reads.slice(1)
    expect(columns.length).toBe(Math.ceil((bytes.length - 1_000) / (2 * 1024 * 1024)))
    expect(Math.max(...columns.map(({ start, end }) => end - start))).toBe(2 * 1024 * 1024)
    expect(furthest).toBeLessThan(2 * 2 * 1024 * 1024 + page.body.length)
  })
})

describe('small row groups', () => {
  const rows = 10_000
  const text = (group: number, row: number): string => `${'x'.repeat(4)}/${group}/${row}`
  const groups = (count: number) =>
    Array.from({ length: count }, (_, group) =>
      Array.from({ length: rows }, (_unused, row) => text(group, row)),
    )

  test('are fetched together, up to 4 MiB at a time', async () => {
    const store = new CountingStore()
    const small = groups(60)
    const bytes = makeRowGroups(small, 20_000)
    const reader = await open(store, store.put('small.parquet', bytes))
    expect((await readAll(reader)).keys).toEqual(small.flat())
    expect(store.reads.length).toBe(1 + Math.ceil(bytes.length / (4 * 1024 * 1024)))
    expect(Math.max(...store.reads.map(({ start, end }) => end - start))).toBeLessThanOrEqual(4 * 1024 * 1024)
  })

  test('that are skipped are not fetched, and those around them are still fetched together', async () => {
    const store = new CountingStore()
    const reader = await open(store, store.put('small.parquet', makeRowGroups(groups(9), 10)))
    const asked: number[] = []
    const skipped = new Set([0, 4, 5, 6, 7])
    const whole = await readAll(reader, {
      skipRowGroup(index) {
        asked.push(index)
        return skipped.has(index)
      },
    })
    expect(asked).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
    expect(whole.batches.map(({ rowGroup }) => rowGroup).filter((_, index) => index % 3 === 0)).toEqual([
      1, 2, 3, 8,
    ])
    expect(store.reads).toHaveLength(1 + 2)
  })

  test('are added up with few requests, too', async () => {
    const store = new CountingStore()
    const reader = await open(store, store.put('m', withPadding(fixtureBytes('duckdb-details'))))
    expect(await reader.totalBytes()).toBe(
      fixtureExpectation('duckdb-details').sizes!.reduce((a, b) => a! + b!, 0),
    )
    expect(store.reads.length).toBeLessThanOrEqual(2)
  })
})

/** The same file with other bytes before its footer, so that its data is not fetched with it. */
function withPadding(bytes: Buffer): Buffer {
  const footer = bytes.length - 8 - bytes.readUInt32LE(bytes.length - 8)
  return Buffer.concat([bytes.subarray(0, footer), Buffer.alloc(100_000), bytes.subarray(footer)])
}

describe('a range of rows', () => {
  const read = async (rows: RowRange, options: BatchOptions = {}) => {
    const store = new CountingStore()
    const groups = [0, 1, 2].map((group) => Array.from({ length: 9_000 }, (_, row) => `${group}/${row}`))
    const reader = await open(store, store.put('m', makeRowGroups(groups, 300_000)))
    const whole = await readAll(reader, { rows, ...options })
    return { ...whole, requests: store.reads.length - 1, all: groups }
  }

  test.each([
    [0, 0, 9_000],
    [1, 0, 1],
    [1, 4_096, 8_192],
    [1, 4_097, 8_193],
    [2, 8_999, 9_000],
    [2, 5, 5],
  ])('of row group %i, from %i to %i, gives those rows with their numbers', async (group, from, to) => {
    const { keys: found, batches, requests, all } = await read({ group, from, to })
    expect(found).toEqual(all[group]!.slice(from, to))
    const numbers = batches.flatMap(
      ({ firstRow, keys: own, rows }) => rows ?? own.map((_, i) => firstRow + i),
    )
    expect(numbers).toEqual(found.map((_, i) => group * 9_000 + from + i))
    expect(batches.map(({ lastOfRowGroup }) => lastOfRowGroup)).toEqual(
      batches.map((_, i) => i === batches.length - 1),
    )
    expect(batches.every(({ rowGroup }) => rowGroup === group)).toBe(true)
    expect(requests).toBe(1)
  })

  test('excludes rows by their number, and reports which ones it returns', async () => {
    const leaveOut = (row: number): boolean => row % 2 === 0
    const { keys: found, batches } = await read({ group: 1, from: 10, to: 20 }, { leaveOut })
    expect(found).toEqual([11, 13, 15, 17, 19].map((row) => `1/${row - (9_000 % 2)}`))
    expect(batches[0]!.rows).toEqual([9_011, 9_013, 9_015, 9_017, 9_019])
  })

  test.each([
    { group: 3, from: 0, to: 1 },
    { group: 0, from: 0, to: 9_001 },
    { group: 0, from: 2, to: 1 },
    { group: 0, from: -1, to: 1 },
    { group: 0.5, from: 0, to: 1 },
  ])('that is invalid is refused: %o', async (rows) => {
    await expect(read(rows)).rejects.toMatchObject({ code: 'LAGOON_MANIFEST_INVALID_OPTION' })
  })
})

test('a footer longer than the first request takes a second one, for the rest of it', async () => {
  const store = new CountingStore()
  const bytes = fixtureBytes('pyarrow-row-groups')
  const footerStart = bytes.length - 8 - bytes.readUInt32LE(bytes.length - 8)
  const footer = bytes.subarray(footerStart, bytes.length - 9)
  // One more field at the end of the footer, unknown to readers: a long string.
  const unknown = Buffer.concat([
    Buffer.from([0x08, 0xc8, 0x01, 0xa0, 0x8d, 0x06]),
    Buffer.alloc(100_000),
    Buffer.from([0]),
  ])
  const length = Buffer.alloc(4)
  length.writeUInt32LE(footer.length + unknown.length)
  const long = Buffer.concat([bytes.subarray(0, footerStart), footer, unknown, length, Buffer.from('PAR1')])
  const ref = store.put('long.parquet', long)
  const reader = await open(store, ref)
  expect(store.reads).toEqual([
    { start: long.length - 65_536, end: long.length },
    { start: footerStart, end: long.length - 65_536 },
  ])
  expect((await readAll(reader)).keys).toEqual(fixtureExpectation('pyarrow-row-groups').keys)
})

describe('a manifest that changes during reading is detected:', () => {
  test('replaced before it is opened', async () => {
    const store = new CountingStore()
    const ref = largeManifest(store)
    store.put(ref.key, fixtureBytes('polars-zstd'))
    expect(await codeOf(open(store, ref))).toBe('LAGOON_MANIFEST_CHANGED')
  })

  test('replaced between two row groups', async () => {
    const store = new CountingStore()
    const ref = largeManifest(store)
    const reader = await open(store, ref)
    store.beforeRead = () => {
      if (store.reads.length === 5) store.put(ref.key, fixtureBytes('polars-zstd'))
    }
    expect(await codeOf(readAll(reader))).toBe('LAGOON_MANIFEST_CHANGED')
  })

  test('deleted', async () => {
    const store = new CountingStore()
    const ref = largeManifest(store)
    const reader = await open(store, ref)
    store.objects.delete(ref.key)
    expect(await codeOf(readAll(reader))).toBe('LAGOON_MANIFEST_CHANGED')
  })

  test('shorter than in the listing, in a store that ignores If-Match', async () => {
    const store = new CountingStore()
    const ref = largeManifest(store)
    const shorter = new CountingStore()
    shorter.objects.set(ref.key, { bytes: new Uint8Array(90_000), etag: ref.etag })
    expect(await codeOf(open(shorter, ref))).toBe('LAGOON_MANIFEST_CHANGED')
  })

  test.for([
    ['the AWS SDK', { $metadata: { httpStatusCode: 412 } }],
    ['undici', { statusCode: 412 }],
    ['a code', { code: 'PreconditionFailed' }],
    ['a name', { name: 'NoSuchKey' }],
    ["@lagoon/transfer's store", { code: 'LAGOON_TRANSFER_OBJECT_CHANGED' }],
    ['a cause', { cause: { status: 404 } }],
  ] as const)("whatever the store's response: %s", async ([, shape]) => {
    const store = new CountingStore()
    const ref = largeManifest(store)
    store.beforeRead = () => {
      throw Object.assign(new Error('x'), shape)
    }
    expect(await codeOf(open(store, ref))).toBe('LAGOON_MANIFEST_CHANGED')
  })
})

test('another error of the store is passed on as the cause', async () => {
  const store = new CountingStore()
  const ref = largeManifest(store)
  const refused = Object.assign(new Error('AccessDenied'), { status: 403 })
  store.beforeRead = () => {
    throw refused
  }
  const error = await open(store, ref).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'LAGOON_MANIFEST_UNREADABLE', cause: refused })
})
