import type { KeyBatch } from './rows/key-batch.js'

/** An open source of keys, of any format. */
export interface KeyReader {
  /** The column that the keys come from. */
  readonly column: string
  /** Rows, where they are known before reading; else `null`. */
  readonly rows: number | null
  /** Bytes of all objects together, where they are known before reading; else `null`. */
  readonly bytes: number | null
  /** In file order; what `rowGroup` of a batch counts. `null` where they are only known by reading. */
  readonly rowGroups: readonly { readonly rows: number }[] | null
  /** The keys, in row order. Throws `ManifestError`, or the reason of the signal. */
  batches(options?: BatchOptions): AsyncIterable<KeyBatch>
}

/** An open Parquet manifest: what its footer says, and its keys. */
export interface ManifestReader extends KeyReader {
  /** Rows that the footer announces. */
  readonly rows: number
  /** Bytes of all objects together, when the footer says so (manifests written by this package), else `null`. */
  readonly bytes: number | null
  /** In file order; what `rowGroup` of a batch counts. */
  readonly rowGroups: readonly { readonly rows: number }[]
  /**
   * Bytes of all objects together, without reading keys: from the footer, else by reading the column of sizes alone; `null`
   * without one. Filters are not regarded. Throws as {@link ManifestReader.batches}.
   */
  totalBytes(options?: { signal?: AbortSignal }): Promise<number | null>
  /**
   * The keys, in row order. Each row group that is not skipped ends with one batch whose `lastOfRowGroup` is true, or
   * with an error: exactly as many rows are read as the footer announces. The next row group is being fetched while one
   * is consumed; ending the loop early stops that. May be called again.
   *
   * Throws `ManifestError`, or the reason of the signal.
   */
  batches(options?: BatchOptions): AsyncIterable<KeyBatch>
}

/** What to read of a manifest. */
export interface BatchOptions {
  /** Asked once for each row group, before it is fetched; `true` leaves it unread. Default: none is skipped. */
  skipRowGroup?: (index: number) => boolean
  signal?: AbortSignal
}
