import { TransferError } from '../contract/errors.js'
import { isBefore } from '../protocol/key-order.js'
import type { ListedPage } from './list-objects.js'
import type { ListedObject } from './page.js'
import { findSplit, type KeyRange, type ListPages } from './split-listing.js'

/** What to list, and how. */
interface ParallelListing {
  ranges: readonly KeyRange[]
  /** Most listings in flight at the same time. */
  parallel: number
  signal?: AbortSignal | undefined
}

/** Pages of a listing in no particular order. */
export interface UnorderedListing extends AsyncIterable<ListedObject[]> {
  /**
   * What the pages given so far leave to be listed: to list just that is to continue, after a crash too. `null`: the store does not list in
   * the order of its keys, so that a listing can only start over.
   */
  remaining(): KeyRange[] | null
}

/** A range that a worker lists. `after` follows the keys that were listed. */
interface OpenRange extends KeyRange {
  /** The last key that was returned. */
  given: string
  pages: number
  /** Pages before it is worth looking for a half again. */
  splitAt: number
  /** A worker is looking for its half. */
  splitting: boolean
}

/** A page that was not consumed yet. */
interface ReadyPage {
  objects: ListedObject[]
  range: OpenRange
}

/**
 * Every object of some ranges, a page at a time, in no particular order. Each range is listed by one worker at first; a worker
 * without a range takes half of what another one has left, so that all of them have work to the end, however the keys are
 * spread. A store whose keys come in no order, or that can't list from a key on, is listed by one worker a range. Holds a page for
 * each worker. Iterated once; throws TransferError with the code that fits, or the signal's reason.
 */
export function listInParallel(
  list: ListPages,
  { ranges, parallel, signal }: ParallelListing,
): UnorderedListing {
  const stop = new AbortController()
  const both = signal ? AbortSignal.any([stop.signal, signal]) : stop.signal
  const listing = new ListingWorkers(list, ranges, both)
  return {
    [Symbol.asyncIterator]: () => pagesOf(listing, parallel, stop),
    remaining: () => listing.remaining(),
  }
}

async function* pagesOf(
  listing: ListingWorkers,
  parallel: number,
  stop: AbortController,
): AsyncGenerator<ListedObject[], void, undefined> {
  const workers = Array.from({ length: parallel }, () => listing.work())
  try {
    for (let page = await listing.next(); page !== null; page = await listing.next()) yield page
  } finally {
    stop.abort()
    listing.wake()
    await Promise.all(workers)
  }
}

class ListingWorkers {
  readonly #list: ListPages
  readonly #signal: AbortSignal
  readonly #waiting: OpenRange[]
  readonly #open = new Set<OpenRange>()
  #ready: ReadyPage[] = []
  #bell = Promise.withResolvers<void>()
  #failure: { reason: unknown } | null = null
  #inOrder = true
  /** Whether the keys came in order so far, and the store answered the requests that look for halves. */
  #canSplit = true
  #splits = 0

  constructor(list: ListPages, ranges: readonly KeyRange[], signal: AbortSignal) {
    this.#list = list
    this.#signal = signal
    this.#waiting = ranges.map(openRange)
    signal.addEventListener('abort', () => this.wake(), { once: true })
  }

  /** All waiters check again. */
  wake(): void {
    this.#bell.resolve()
    this.#bell = Promise.withResolvers<void>()
  }

  /** The next page, `null` after the last one. */
  async next(): Promise<ListedObject[] | null> {
    for (;;) {
      if (this.#failure) throw this.#failure.reason
      this.#signal.throwIfAborted()
      const page = this.#ready.shift()
      if (page) {
        page.range.given = page.objects.at(-1)!.key
        this.wake()
        return page.objects
      }
      if (this.#isDone()) return null
      await this.#bell.promise
    }
  }

  /** What was not returned yet. */
  remaining(): KeyRange[] | null {
    if (!this.#inOrder) return null
    const ranges = new Set([...this.#waiting, ...this.#open, ...this.#ready.map(({ range }) => range)])
    return [...ranges].map(({ prefix, given, last }) => ({ prefix, after: given, last }))
  }

  /** Lists ranges until there are none. */
  async work(): Promise<void> {
    try {
      while (!this.#isOver()) {
        const range = this.#begun() ?? (await this.#half())
        if (range) await this.#listRange(range)
        else if (!this.#isOver()) await this.#bell.promise
      }
    } catch (reason) {
      this.#failure ??= { reason }
    }
    this.wake()
  }

  /** A range that no worker lists yet. */
  #begun(): OpenRange | null {
    const range = this.#waiting.shift() ?? null
    if (range) this.#open.add(range)
    return range
  }

  #isOver(): boolean {
    return this.#isDone() || this.#failure !== null || this.#signal.aborted
  }

  #isDone(): boolean {
    return this.#waiting.length === 0 && this.#open.size === 0
  }

  async #listRange(range: OpenRange): Promise<void> {
    const { prefix, after: startAfter } = range
    for await (const page of this.#list({ prefix, startAfter, signal: this.#signal })) {
      const { objects } = page
      this.#check(range, objects)
      const end = range.last === null ? objects.length : countUpTo(objects, range.last)
      range.after = objects[end - 1]?.key ?? range.after
      range.pages += 1
      const isLast = page.last || end < objects.length || range.after === range.last
      if (isLast) this.#open.delete(range)
      if (end > 0) await this.#give({ objects: objects.slice(0, end), range })
      // What was not listed to its end stays open, for a continuation.
      if (isLast || this.#signal.aborted) return
    }
    this.#open.delete(range)
  }

  /** Waits until the pages that are ready are taken. */
  async #give(page: ReadyPage): Promise<void> {
    this.#ready.push(page)
    this.wake()
    while (this.#ready.includes(page) && !this.#signal.aborted) await this.#bell.promise
  }

  /** Half of a range that a worker lists, or `null`. */
  async #half(): Promise<OpenRange | null> {
    if (!this.#canSplit) return null
    // The worker that has listed most probably has most left.
    const [range] = [...this.#open]
      .filter(({ splitting, pages, splitAt }) => !splitting && pages >= splitAt)
      .sort((a, b) => b.pages - a.pages)
    if (!range) return null
    range.splitting = true
    // If something is wrong with the store, the listing of the range itself will report it.
    const key = await findSplit(this.#list, range, this.#signal).catch(() => (this.#canSplit = false))
    range.splitting = false
    const { prefix, after, last } = range
    if (typeof key !== 'string' || !this.#open.has(range) || !this.#canSplit || !isBefore(after, key)) {
      range.splitAt = range.pages * 2
      return null
    }
    this.#splits += 1
    range.last = key
    const half = openRange({ prefix, after: key, last })
    // Immediately, so that no worker concludes that everything is listed.
    this.#open.add(half)
    return half
  }

  /** Ranges work only if keys come in order and start at the requested one. */
  #check({ prefix, after }: OpenRange, objects: readonly ListedObject[]): void {
    let before = after
    for (const { key } of objects) {
      if (before !== '' && !(before < key) && !isBefore(before, key)) this.#inOrder = false
      before = key
    }
    if (!this.#inOrder) this.#canSplit = false
    if (this.#canSplit || this.#splits === 0) return
    throw new TransferError(
      'LAGOON_TRANSFER_REQUEST_FAILED',
      `list '${prefix}': the store does not list keys in order`,
      'List with a concurrency of 1; such a store cannot be listed in parallel.',
    )
  }
}

function openRange(range: KeyRange): OpenRange {
  return { ...range, given: range.after, pages: 0, splitAt: 1, splitting: false }
}

/** How many of the objects are at or before a key. */
function countUpTo(objects: ListedPage['objects'], last: string): number {
  let count = objects.length
  while (count > 0 && isBefore(last, objects[count - 1]!.key)) count--
  return count
}
