import { compareKeys } from './compare-keys.js'
import { endOfPrefix, lowerBound } from './sorted-keys.js'

interface PageRequest {
  prefix: string
  /** Empty for none. */
  delimiter: string
  /** Only entries after this one; a common prefix named here is skipped entirely. Empty for the start. */
  after: string
  /** Keys and common prefixes together. */
  maxKeys: number
}

export interface Page {
  keys: string[]
  commonPrefixes: string[]
  /** The last key or common prefix of a truncated page; else null. */
  next: string | null
}

/** One page of a listing over ordered keys. Pure; keys under a common prefix are skipped by bisection. */
export function listPage(keys: readonly string[], request: PageRequest): Page {
  const { prefix, delimiter, after, maxKeys } = request
  const page: Page = { keys: [], commonPrefixes: [], next: null }
  let last = ''
  let at = startOf(keys, request)
  while (at < keys.length && keys[at]!.startsWith(prefix)) {
    const key = keys[at]!
    const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length)
    const rolled = cut === -1 ? null : key.slice(0, cut + delimiter.length)
    if (rolled !== null && rolled === after) {
      at = endOfPrefix(keys, rolled, at)
      continue
    }
    if (page.keys.length + page.commonPrefixes.length === maxKeys) {
      if (maxKeys > 0) page.next = last
      return page
    }
    if (rolled === null) {
      page.keys.push(key)
      at += 1
    } else {
      page.commonPrefixes.push(rolled)
      at = endOfPrefix(keys, rolled, at)
    }
    last = rolled ?? key
  }
  return page
}

function startOf(keys: readonly string[], { prefix, after }: PageRequest): number {
  const first = lowerBound(keys, prefix)
  if (after === '' || compareKeys(after, prefix) < 0) return first
  const at = lowerBound(keys, after, first)
  return keys[at] === after ? at + 1 : at
}
