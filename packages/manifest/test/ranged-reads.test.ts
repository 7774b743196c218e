import { describe, expect, test } from 'vitest'
import { type ManifestRef, ManifestError, type ManifestReader, openManifest } from '../src/index.js'
import { CountingStore } from './counting-store.js'
import { fixtureBytes, fixtureExpectation } from './fixtures.js'
import { makeParquet, plain } from './make-parquet.js'
import { readAll } from './read-all.js'

/** 25 row groups of 40 keys; with the padding, none of the column's bytes come with the footer. */
const { keys } = fixtureExpectation('pyarrow-row-groups')

/**
 * A manifest whose footer lies in the last 64 KiB and whose data do not: what a large manifest looks like. The padding is
 * one more string in the footer's end, which readers skip.
 */
function largeManifest(store: CountingStore): ManifestRef {
  const bytes = fixtureBytes('pyarrow-row-groups')
  const footer = bytes.length - 8 - bytes.readUInt32LE(bytes.length - 8)
  const padding = Buffer.alloc(100_000)
  const moved = Buffer.concat([bytes.subarray(0, footer), padding, bytes.subarray(footer)])
  return store.put('manifest/large.parquet', moved)
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
  test('costs one request for its footer and one for the key column of each row group', async () => {
    const store = new CountingStore()
    const ref = largeManifest(store)
    const reader = await open(store, ref)
    expect(store.reads).toEqual([{ start: ref.sizeBytes - 65_536, end: ref.sizeBytes }])
    const whole = await readAll(reader)
    expect(whole.keys).toEqual(keys)
    expect(store.reads).toHaveLength(1 + reader.rowGroups.length)
    const column = store.reads.slice(1).reduce((sum, { start, end }) => sum + end - start, 0)
    expect(column).toBeLessThan(fixtureBytes('pyarrow-row-groups').length)
  })

  test('gives each row group in its own batches, with the number of its first row', async () => {
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

  test('ending the loop early aborts the read that is under way', async () => {
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

describe('a column of one row group that is larger than the memory', () => {
  const page = {
    values: 4_096,
    body: plain(Array.from({ length: 4_096 }, (_, index) => `${'x'.repeat(60)}-${index}`)),
  }
  const pages = Array.from({ length: 40 }, () => page)
  const bytes = makeParquet({ pages })

  test('is read in windows of at most 2 MiB, never more than one ahead', async () => {
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
  expect((await readAll(reader)).keys).toEqual(keys)
})

describe('a manifest that changes while it is read is noticed:', () => {
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
      if (store.reads.length === 5) largeManifest(store)
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

  test('shorter than the listing said, in a store that ignores If-Match', async () => {
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
  ] as const)('however the store says so: %s', async ([, shape]) => {
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
