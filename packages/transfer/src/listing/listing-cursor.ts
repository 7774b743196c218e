import type { FetchedPage } from './page.js'
import { isBefore } from '../protocol/key-order.js'

/** Where a page begins, in one of the three ways to ask a store. */
export type PageStart = { token: string } | { startAfter: string } | { marker: string }

/** A page without what was already seen, and where the next one begins; null after the last. */
interface Advanced extends Pick<FetchedPage, 'objects' | 'prefixes'> {
  next: PageStart | null
  /** True if the page only showed that the store must be asked in another way. */
  isRepeated: boolean
}

/** Pages in a row without any valid entry. */
const MAX_EMPTY_PAGES = 10_000
/** Sorts after everything under a common prefix. */
const LAST_CHARACTER = '\u{10FFFF}'

/**
 * Goes through a listing and notices when it makes no progress.
 *
 * 1. Continues by the store's token as long as it sends one; else from the last entry: `start-after`, or `marker` if
 *    the response is of version 1, or if `start-after` returned the same page again.
 * 2. A repeated token, a page with nothing new, or many pages without any entry end the listing as incomplete: a part
 *    is never mistaken for the whole.
 * 3. An entry with which one page ends and the next one begins is given once.
 */
export class ListingCursor {
  readonly start: PageStart
  #last: string
  #way: 'token' | 'start-after' | 'marker' = 'token'
  /** With what the last page ended. */
  #ends: { key?: string | undefined; prefix?: string | undefined } = {}
  #emptyPages = 0
  /** Token and first entry of a page to compare with, replaced after ever more pages (Brent's cycle detection). */
  #token = ''
  #first = ''
  #steps = 0
  #power = 1

  constructor(startAfter: string) {
    this.start = { startAfter }
    this.#last = startAfter
  }

  advance(page: FetchedPage): Advanced | 'no-progress' {
    const { isTruncated, token } = page
    const fresh = this.#way === 'token' ? this.#withoutEnds(page) : this.#withoutSeen(page)
    if (fresh === 'stuck' && this.#way === 'start-after') {
      this.#way = 'marker'
      return { objects: [], prefixes: [], next: { marker: this.#last }, isRepeated: true }
    }
    if (fresh === 'stuck' || fresh === 'unordered') return 'no-progress'
    const { objects, prefixes } = fresh
    const isNew = objects.length + prefixes.length > 0
    this.#emptyPages = isNew ? 0 : this.#emptyPages + 1
    if (!isTruncated) return { objects, prefixes, next: null, isRepeated: false }
    if (this.#emptyPages > MAX_EMPTY_PAGES || this.#isCycle(page)) return 'no-progress'
    if (token === '' && !isOrdered(page)) return 'no-progress'
    if (isNew) this.#last = lastOf(fresh)
    this.#ends = { key: page.objects.at(-1)?.key, prefix: page.prefixes.at(-1) }
    const next = token === '' ? this.#afterLast(page, isNew) : { token }
    return next === null ? 'no-progress' : { objects, prefixes, next, isRepeated: false }
  }

  #isCycle({ token, first }: FetchedPage): boolean {
    if ((token !== '' && token === this.#token) || (first !== '' && first === this.#first)) return true
    if (++this.#steps === this.#power) {
      this.#token = token
      this.#first = first
      this.#power *= 2
      this.#steps = 0
    }
    return false
  }

  #afterLast({ nextMarker, isV1 }: FetchedPage, isNew: boolean): PageStart | null {
    if (this.#way !== 'marker') this.#way = isV1 || nextMarker !== '' ? 'marker' : 'start-after'
    if (this.#way === 'start-after') return isNew ? { startAfter: this.#last } : null
    if (nextMarker === '') return isNew ? { marker: this.#last } : null
    if (!isNew && !isBefore(this.#last, nextMarker)) return null
    if (isBefore(this.#last, nextMarker)) this.#last = nextMarker
    return { marker: nextMarker }
  }

  #withoutEnds({ objects, prefixes }: FetchedPage): Pick<FetchedPage, 'objects' | 'prefixes'> {
    const { key, prefix } = this.#ends
    return {
      objects: key !== undefined && objects[0]?.key === key ? objects.slice(1) : objects,
      prefixes: prefix !== undefined && prefixes[0] === prefix ? prefixes.slice(1) : prefixes,
    }
  }

  /** What comes after the entries seen so far; a store may begin with the last entry of the previous page. */
  #withoutSeen(page: FetchedPage): Pick<FetchedPage, 'objects' | 'prefixes'> | 'stuck' | 'unordered' {
    const last = this.#last
    const isAfter = (key: string): boolean => isBefore(last, key)
    const objects = page.objects.filter(({ key }) => isAfter(key))
    const prefixes = page.prefixes.filter((prefix) => isAfter(prefix))
    const seen = page.objects.length + page.prefixes.length - objects.length - prefixes.length
    if (seen === 0 || objects.length + prefixes.length === 0)
      return seen > 0 ? 'stuck' : { objects, prefixes }
    return seen === 1 ? { objects, prefixes } : 'unordered'
  }
}

/** The greatest entry of a page in order; for a common prefix, everything under it. */
function lastOf({ objects, prefixes }: Pick<FetchedPage, 'objects' | 'prefixes'>): string {
  const key = objects.at(-1)?.key ?? ''
  const prefix = prefixes.at(-1)
  const end = prefix === undefined ? '' : `${prefix}${LAST_CHARACTER}`
  return isBefore(key, end) ? end : key
}

/** Without a token, the next page is requested by key order. */
function isOrdered({ objects, prefixes }: FetchedPage): boolean {
  return isRising(objects.map(({ key }) => key)) && isRising(prefixes)
}

function isRising(keys: readonly string[]): boolean {
  return keys.every((key, index) => index === 0 || isBefore(keys[index - 1]!, key))
}
