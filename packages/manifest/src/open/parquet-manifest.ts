import { setImmediate } from 'node:timers/promises'
import type { ManifestColumns } from './choose-columns.js'
import { damageError } from '../damage-error.js'
import { BATCH_ROWS, type KeyBatch } from '../rows/key-batch.js'
import type { KeyRules } from '../rows/key-rules.js'
import type { BatchOptions, ManifestReader } from '../manifest-reader.js'
import type { PlannedRowGroup } from '../parquet/plan-row-groups.js'
import type { RangedFile } from '../parquet/ranged-file.js'
import type { CompiledFilter } from '../rows/row-filter.js'
import { RowGroupReader } from './row-group-reader.js'
import { filterRows } from '../rows/select-rows.js'
import { sumSizes } from './sum-sizes.js'

/** What {@link ParquetManifest} is made of. */
export interface ParquetManifestParts {
  file: RangedFile
  columns: ManifestColumns
  groups: readonly PlannedRowGroup[]
  rows: number
  bytes: number | null
  rules: KeyRules
  filter: CompiledFilter | null
}

/**
 * Reads the keys of a Parquet file, row group by row group. Holds one batch, and of each column one page and two windows
 * of bytes for this row group and one for the next: the same whatever the file's size.
 */
export class ParquetManifest implements ManifestReader {
  readonly rows: number
  readonly bytes: number | null
  readonly rowGroups: readonly { readonly rows: number }[]
  readonly column: string
  readonly #parts: ParquetManifestParts

  constructor(parts: ParquetManifestParts) {
    this.#parts = parts
    this.rows = parts.rows
    this.bytes = parts.bytes
    this.column = parts.columns.key.path
    this.rowGroups = parts.groups.map(({ rows }) => ({ rows }))
  }

  async totalBytes({ signal }: { signal?: AbortSignal } = {}): Promise<number | null> {
    const { file, columns, groups, bytes } = this.#parts
    if (bytes !== null || !columns.size) return bytes
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

  async *batches({ skipRowGroup, signal }: BatchOptions = {}): AsyncGenerator<KeyBatch, void, undefined> {
    const { groups } = this.#parts
    const stop = new AbortController()
    const reads = joinSignals(stop.signal, signal)
    const open = (from: number): RowGroupReader | null => {
      for (let index = from; index < groups.length; index++) {
        if (!skipRowGroup?.(index)) return this.#openGroup(index, reads)
      }
      return null
    }
    try {
      signal?.throwIfAborted()
      let current = open(0)
      while (current) {
        const next: RowGroupReader | null = open(current.index + 1)
        yield* this.#batchesOf(current, signal)
        current = next
      }
    } finally {
      stop.abort()
    }
  }

  #openGroup(index: number, signal: AbortSignal): RowGroupReader {
    const { file, columns, groups, rules } = this.#parts
    const group = new RowGroupReader({ file, group: groups[index]!, signal }, columns, index, rules)
    group.prefetch()
    return group
  }

  async *#batchesOf(
    group: RowGroupReader,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<KeyBatch, void, undefined> {
    try {
      let left = this.#parts.groups[group.index]!.rows
      do {
        const rows = Math.min(left, BATCH_ROWS)
        left -= rows
        const batch = filterRows(await group.read(rows, left === 0), this.#parts.filter)
        // Whoever else works on this thread gets a turn before and after a batch.
        await setImmediate()
        signal?.throwIfAborted()
        yield batch
      } while (left > 0)
    } catch (error) {
      signal?.throwIfAborted()
      throw damageError(error, this.#parts.file.ref.key, group.describe())
    }
  }
}

function joinSignals(own: AbortSignal, given: AbortSignal | undefined): AbortSignal {
  return given ? AbortSignal.any([given, own]) : own
}
