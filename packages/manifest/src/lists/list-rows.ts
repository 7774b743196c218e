import { ManifestError } from '../errors.js'
import type { BatchOptions } from '../manifest-reader.js'
import type { KeyBatch } from '../rows/key-batch.js'
import type { CompiledFilter } from '../rows/row-filter.js'
import { type VersionRules, versionProblem } from '../rows/version-rules.js'
import { BatchBuilder, LIST_GROUP_ROWS, asFilteredRow, type BesideColumns } from './batch-builder.js'
import type { ListColumn, ListFormat } from './list-format.js'
import type { SplitRecord } from './record-splitter.js'
import type { ParsedRow, RowParser } from './row-parser.js'

/** The parts of {@link ListRows}. */
interface ListRowsParts {
  /** Of the list, for messages. */
  name: string
  parser: RowParser
  versions: VersionRules
  filter: CompiledFilter | null
  format: ListFormat
  columns: readonly ListColumn[]
  /** Whether batches carry times. */
  times: boolean
  reading: BatchOptions
}

/** Turns the records of a list into batches of the wanted rows. */
export class ListRows {
  readonly #parts: ListRowsParts
  readonly #builder: BatchBuilder
  readonly #onBatch: (batch: KeyBatch) => void
  /** Whether a skipped row group may contain rows that contradict others. */
  readonly #judgesAll: boolean
  #skipping = false
  /** No further row is wanted. */
  isOver = false

  constructor(parts: ListRowsParts, onBatch: (batch: KeyBatch) => void) {
    const { columns, format, times, reading } = parts
    this.#parts = parts
    this.#builder = new BatchBuilder(besideColumns(format, columns, times))
    this.#onBatch = onBatch
    this.#judgesAll =
      parts.versions.comparesRows &&
      (format.json || columns.includes('versionId')) &&
      !columns.includes('isLatest') &&
      !reading.rows
  }

  add(record: SplitRecord): void {
    if (this.isOver) return
    const { skipRowGroup, rows } = this.#parts.reading
    const row = this.#builder.rows
    const group = this.#builder.rowGroup
    const inGroup = row % LIST_GROUP_ROWS
    if (inGroup === 0) {
      const outside = rows !== undefined && rows.group !== group
      this.#skipping = outside || (skipRowGroup?.(group) ?? false)
    }
    const inRange = rows === undefined || (inGroup >= rows.from && inGroup < rows.to)
    const wanted = !this.#skipping && inRange
    const taken = wanted || this.#judgesAll ? this.#taken(record, row) : null
    const batch = this.#builder.add(wanted ? taken : null)
    const isEnd = rows !== undefined && group === rows.group && inGroup === rows.to - 1
    if (isEnd) {
      this.isOver = true
      const rest = batch ?? this.#builder.take(true)
      if (!this.#skipping) this.#give({ ...rest, lastOfRowGroup: true })
    } else if (batch && !this.#skipping && (rows === undefined || inGroup >= rows.from)) this.#give(batch)
  }

  /** After the last record: the rest. Throws `LAGOON_MANIFEST_COLUMN_MISSING` if no row had a member that may hold the key. */
  end(): KeyBatch | null {
    this.#expectKeys()
    if (this.#skipping || this.isOver || this.#builder.rows % LIST_GROUP_ROWS === 0) return null
    return this.#builder.take(true)
  }

  #give(batch: KeyBatch): void {
    this.#expectKeys()
    this.#onBatch(batch)
  }

  #taken(record: SplitRecord, row: number): ParsedRow | null {
    const { parser, versions, filter, reading } = this.#parts
    const parsed = parser.parse(record)
    const { key, versionId, latest, deleted } = parsed
    const identity = typeof key === 'string' ? (parsed.destinationKey ?? key) : null
    const verdict = versions.judge({ identity, versionId, latest, deleted })
    if (parsed.directory || verdict === 'left-out' || reading.leaveOut?.(row)) return null
    if (verdict !== 'taken') {
      return typeof key === 'string' ? { ...parsed, key: versionProblem(verdict, key) } : parsed
    }
    const filtered = filter && asFilteredRow(parsed)
    return !filtered || filter.matches(filtered) ? parsed : null
  }

  #expectKeys(): void {
    const { name, parser } = this.#parts
    if (parser.keyless === null) return
    const members = parser.keyless.slice(0, 20).map((member) => JSON.stringify(member.slice(0, 200)))
    const first = members.length === 0 ? 'is not a JSON object with members' : `has ${members.join(', ')}`
    throw new ManifestError('LAGOON_MANIFEST_COLUMN_MISSING', {
      message: `${name}: no row has a key; the first one ${first}`,
      hint: 'Choose the member that holds the key (option `column`), or call it "uri" or "key".',
    })
  }
}

function besideColumns(format: ListFormat, columns: readonly ListColumn[], times: boolean): BesideColumns {
  const has = (column: ListColumn): boolean => format.json || columns.includes(column)
  return {
    size: has('size'),
    etag: has('etag'),
    versionId: has('versionId'),
    destinationKey: has('destinationKey'),
    lastModified: times && has('lastModified'),
  }
}
