import type { Store } from '@lagoon/transfer'
import { CliError } from '../errors/cli-error.js'
import { booleanFlag, choiceFlag, numberFlag, textFlag } from '../options/flag-values.js'
import type { Settings } from '../options/settings.js'
import { printable } from '../text/printable.js'
import type { DatabaseSource } from './rows-of-database.js'
import type { RowPortions } from './rows.js'

/** Where the rows of new manifests come from, and what becomes of them before they are written. */
interface RowSource {
  readonly from:
    | { readonly kind: 'listing'; readonly prefixes: readonly string[]; readonly concurrency: number }
    | { readonly kind: 'list'; readonly path: string }
    | ({ readonly kind: 'database' } & DatabaseSource)
  readonly column: string | undefined
  readonly cutPrefix: string | undefined
  readonly maxRows: number | undefined
  readonly onlyNew: boolean
  /** In the order of the keys, not as they come. */
  readonly sorted: boolean
  /** Whether the bucket must be asked at all. */
  readonly needsStore: boolean
}

/** What the flags of `manifest create` say. Throws where two of them cannot be combined. */
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
    const message = `${given[0]} and ${given[1]} cannot be combined`
    throw new CliError(
      'LAGOON_CLI_CONFLICT',
      message,
      'Use only one of them: manifests are created from one source.',
    )
  }
  if (tableColumn !== undefined && table === undefined) {
    const hint = 'Add --from-table, or omit --from-column.'
    throw new CliError('LAGOON_CLI_CONFLICT', '--from-column needs --from-table', hint)
  }
  const onlyNew = booleanFlag(settings, 'only-new')
  const concurrency = numberFlag(settings, 'list-concurrency') ?? 8
  const from =
    list !== undefined
      ? ({ kind: 'list', path: list } as const)
      : table !== undefined
        ? ({ kind: 'database', table, column: tableColumn ?? 'key' } as const)
        : query !== undefined
          ? ({ kind: 'database', query } as const)
          : ({ kind: 'listing', prefixes, concurrency } as const)
  return {
    from,
    column: textFlag(settings, 'manifest-column'),
    cutPrefix: textFlag(settings, 'cut-prefix'),
    maxRows: numberFlag(settings, 'max-rows'),
    onlyNew,
    sorted: choiceFlag(settings, 'order') === 'sorted',
    needsStore: from.kind === 'listing' || onlyNew,
  }
}

/** Where rows are read, and where there is room for them. */
interface RowContext {
  readonly store: Store
  readonly bucket: string
  readonly manifestPrefix: string
  /** The directory of the manifests: rows that are sorted lie there meanwhile. */
  readonly directory: string
}

/** The rows to be written, sorted or in the order of their source. */
export async function rowsOf(source: RowSource, context: RowContext): Promise<RowPortions> {
  const { store, bucket, manifestPrefix, directory } = context
  const { cutPrefix, firstRows } = await import('./adjust-rows.js')
  let rows = await sourceRows(source, context)
  if (source.cutPrefix !== undefined) rows = cutPrefix(rows, source.cutPrefix)
  if (source.onlyNew) {
    const { onlyNew } = await import('./only-new.js')
    rows = onlyNew(rows, { store, bucket, prefix: manifestPrefix })
  }
  if (source.maxRows !== undefined) rows = firstRows(rows, source.maxRows)
  if (!source.sorted) return rows
  const { sortedRows } = await import('./sorted-rows.js')
  return sortedRows(rows, directory)
}

async function sourceRows(
  { from, column }: RowSource,
  { store, bucket, manifestPrefix }: RowContext,
): Promise<RowPortions> {
  if (from.kind === 'listing') {
    const { listedRows } = await import('./listed-rows.js')
    return listedRows(store, { ...from, manifestPrefix })
  }
  if (from.kind === 'list') {
    const { rowsOfList } = await import('./rows-of-list.js')
    return rowsOfList(from.path, { bucket, ...(column === undefined ? {} : { column }) })
  }
  const { rowsOfDatabase } = await import('./rows-of-database.js')
  return rowsOfDatabase(from)
}
