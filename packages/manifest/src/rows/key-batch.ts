import type { KeyProblem } from './key-rules.js'

/** Most rows of a batch: few enough that decoding one does not block the thread that also moves objects. */
export const BATCH_ROWS = 4_096

/** A run of rows of one row group, in row order. */
export interface KeyBatch {
  /** Index of the row group, counted from 0. */
  rowGroup: number
  /** Number in the whole manifest, counted from 0, of the first row that was read for this batch. */
  firstRow: number
  /** True for the last batch of its row group. A row group without rows gives one empty batch. */
  lastOfRowGroup: boolean
  /** One entry per row; `null` exactly where `problems` has an entry. */
  keys: readonly (string | null)[]
  /**
   * Number of each row in the whole manifest. Only if rows were left out (by a filter, or as old versions); else `keys[i]` is row
   * `firstRow + i`.
   */
  rows?: readonly number[]
  /** Rows without a usable key; the others are not affected by them. */
  problems: readonly RowProblem[]
  /** Bytes of each object; `null` if the row does not say. Only if the manifest has such a column. */
  sizes?: readonly (number | null)[]
  /** ETag of each object, without quotes. Only if the manifest has such a column. */
  etags?: readonly (string | null)[]
  /** Only if the manifest has such a column. */
  versionIds?: readonly (string | null)[]
  /** Destination key of each object. Only if the manifest has such a column. */
  destinationKeys?: readonly (string | null)[]
  /** Milliseconds since 1970. Only if the manifest has such a column and a filter needs it, or it was requested. */
  lastModifieds?: readonly (number | null)[]
}

/** A row without a usable key. */
export interface RowProblem extends KeyProblem {
  /** Index into `keys`. */
  index: number
}
