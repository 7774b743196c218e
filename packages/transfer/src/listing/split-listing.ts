import { isBefore, keyBetween, sharedLength } from './key-between.js'
import type { ListedPage, Listing } from './list-objects.js'

/** Gives the pages of a listing. */
export type ListPages = (listing: Listing) => AsyncIterable<ListedPage>

/** Keys that are being listed: those under a prefix that come after one key, up to and including another. */
export interface KeyRange {
  prefix: string
  after: string
  /** `null`: to the end of the prefix. */
  last: string | null
}

/** Comes after every character of nearly all keys. */
const AFTER_ANY = '\u007f'

/**
 * Looks for a key that halves what is left of a range, so that objects are likely on both sides: the middle one of the common prefixes
 * below the deepest directory that the rest lies in, and in a directory with too many entries for one page the half of what comes
 * after it, by characters. `null`: there is none, or the store does not list from a key on.
 *
 * It is but a suggestion: whatever it is, no key is lost by it.
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
 * The half of what comes after the entries that were `seen`, the last of them where that can't be found: first how many characters all
 * keys that are left share with it, then the half of the next character, both by halving.
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

/** The deepest prefix, at a slash or the range's own, in which all that is left lies. */
function deepestCommon({ prefix, after, last }: KeyRange): string {
  if (last === null) return prefix
  const common = after.slice(0, after.lastIndexOf('/', sharedLength(after, last) - 1) + 1)
  return common.length > prefix.length ? common : prefix
}

/** The common prefix below a directory in which a key lies. */
function childOf(directory: string, key: string): string | null {
  const slash = key.indexOf('/', directory.length)
  return slash < 0 ? null : key.slice(0, slash + 1)
}

async function firstPage(list: ListPages, listing: Listing): Promise<ListedPage> {
  for await (const page of list(listing)) return page
  return { objects: [], prefixes: [], last: true }
}
