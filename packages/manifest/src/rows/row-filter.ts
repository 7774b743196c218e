import { ManifestError } from '../errors.js'

/** Which rows of a manifest to read. Omitted conditions don't count; a row must match all the others. */
export interface RowFilter {
  /** The key begins with this. */
  prefix?: string
  /** The whole key matches: `*` and `?` stand for characters except `/`, `**` for any characters, `[a-z]` for one of these. */
  glob?: string
  /** Some part of the key matches. Flags `g` and `y` are not allowed. */
  pattern?: RegExp
  /** Bytes, inclusive. A row without a size does not match. */
  minSizeBytes?: number
  /** Bytes, inclusive. A row without a size does not match. */
  maxSizeBytes?: number
  /** Inclusive. A row without a time does not match. */
  modifiedFrom?: Date
  /** Exclusive. A row without a time does not match. */
  modifiedBefore?: Date
}

/** What a filter examines. */
export interface FilteredRow {
  key: string
  sizeBytes: number | null
  /** Milliseconds since 1970. */
  lastModifiedMs: number | null
}

/** A filter that has been checked. */
export interface CompiledFilter {
  matches(row: FilteredRow): boolean
  needsSize: boolean
  needsLastModified: boolean
}

/**
 * For checking a filter before any manifest is opened. Throws `LAGOON_MANIFEST_INVALID_OPTION` for an invalid filter, or one that could
 * never match.
 */
export function checkRowFilter(filter: RowFilter): void {
  compileFilter(filter)
}

/** Throws like {@link checkRowFilter}. */
export function compileFilter(filter: RowFilter): CompiledFilter {
  const { prefix, pattern } = filter
  const glob = filter.glob === undefined ? null : globPattern(filter.glob)
  if (pattern && (pattern.global || pattern.sticky)) {
    throw invalid(`the pattern ${String(pattern)} has flag g or y`)
  }
  const size = range('size', filter.minSizeBytes, filter.maxSizeBytes)
  const modified = range('time', filter.modifiedFrom?.getTime(), filter.modifiedBefore?.getTime())
  return {
    needsSize: size !== null,
    needsLastModified: modified !== null,
    matches({ key, sizeBytes, lastModifiedMs }) {
      if (prefix !== undefined && !key.startsWith(prefix)) return false
      if (glob && !glob.test(key)) return false
      if (pattern && !pattern.test(key)) return false
      if (size && (sizeBytes === null || sizeBytes < size.from || sizeBytes > size.to)) return false
      return (
        !modified ||
        (lastModifiedMs !== null && lastModifiedMs >= modified.from && lastModifiedMs < modified.to)
      )
    },
  }
}

function range(what: string, from?: number, to?: number): { from: number; to: number } | null {
  if (from === undefined && to === undefined) return null
  const bounds = { from: from ?? -Infinity, to: to ?? Infinity }
  if (!(bounds.from <= bounds.to)) throw invalid(`no ${what} lies between ${from} and ${to}`)
  return bounds
}

function globPattern(glob: string): RegExp {
  let source = ''
  for (let at = 0; at < glob.length; at++) {
    const char = glob[at]!
    if (char === '*') {
      const any = glob[at + 1] === '*'
      if (any) at++
      source += any ? '.*' : '[^/]*'
    } else if (char === '?') {
      source += '[^/]'
    } else if (char === '[') {
      const end = glob.indexOf(']', at + 2)
      if (end < 0) throw invalid(`the glob ${JSON.stringify(glob)} has a [ without its ]`)
      const set = glob.slice(at + 1, end).replace(/[\\[\]]/g, '\\$&')
      source += set.startsWith('!') ? `[^/${set.slice(1)}]` : `[${set.replace(/^\^/, '\\^')}]`
      at = end
    } else {
      source += char.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
    }
  }
  try {
    return new RegExp(`^${source}$`, 'su')
  } catch (cause) {
    throw invalid(`the glob ${JSON.stringify(glob)} is not valid`, cause)
  }
}

function invalid(message: string, cause?: unknown): ManifestError {
  return new ManifestError('LAGOON_MANIFEST_INVALID_OPTION', { message, hint: 'Correct the filter.', cause })
}
