import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { listInParallel } from '../src/listing/list-in-parallel.js'
import type { ListedPage, Listing } from '../src/listing/list-objects.js'
import { findSplit, type KeyRange, type ListPages } from '../src/listing/split-listing.js'

interface FakeStore {
  list: ListPages
  /** What was asked for. */
  listings: Listing[]
  mostAtOnce: number
  requests: number
}

interface StoreBehaviour {
  pageSize?: number
  /** The order in which the store lists. Default: that of UTF-8. */
  order?: (keys: readonly string[]) => string[]
  ignoresStartAfter?: boolean
}

const byUtf8 = (keys: readonly string[]): string[] =>
  keys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))

/** Lists keys as S3 does, or with its own capabilities. */
function fakeStore(all: readonly string[], capabilities: StoreBehaviour = {}): FakeStore {
  const { pageSize = 3, order = byUtf8, ignoresStartAfter = false } = capabilities
  const sorted = order(all)
  let atOnce = 0
  const store: FakeStore = { listings: [], mostAtOnce: 0, requests: 0, list }
  async function* list(listing: Listing): AsyncGenerator<ListedPage> {
    store.listings.push(listing)
    const { prefix, delimiter, startAfter = '', maxKeys = pageSize, signal } = listing
    const isAfter = (key: string): boolean =>
      ignoresStartAfter || Buffer.compare(Buffer.from(key), Buffer.from(startAfter)) > 0
    const entries = new Set<string>()
    for (const key of sorted) {
      const end = delimiter === undefined ? -1 : key.indexOf(delimiter, prefix.length)
      if (key.startsWith(prefix) && isAfter(key)) entries.add(end < 0 ? key : key.slice(0, end + 1))
    }
    const left = [...entries]
    do {
      store.requests += 1
      store.mostAtOnce = Math.max(store.mostAtOnce, ++atOnce)
      await new Promise((resolve) => setImmediate(resolve))
      atOnce -= 1
      signal?.throwIfAborted()
      const page = left.splice(0, maxKeys)
      const isPrefix = (entry: string): boolean => delimiter !== undefined && entry.endsWith(delimiter)
      yield {
        objects: page.filter((entry) => !isPrefix(entry)).map((key) => ({ key, etag: 'e', sizeBytes: 1 })),
        prefixes: page.filter(isPrefix),
        last: left.length === 0,
      }
    } while (left.length > 0)
  }
  return store
}

const whole = (prefix: string): KeyRange => ({ prefix, after: '', last: null })

async function listAll(store: FakeStore, parallel: number, prefixes = ['']): Promise<string[]> {
  const found: string[] = []
  for await (const page of listInParallel(store.list, { ranges: prefixes.map(whole), parallel })) {
    found.push(...page.map(({ key }) => key))
  }
  return found
}

const numbered = (count: number, name: (index: number) => string): string[] =>
  Array.from({ length: count }, (_, index) => name(index))

const LAYOUTS: [what: string, keys: string[]][] = [
  ['a few large directories', numbered(400, (i) => `lake/${i % 5}/${String(i).padStart(6, '0')}`)],
  ['one directory of numbered objects', numbered(400, (i) => `lake/raw/part-${String(i).padStart(8, '0')}`)],
  ['a directory for each object', numbered(400, (i) => `lake/${(i * 2_654_435_761) % 2 ** 32}/data.bin`)],
  ['names that are digests', numbered(400, (i) => ((i * 2_654_435_761) % 2 ** 32).toString(16))],
  ['dates', numbered(400, (i) => `t/year=2024/month=${(i % 12) + 1}/day=${(i % 28) + 1}/${i}.parquet`)],
  ['letters of many scripts', numbered(400, (i) => `${String.fromCodePoint(0x4e00 + i * 37)}/${i}`)],
]

test('a range with nothing more in it has no half', async () => {
  const { list } = fakeStore(numbered(9, (i) => `b${i}`))
  const range = { prefix: '', after: 'a', last: 'b' }
  expect(await findSplit(list, range, new AbortController().signal)).toBeNull()
})

describe('concurrent listings', () => {
  test.for(LAYOUTS)('return every object once, and divide the work: %s', async ([, keys]) => {
    const store = fakeStore(keys, { pageSize: 5 })
    expect((await listAll(store, 4)).sort()).toEqual(keys.toSorted())
    expect(store.mostAtOnce).toBe(4)
  })

  test('return every object under every prefix once, whatever the keys', async () => {
    const name = fc.array(fc.constantFrom('a', 'b', '/', '0', '~', '\u007f', 'é', '\uffee', '😀'), {
      minLength: 1,
      maxLength: 6,
    })
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(
          name.map((characters) => characters.join('')),
          { maxLength: 60 },
        ),
        fc.integer({ min: 1, max: 6 }),
        fc.constantFrom<string[]>([''], ['a'], ['a/', 'b', '😀']),
        async (keys, parallel, prefixes) => {
          const expected = keys.filter((key) => prefixes.some((prefix) => key.startsWith(prefix)))
          expect((await listAll(fakeStore(keys), parallel, prefixes)).sort()).toEqual(expected.sort())
        },
      ),
      { numRuns: 300 },
    )
  })

  test('can be continued after any page, and return every object once in total', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...LAYOUTS.map(([, keys]) => keys)),
        fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 6 }),
        async (keys, stops) => {
          const store = fakeStore(keys, { pageSize: 7 })
          const found: string[] = []
          let ranges: KeyRange[] | null = [whole('')]
          for (const stop of [...stops, Infinity]) {
            const listing = listInParallel(store.list, { ranges: ranges!, parallel: 4 })
            let pages = 0
            for await (const page of listing) {
              found.push(...page.map(({ key }) => key))
              if (++pages >= stop) break
            }
            ranges = listing.remaining()
          }
          expect(found.sort()).toEqual(keys.toSorted())
          expect(ranges).toEqual([])
        },
      ),
      { numRuns: 30 },
    )
  })

  test('take few requests more than a single listing', async () => {
    const keys = numbered(20_000, (i) => `lake/${i % 50}/${i}`)
    const store = fakeStore(keys, { pageSize: 100 })
    expect(await listAll(store, 8)).toHaveLength(20_000)
    expect(store.requests).toBeLessThan(2 * 200)
  })

  test('are a single one if everything fits on a page', async () => {
    const store = fakeStore(['a', 'b', 'c/d'])
    expect(await listAll(store, 8)).toEqual(['a', 'b', 'c/d'])
    expect(store.requests).toBe(1)
  })

  test('hold no more pages than there are listings, while none are consumed', async () => {
    const store = fakeStore(numbered(400, (i) => `${i % 7}/${i}`))
    const pages = listInParallel(store.list, { ranges: [whole('')], parallel: 3 })[Symbol.asyncIterator]()
    await pages.next()
    for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve))
    const asked = store.requests
    for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve))
    expect(store.requests).toBe(asked)
    await pages.return?.()
  })
})

describe('a store that lists by its own rules loses nothing:', () => {
  const keys = numbered(200, (i) => `${i % 5}/${String(i).padStart(3, '0')}`)

  test('one without order is listed sequentially', async () => {
    const store = fakeStore(keys, { order: (all) => all.toReversed() })
    expect((await listAll(store, 4)).sort()).toEqual(keys.toSorted())
    expect(store.listings).toHaveLength(1)
  })

  test('one without order cannot be continued, and says so', async () => {
    const store = fakeStore(keys, { order: (all) => all.toReversed() })
    const listing = listInParallel(store.list, { ranges: [whole('')], parallel: 4 })
    for await (const _ of listing) break
    expect(listing.remaining()).toBeNull()
  })

  test('one that ignores start-after is not split', async () => {
    const store = fakeStore(keys, { ignoresStartAfter: true })
    expect((await listAll(store, 4)).sort()).toEqual(keys.toSorted())
  })

  test('one that refuses start-after is not split', async () => {
    const store = fakeStore(keys)
    const list: ListPages = (listing) => {
      if (listing.startAfter) throw new Error('NotImplemented')
      return store.list(listing)
    }
    expect((await listAll({ ...store, list }, 4)).sort()).toEqual(keys.toSorted())
  })

  test('one that loses its order later ends in an error that says so', async () => {
    const late = [...numbered(100, (i) => `${i % 5}/${String(i).padStart(3, '0')}`)]
    const store = fakeStore(late, {
      order: (all) => [...byUtf8(all).slice(0, 90), ...byUtf8(all).slice(90).reverse()],
    })
    await expect(listAll(store, 4)).rejects.toMatchObject({ code: 'LAGOON_TRANSFER_REQUEST_FAILED' })
  })
})

test('an error of one listing ends all of them', async () => {
  const store = fakeStore(numbered(400, (i) => `${i % 7}/${i}`))
  const list: ListPages = async function* (listing) {
    const { delimiter, maxKeys, startAfter } = listing
    if (delimiter === undefined && maxKeys === undefined && startAfter) throw new Error('refused')
    yield* store.list(listing)
  }
  await expect(listAll({ ...store, list }, 4)).rejects.toThrow('refused')
})

test('a consumer that stops ends the requests, and a signal ends it with its reason', async () => {
  const keys = numbered(400, (i) => `${i % 7}/${i}`)
  const left = fakeStore(keys)
  for await (const _ of listInParallel(left.list, { ranges: [whole('')], parallel: 4 })) break
  expect(left.listings.every(({ signal }) => signal?.aborted)).toBe(true)
  const stop = new AbortController()
  const reading = (async () => {
    const options = { ranges: [whole('')], parallel: 4, signal: stop.signal }
    for await (const _ of listInParallel(fakeStore(keys).list, options)) stop.abort(new Error('enough'))
  })()
  await expect(reading).rejects.toThrow('enough')
})
