import type { KeyBatch } from './rows/key-batch.js'

/** An open source of keys, of any format. */
export interface KeyReader {
  /** The column that the keys come from. */
  readonly column: string
  /** Rows, if known before reading; else `null`. */
  readonly rows: number | null
  /** Bytes of all objects together, if known before reading; else `null`. */
  readonly bytes: number | null
  /** In file order; indexed by `rowGroup` of a batch. `null` if they are only known by reading. */
  readonly rowGroups: readonly { readonly rows: number }[] | null
  /**
   * Whether rows may be left out: by a filter, or because columns say which versions are current. `rows` and `bytes` then include those
   * rows.
   */
  readonly selective: boolean
  /** The keys, in row order. Throws `ManifestError`, or the reason of the signal. */
  batches(options?: BatchOptions): AsyncIterable<KeyBatch>
}

/** An open Parquet manifest: what its footer says, and its keys. */
export interface ManifestReader extends KeyReader {
  /** Rows that the footer states. */
  readonly rows: number
  /** Bytes of all objects together, when the footer says so (manifests written by this package), else `null`. */
  readonly bytes: number | null
  /** In file order; indexed by `rowGroup` of a batch. */
  readonly rowGroups: readonly { readonly rows: number }[]
  /**
   * Bytes of all objects together, without reading keys: from the footer, else by reading only the size column; `null` without one.
   * Filters are ignored. Throws like {@link ManifestReader.batches}.
   */
  totalBytes(options?: { signal?: AbortSignal }): Promise<number | null>
  /**
   * The keys, in row order. Each row group that is not skipped ends with one batch whose `lastOfRowGroup` is true, or with an error:
   * exactly as many rows are read as the footer states. The next row group is fetched while one is consumed; ending the loop early
   * stops that. May be called again.
   *
   * Throws `ManifestError`, or the reason of the signal.
   */
  batches(options?: BatchOptions): AsyncIterable<KeyBatch>
}

/** What to read of a manifest. */
export interface BatchOptions {
  /**
   * Asked once for each row group, before it is fetched; `true` skips it. Default: none is skipped. If a file names versions but not
   * which one is the latest, its row groups are read all the same, to find rows that contradict each other, but give no batch.
   */
  skipRowGroup?: (index: number) => boolean
  /**
   * Only these rows: of row group `group`, those from `from` up to, but not including, `to`, counted from the first row of the group.
   * The row group is requested like any other; rows outside the range are not examined. A batch knows which rows of the manifest it
   * contains, and `lastOfRowGroup` is true for the last batch of the range. Default: all rows.
   */
  rows?: RowRange
  /** Asked for each row by its number in the manifest, counted from 0; `true` leaves it out. Default: none is left out. */
  leaveOut?: (row: number) => boolean
  signal?: AbortSignal
}

/** Rows of one row group. */
export interface RowRange {
  /** Index of the row group, counted from 0. */
  group: number
  /** First row, counted from the first one of the row group. */
  from: number
  /** One past the last row. At most the number of rows of the row group, if known. */
  to: number
}
