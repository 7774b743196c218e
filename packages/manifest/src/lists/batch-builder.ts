import { BATCH_ROWS, type KeyBatch, type RowProblem } from '../rows/key-batch.js'
import type { KeyProblem } from '../rows/key-rules.js'
import type { FilteredRow } from '../rows/row-filter.js'

/** Rows of a list that count as one row group: the unit that a resumed run skips or reads again. */
export const LIST_GROUP_ROWS = 65_536

/** A row of a list. */
export interface ListRow {
  key: string | KeyProblem
  size: number | null
  etag: string | null
  versionId: string | null
  destinationKey: string | null
  lastModifiedMs: number | null
}

/** The columns that batches carry beside the keys. */
export interface BesideColumns {
  size: boolean
  etag: boolean
  versionId: boolean
  destinationKey: boolean
  lastModified: boolean
}

/** Collects rows into batches and tracks where row groups end. A skipped row still has a number. */
export class BatchBuilder {
  readonly #beside: BesideColumns
  #row = 0
  #firstRow = 0
  #rows: number[] = []
  #keys: (string | null)[] = []
  #problems: RowProblem[] = []
  #sizes: (number | null)[] = []
  #etags: (string | null)[] = []
  #versionIds: (string | null)[] = []
  #destinationKeys: (string | null)[] = []
  #lastModifieds: (number | null)[] = []

  /** `beside`: the columns that the batches carry. */
  constructor(beside: BesideColumns) {
    this.#beside = beside
  }

  /** Rows so far. */
  get rows(): number {
    return this.#row
  }

  /** Row group of the next row. */
  get rowGroup(): number {
    return Math.floor(this.#row / LIST_GROUP_ROWS)
  }

  /** Takes or skips the next row. Returns a batch when one is full or its row group ends. */
  add(row: ListRow | null): KeyBatch | null {
    if (row) {
      this.#rows.push(this.#row)
      if (typeof row.key === 'string') this.#keys.push(row.key)
      else {
        this.#problems.push({ index: this.#keys.length, ...row.key })
        this.#keys.push(null)
      }
      this.#sizes.push(row.size)
      this.#etags.push(row.etag)
      this.#versionIds.push(row.versionId)
      this.#destinationKeys.push(row.destinationKey)
      this.#lastModifieds.push(row.lastModifiedMs)
    }
    this.#row++
    if (this.#row % LIST_GROUP_ROWS === 0) return this.take(true)
    return this.#row - this.#firstRow >= BATCH_ROWS ? this.take(false) : null
  }

  /** The rows collected so far. */
  take(lastOfRowGroup: boolean): KeyBatch {
    const whole = this.#rows.length === this.#row - this.#firstRow
    const beside = this.#beside
    const batch: KeyBatch = {
      rowGroup: Math.floor(this.#firstRow / LIST_GROUP_ROWS),
      firstRow: this.#firstRow,
      lastOfRowGroup,
      keys: this.#keys,
      problems: this.#problems,
      ...(!whole && { rows: this.#rows }),
      ...(beside.size && { sizes: this.#sizes }),
      ...(beside.etag && { etags: this.#etags }),
      ...(beside.versionId && { versionIds: this.#versionIds }),
      ...(beside.destinationKey && { destinationKeys: this.#destinationKeys }),
      ...(beside.lastModified && { lastModifieds: this.#lastModifieds }),
    }
    this.#firstRow = this.#row
    this.#rows = []
    this.#keys = []
    this.#problems = []
    this.#sizes = []
    this.#etags = []
    this.#versionIds = []
    this.#destinationKeys = []
    this.#lastModifieds = []
    return batch
  }
}

/** A row as a filter sees it. */
export function asFilteredRow({ key, size, lastModifiedMs }: ListRow): FilteredRow | null {
  return typeof key === 'string' ? { key, sizeBytes: size, lastModifiedMs } : null
}
