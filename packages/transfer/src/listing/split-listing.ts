import { isBefore } from '../protocol/key-order.js'
import { keyBetween, sharedLength } from './key-between.js'
import type { ListedPage, Listing } from './list-objects.js'

/** Returns the pages of a listing. */
export type ListPages = (listing: Listing) => AsyncIterable<ListedPage>

/** Keys being listed: those under a prefix that come after one key, up to and including another. */
export interface KeyRange {
  prefix: string
  after: string
  /** `null`: to the end of the prefix. */
  last: string | null
}

/** Sorts after every character of nearly all keys. */
const AFTER_ANY = '\u007f'

/**
 * Looks for a key that halves what is left of a range, so that both sides probably have objects: the middle of the
 * common prefixes below the deepest directory that contains the rest, or, in a directory with too many entries for
 * one page, half of what comes after them, by characters. `null`: there is none, or the store cannot list from a key.
 *
 * It is only a suggestion: whatever it is, no key is lost.
 */
export async function findSplit(
  list: ListPages,
  range: KeyRange,
  signal: AbortSignal,
): Promise<string | null> {
  const { prefix, after, last } = range
  for (let directory = deepestCommon(range); ;) {
    const child = childOf(directory, after)
    const startAfter = child === null ? after : `${child.slice(0, -1)}0`
    const page = await firstPage(list, { prefix: directory, delimiter: '/', startAfter, signal })
    const isInside = (key: string): boolean => isBefore(after, key) && (last === null || isBefore(key, last))
    const entries = [...page.prefixes, ...page.objects.map(({ key }) => key)]
    if (entries.some((entry) => isBefore(entry, startAfter))) return null
    if (!page.last) {
      const seen = entries.filter(isInside)
      return seen.length === 0 ? null : halve(list, directory, lastOf(seen), range, signal)
    }
    const below = page.prefixes.filter(isInside)
    if (below.length > 0) return below[below.length >> 1]!
    if (child === null || child.length <= prefix.length) return null
    directory = child
  }
}

/**
 * Half of what comes after the entries that were `seen`, or the last of them if it can't be found: first how many
 * characters all remaining keys share with it, then half of the next character, both by bisection.
 */
async function halve(
  list: ListPages,
  directory: string,
  seen: string,
  { last }: KeyRange,
  signal: AbortSignal,
): Promise<string | null> {
  const low = seen.slice(directory.length)
  let high = last?.startsWith(directory) === true ? last.slice(directory.length) : null
  const isAnythingAfter = async (key: string): Promise<boolean> => {
    const startAfter = directory + key
    const { objects } = await firstPage(list, { prefix: directory, startAfter, maxKeys: 1, signal })
    const next = objects[0]?.key
    return next !== undefined && (last === null || !isBefore(last, next))
  }
  for (let shared = 0, more = low.length; shared < more;) {
    const middle = (shared + more + 1) >> 1
    const end = (low.slice(0, middle) + AFTER_ANY).toWellFormed()
    if (high !== null && !isBefore(end, high)) shared = middle
    else if (await isAnythingAfter(end)) more = middle - 1
    else {
      shared = middle
      high = end
    }
  }
  for (let half = keyBetween(low, high); half !== null; half = keyBetween(low, high)) {
    if (await isAnythingAfter(half)) return directory + half
    high = half
  }
  return seen
}

function lastOf(keys: readonly string[]): string {
  return keys.reduce((last, key) => (isBefore(last, key) ? key : last))
}

/** The deepest prefix, ending at a slash or the range's own, that contains everything left. */
function deepestCommon({ prefix, after, last }: KeyRange): string {
  if (last === null) return prefix
  const common = after.slice(0, after.lastIndexOf('/', sharedLength(after, last) - 1) + 1)
  return common.length > prefix.length ? common : prefix
}

/** The common prefix below a directory that contains a key. */
function childOf(directory: string, key: string): string | null {
  const slash = key.indexOf('/', directory.length)
  return slash < 0 ? null : key.slice(0, slash + 1)
}

async function firstPage(list: ListPages, listing: Listing): Promise<ListedPage> {
  for await (const page of list(listing)) return page
  return { objects: [], prefixes: [], last: true }
}
