/** A manifest as listed in the source bucket. `etag` is without quotes. */
export interface ManifestRef {
  readonly key: string
  readonly etag: string
  readonly sizeBytes: number
  /** Which of its rows are read, and how: to the state, another scope is another manifest. Omitted if all are read. */
  readonly scope?: string
}

/** A row without a usable key: null, empty, too long, not UTF-8, or of another bucket. */
export interface RowProblem {
  /** Position within the batch. */
  readonly index: number
  /** The key as far as it can be shown; empty if there is none. */
  readonly key: string
  readonly code: string
  readonly message: string
}

/** Consecutive rows of one row group, in row order. `keys[i]` is null exactly where `problems` names `i`. */
export interface KeyBatch {
  readonly rowGroup: number
  /** Row number, from 0, in the whole manifest of `keys[0]`. */
  readonly firstRow: number
  readonly lastOfRowGroup: boolean
  readonly keys: readonly (string | null)[]
  /** Row numbers, if a filter left rows out; else `keys[i]` is row `firstRow + i`. */
  readonly rows?: readonly number[]
  readonly problems: readonly RowProblem[]
  readonly sizes?: readonly (number | null)[]
  readonly etags?: readonly (string | null)[]
  readonly versionIds?: readonly (string | null)[]
  readonly destinationKeys?: readonly (string | null)[]
}

export interface BatchOptions {
  /** Row groups for which this returns true are not fetched. */
  readonly skipRowGroup?: (index: number) => boolean
  /** Only these rows of one row group, counted from its first; default all. */
  readonly rows?: { readonly group: number; readonly from: number; readonly to: number }
  /** Rows, by their numbers in the manifest, for which this answers true are left out. */
  readonly leaveOut?: (row: number) => boolean
  readonly signal?: AbortSignal
}

export interface ManifestReader {
  /** Rows that `batches` returns, if known before reading; else null. */
  readonly rows: number | null
  readonly bytes: number | null
  /** Null if they are only known by reading. */
  readonly rowGroups: readonly { readonly rows: number }[] | null
  batches(options?: BatchOptions): AsyncIterable<KeyBatch>
}

/** What an operator should know about the location of the manifests. */
export interface ManifestWarning {
  readonly code: string
  readonly message: string
  readonly hint: string
}

/** A source whose manifests can be found by their names, without listing them. */
export interface NamedManifestSource extends ManifestSource {
  /** The manifest of this name as it is now; null when there is none. */
  find(key: string, signal?: AbortSignal): Promise<ManifestRef | null>
}

/** Where the keys come from. */
export interface ManifestSource {
  /** `onWarning` is called at the end of the listing with files that are not read as manifests. */
  discover(signal?: AbortSignal, onWarning?: (warning: ManifestWarning) => void): AsyncIterable<ManifestRef>
  open(ref: ManifestRef, signal?: AbortSignal): Promise<ManifestReader>
  /**
   * Instead of `discover`, where manifests come while the run continues: those that are there, then each as it comes, until no more will or
   * the signal fires. Called several times at once.
   */
  follow?(signal: AbortSignal): AsyncIterable<ManifestRef>
  /** The warning for an operator whose prefix has no manifest. */
  suggestPrefixes(signal?: AbortSignal): Promise<readonly string[]>
}
