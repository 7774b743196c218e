import type { KeyProblem } from './key-rules.js'

/** Rows of a batch, at most: few enough that decoding one does not hold up the thread that also moves objects. */
export const BATCH_ROWS = 4_096

/** A run of rows of one row group, in row order. */
export interface KeyBatch {
  /** Index of the row group, counted from 0. */
  rowGroup: number
  /** Number in the whole manifest, counted from 0, of the first row that was read for this batch. */
  firstRow: number
  /** True for the last batch of its row group. A row group without rows gives one empty batch. */
  lastOfRowGroup: boolean
  /** One entry a row; `null` exactly where `problems` has an entry. */
  keys: readonly (string | null)[]
  /**
   * Number of each row in the whole manifest. Only when rows were left out (by a filter, or as old versions); else
   * `keys[i]` is row `firstRow + i`.
   */
  rows?: readonly number[]
  /** Rows that hold no usable key; the others are not affected by them. */
  problems: readonly RowProblem[]
  /** Bytes of each object; `null` where the row does not say. Only when the manifest has such a column. */
  sizes?: readonly (number | null)[]
  /** ETag of each object, without quotes. Only when the manifest has such a column. */
  etags?: readonly (string | null)[]
  /** Only when the manifest has such a column. */
  versionIds?: readonly (string | null)[]
  /** Where each object is to lie at the destination. Only when the manifest has such a column. */
  destinationKeys?: readonly (string | null)[]
  /** Milliseconds since 1970. Only when the manifest has such a column and a filter needs it, or it was asked for. */
  lastModifieds?: readonly (number | null)[]
}

/** A row that holds no usable key. */
export interface RowProblem extends KeyProblem {
  /** Index into `keys`. */
  index: number
}
