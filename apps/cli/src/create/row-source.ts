import type { Store } from '@lagoon/transfer'
import { CliError } from '../errors.js'
import { booleanFlag, numberFlag, textFlag } from '../options/parse-value.js'
import type { Settings } from '../options/settings.js'
import { printable } from '../output/printable.js'
import type { DatabaseSource } from './rows-of-database.js'
import type { CandidateRow } from './rows.js'

/** Where the rows of new manifests come from, and what becomes of them before they are written. */
export interface RowSource {
  readonly from:
    | { readonly kind: 'listing'; readonly prefixes: readonly string[] }
    | { readonly kind: 'list'; readonly path: string }
    | ({ readonly kind: 'database' } & DatabaseSource)
  readonly column: string | undefined
  readonly cutPrefix: string | undefined
  readonly maxRows: number | undefined
  readonly onlyNew: boolean
  /** Whether the bucket must be asked at all. */
  readonly needsStore: boolean
}

/** What the flags of `manifest create` say. Throws where two of them exclude each other. */
export function resolveRowSource(settings: Settings, prefixes: readonly string[]): RowSource {
  const list = textFlag(settings, 'from')
  const table = textFlag(settings, 'from-table')
  const query = textFlag(settings, 'from-query')
  const tableColumn = textFlag(settings, 'from-column')
  const given = [
    list === undefined ? '' : '--from',
    table === undefined ? '' : '--from-table',
    query === undefined ? '' : '--from-query',
    prefixes.length === 0 ? '' : `the prefix ${printable(prefixes[0]!)}`,
  ].filter(Boolean)
  if (given.length > 1) {
    const message = `${given[0]} and ${given[1]} exclude each other`
    throw new CliError(
      'LAGOON_CLI_CONFLICT',
      message,
      'Leave out one of them: manifests are made of one source.',
    )
  }
  if (tableColumn !== undefined && table === undefined) {
    const hint = 'Name the table, or leave the column out.'
    throw new CliError('LAGOON_CLI_CONFLICT', '--from-column is given without --from-table', hint)
  }
  const onlyNew = booleanFlag(settings, 'only-new')
  const from =
    list !== undefined
      ? ({ kind: 'list', path: list } as const)
      : table !== undefined
        ? ({ kind: 'database', table, column: tableColumn ?? 'key' } as const)
        : query !== undefined
          ? ({ kind: 'database', query } as const)
          : ({ kind: 'listing', prefixes } as const)
  return {
    from,
    column: textFlag(settings, 'manifest-column'),
    cutPrefix: textFlag(settings, 'cut-prefix'),
    maxRows: numberFlag(settings, 'max-rows'),
    onlyNew,
    needsStore: from.kind === 'listing' || onlyNew,
  }
}

/** The rows to be written, in the order of their source. */
export async function rowsOf(
  source: RowSource,
  { store, bucket, manifestPrefix }: { store: Store; bucket: string; manifestPrefix: string },
): Promise<AsyncIterable<CandidateRow>> {
  const { cutPrefix, firstRows } = await import('./adjust-rows.js')
  let rows = await sourceRows(source, { store, bucket, manifestPrefix })
  if (source.cutPrefix !== undefined) rows = cutPrefix(rows, source.cutPrefix)
  if (source.onlyNew) {
    const { onlyNew } = await import('./only-new.js')
    rows = onlyNew(rows, { store, bucket, prefix: manifestPrefix })
  }
  return source.maxRows === undefined ? rows : firstRows(rows, source.maxRows)
}

async function sourceRows(
  { from, column }: RowSource,
  { store, bucket, manifestPrefix }: { store: Store; bucket: string; manifestPrefix: string },
): Promise<AsyncIterable<CandidateRow>> {
  if (from.kind === 'listing') {
    const { listedRows } = await import('./listed-rows.js')
    return listedRows(store, from.prefixes, manifestPrefix)
  }
  if (from.kind === 'list') {
    const { rowsOfList } = await import('./rows-of-list.js')
    return rowsOfList(from.path, { bucket, ...(column === undefined ? {} : { column }) })
  }
  const { rowsOfDatabase } = await import('./rows-of-database.js')
  return rowsOfDatabase(from)
}
