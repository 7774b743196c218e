import { setImmediate } from 'node:timers/promises'
import { damageError } from '../damage-error.js'
import type { BatchOptions, ManifestReader } from '../manifest-reader.js'
import { resolveBatchOptions } from '../options.js'
import { SpannedFile } from '../parquet/byte-source.js'
import type { PlannedRowGroup } from '../parquet/plan-row-groups.js'
import { type GroupRun, planSpans } from '../parquet/plan-spans.js'
import type { RangedFile } from '../parquet/ranged-file.js'
import { BATCH_ROWS, type KeyBatch } from '../rows/key-batch.js'
import type { KeyRules } from '../rows/key-rules.js'
import type { CompiledFilter } from '../rows/row-filter.js'
import { filterRows, leaveOutRows } from '../rows/select-rows.js'
import { VersionRules } from '../rows/version-rules.js'
import type { ManifestColumns } from './choose-columns.js'
import { RowGroupReader, type RowRules } from './row-group-reader.js'
import { sumSizes } from './sum-sizes.js'

/** The parts of {@link ParquetManifest}. */
interface ParquetManifestParts {
  file: RangedFile
  columns: ManifestColumns
  groups: readonly PlannedRowGroup[]
  rows: number
  bytes: number | null
  rules: KeyRules
  filter: CompiledFilter | null
  currentOnly: boolean
  oneVersion: boolean
}

/** A row group to read: its rows `[from, to)`. */
interface WantedGroup {
  index: number
  planned: PlannedRowGroup
  from: number
  to: number
  /** Read only to know which versions its rows name. */
  silent: boolean
}

/** Row groups that are fetched together, each ready to read. */
type OpenRun = { wanted: WantedGroup; reader: RowGroupReader }[]

/**
 * Reads the keys of a Parquet file, row group by row group. Holds one batch, and what is fetched for this row group and the next: a
 * span of several small ones, or one page and two windows of bytes per column. That is the same for any file size.
 */
export class ParquetManifest implements ManifestReader {
  readonly rows: number
  readonly bytes: number | null
  readonly rowGroups: readonly { readonly rows: number }[]
  readonly column: string
  readonly selective: boolean
  readonly #parts: ParquetManifestParts

  constructor(parts: ParquetManifestParts) {
    this.#parts = parts
    this.rows = parts.rows
    this.bytes = parts.bytes
    const { key, isLatest, isDeleteMarker, timeDeleted } = parts.columns
    this.column = key.path
    this.selective = parts.filter !== null || (isLatest ?? isDeleteMarker ?? timeDeleted) !== null
    this.rowGroups = parts.groups.map(({ rows }) => ({ rows }))
  }

  async totalBytes({ signal }: { signal?: AbortSignal } = {}): Promise<number | null> {
    const { file, columns, groups, bytes } = this.#parts
    if (bytes !== null || !columns.size || columns.size.type === 'BYTE_ARRAY') return bytes
    const stop = new AbortController()
    try {
      return await sumSizes(file, columns.size, groups, joinSignals(stop.signal, signal))
    } catch (error) {
      signal?.throwIfAborted()
      throw damageError(error, file.ref.key, `column ${columns.size.path}`)
    } finally {
      stop.abort()
    }
  }

  async *batches(options: BatchOptions = {}): AsyncGenerator<KeyBatch, void, undefined> {
    const { signal, leaveOut } = resolveBatchOptions(options, this.rowGroups)
    const stop = new AbortController()
    const reads = joinSignals(stop.signal, signal)
    const rules = this.#rowRules()
    try {
      signal?.throwIfAborted()
      const runs = planSpans(this.#wantedGroups(options))
      const open = (): OpenRun | null => {
        const run = runs.next()
        return run.done ? null : this.#openRun(run.value, rules, reads)
      }
      for (let current = open(); current;) {
        const next = open()
        for (const { wanted, reader } of current) {
          for await (const batch of this.#batchesOf(wanted, reader, signal)) {
            if (!wanted.silent) yield leaveOutRows(batch, leaveOut)
          }
        }
        current = next
      }
    } finally {
      stop.abort()
    }
  }

  *#wantedGroups({ skipRowGroup, rows }: BatchOptions): Generator<WantedGroup, void, undefined> {
    const { groups, columns, oneVersion } = this.#parts
    const saysWhich = columns.isLatest !== null || (columns.versionId ?? columns.isDeleteMarker) === null
    const comparesAll = oneVersion && !saysWhich && rows === undefined
    for (const [index, planned] of groups.entries()) {
      if (rows !== undefined && rows.group !== index) continue
      const silent = skipRowGroup?.(index) ?? false
      if (silent && !comparesAll) continue
      yield { index, planned, silent, from: rows?.from ?? 0, to: rows?.to ?? planned.rows }
    }
  }

  #rowRules(): RowRules {
    const { rules, columns, currentOnly, oneVersion } = this.#parts
    const { versionId, isLatest, isDeleteMarker, timeDeleted } = columns
    const saysVersions = (versionId ?? isLatest ?? isDeleteMarker ?? timeDeleted) !== null
    const versioned = versionId !== null
    const versions = saysVersions ? new VersionRules({ currentOnly, oneVersion, versioned }) : null
    return { keys: rules, versions }
  }

  #openRun({ groups, span }: GroupRun<WantedGroup>, rules: RowRules, signal: AbortSignal): OpenRun {
    const { file, columns } = this.#parts
    const source = span ? new SpannedFile(file, span) : file
    return groups.map((wanted) => {
      const context = { file: source, group: wanted.planned, signal }
      const reader = new RowGroupReader(context, columns, wanted.index, rules)
      reader.prefetch()
      return { wanted, reader }
    })
  }

  async *#batchesOf(
    { planned, from, to }: WantedGroup,
    reader: RowGroupReader,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<KeyBatch, void, undefined> {
    try {
      await reader.skip(from)
      let left = to - from
      do {
        const rows = Math.min(left, BATCH_ROWS)
        left -= rows
        const batch = await reader.read(rows, { last: left === 0, atEnd: left === 0 && to === planned.rows })
        // Lets other work on this thread run before and after a batch.
        await setImmediate()
        signal?.throwIfAborted()
        yield filterRows(batch, this.#parts.filter)
      } while (left > 0)
    } catch (error) {
      signal?.throwIfAborted()
      throw damageError(error, this.#parts.file.ref.key, reader.describe())
    }
  }
}

function joinSignals(own: AbortSignal, given: AbortSignal | undefined): AbortSignal {
  return given ? AbortSignal.any([given, own]) : own
}
