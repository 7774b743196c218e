import { ManifestError } from '../errors.js'
import { detailOfName, plainName, usualKeyNames } from '../rows/column-names.js'
import type { ListColumn } from './list-format.js'

/** Columns that a message names. */
const SHOWN_NAMES = 20

/** These decide which object a row names and where it goes, so they must not occur twice. */
const DECIDING: readonly ListColumn[] = ['versionId', 'destinationKey', 'isLatest', 'isDeleteMarker']

/**
 * The meaning of the columns of a header. The key is the requested column, else the first of {@link usualKeyNames}, else the only one
 * without another known meaning. Throws `LAGOON_MANIFEST_COLUMN_MISSING`, `LAGOON_MANIFEST_COLUMN_AMBIGUOUS`.
 */
export function columnsOfHeader(
  list: string,
  header: readonly string[],
  asked: string | undefined,
): ListColumn[] {
  const names = header.map((name) => name.trim())
  const key = asked === undefined ? usualKey(list, names) : askedKey(list, names, asked)
  const columns = names.map((name, index): ListColumn => (index === key ? 'key' : columnOfName(name)))
  for (const column of DECIDING) {
    const same = names.filter((_, index) => columns[index] === column)
    if (same.length > 1) throw ambiguous(list, `${same.length} columns have the same meaning: ${shown(same)}`)
  }
  return columns
}

/** The meaning of a column with that name, unless it is the key. */
export function columnOfName(name: string): ListColumn {
  return detailOfName(name) ?? 'other'
}

function askedKey(list: string, names: readonly string[], asked: string): number {
  const called = indexes(names, (name) => name === asked)
  if (called.length > 1) throw ambiguous(list, `${called.length} columns are called ${JSON.stringify(asked)}`)
  if (called[0] !== undefined) return called[0]
  throw new ManifestError('LAGOON_MANIFEST_COLUMN_MISSING', {
    message: `${list}: has no column ${JSON.stringify(asked)}; its header is ${shown(names)}`,
    hint: 'Choose one of these columns as the key column (option `column`).',
  })
}

function usualKey(list: string, names: readonly string[]): number {
  for (const usual of usualKeyNames(names)) {
    const called = indexes(names, (name) => plainName(name) === usual)
    if (called.length > 1) throw ambiguous(list, `${called.length} columns are called "${usual}"`)
    if (called[0] !== undefined) return called[0]
  }
  const others = indexes(names, (name) => columnOfName(name) === 'other')
  const only = names.length === 1 ? 0 : others.length === 1 ? others[0] : undefined
  if (only !== undefined) return only
  throw ambiguousHeader(list, names)
}

/** The error for a first line that does not say which of its columns holds the keys. */
export function ambiguousHeader(list: string, names: readonly string[]): ManifestError {
  return ambiguous(list, `no column of the first line ${shown(names)} is called "uri" or "key"`)
}

function indexes(names: readonly string[], fits: (name: string) => boolean): number[] {
  return names.flatMap((name, index) => (fits(name) ? [index] : []))
}

function ambiguous(list: string, why: string): ManifestError {
  return new ManifestError('LAGOON_MANIFEST_COLUMN_AMBIGUOUS', {
    message: `${list}: ${why}`,
    hint: 'Choose the key column (option `column`), or call it "uri" or "key" in the first line.',
  })
}

function shown(names: readonly string[]): string {
  const more = names.length > SHOWN_NAMES ? ` and ${names.length - SHOWN_NAMES} more` : ''
  const first = names.slice(0, SHOWN_NAMES).map((name) => JSON.stringify(name.slice(0, 200)))
  return first.join(', ') + more
}
