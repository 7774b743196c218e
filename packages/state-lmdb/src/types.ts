/** Names a manifest: its object key and the ETag it was read with (without quotes). */
export interface ManifestRef {
  readonly key: string
  readonly etag: string
  /** Which of its rows are read, and how; '' or left out for all of them. Another scope is another manifest. */
  readonly scope?: string
}

/** Why a row has no copy: a class of `@lagoon/transfer` that an object can end with, or `row` for a row without a usable key. */
export type RowFailureClass = 'missing' | 'permanent' | 'transient' | 'throttle' | 'row'

/** One row of a manifest whose object could not be copied. A key named twice fails twice. */
export interface FailureRecord {
  manifest: ManifestRef
  /** Row group, from 0. */
  rowGroup: number
  /** Row in the whole manifest, from 0. */
  row: number
  /** Object key; for class `row` whatever could be shown of it. */
  key: string
  class: RowFailureClass
  code: string
  message: string
  attempts: number
  /** Milliseconds since the epoch. */
  time: number
  /** Version (ETag, size …) that the manifest names, if it does. */
  version?: string | null
  /** What else is needed to try again: version id, destination key, size. */
  job?: object
}

/** Which failures to go through; several conditions must all hold. */
export interface FailureFilter {
  /** Found without going through the others. */
  key?: string
  manifest?: ManifestRef
  class?: RowFailureClass
  code?: string
}

/** Figures that are kept as counters: reading them takes the same time for any number of keys. As of the last commit. */
export interface Counts {
  /** Distinct complete keys. */
  complete: number
  /** Failure records: rows, not keys. */
  failed: number
  manifestsFinished: number
}

/** How far a manifest is. */
export interface ManifestSummary extends ManifestRef {
  /** Set when every row has an outcome; `failed` of its rows are failures at present. */
  finished: { rows: number; failed: number } | null
  /** Rows in settled row groups. */
  settledRows: number
  settledRowGroups: number
}

/** A run that was recorded. */
export interface RunRecord {
  number: number
  /** ISO 8601. */
  startedAt: string
  /** What was given to `startRun`. */
  info: object
  /** ISO 8601; null if the run was cut off. */
  finishedAt: string | null
  /** What was given to `finishRun`; null if the run was cut off. */
  summary: object | null
}

/** A manifest's record, to be read. */
export interface ReadonlyManifestState {
  /** Every row has a durable outcome; `failed` of them are failures at present. Null if it isn't finished. */
  readonly finished: { rows: number; failed: number } | null
  /** Whether every row of the group has an outcome. */
  isRowGroupSettled(index: number): boolean
  /** Rows in settled groups, and how many of them are failures as of the last commit. */
  settledRows(): { rows: number; failed: number }
  /**
   * Failures in settled row groups, in the order of rows: a later run tries these again without reading the group. Rows
   * whose key was completed since, by whichever manifest, are left out at the moment they would be given.
   */
  failures(): IterableIterator<FailureRecord>
}

/** A manifest's record. */
export interface ManifestState extends ReadonlyManifestState {
  /** Every row of the group has had its outcome said before this call. */
  settleRowGroup(index: number, rows: number): void
  /** Every row of the manifest has had its outcome said before this call. */
  finish(totals: { rows: number; rowGroups: number }): void
}

/** State, to be read; every call sees what was last committed. */
export interface ReadonlyState {
  /** How far a manifest is; another ETag under the same key is another manifest. */
  manifest(ref: ManifestRef): ReadonlyManifestState
  /**
   * For each key 0 = to do, 1 = complete, 2 = failed earlier in this round (so: named a second time); 0 for null. With
   * versions, a key that is complete with another version is to do; one recorded without a version is complete.
   */
  lookup(keys: readonly (string | null)[], versions?: readonly (string | null)[]): Uint8Array
  counts(): Counts
  /** Failure records by manifest and row. What is committed during the iteration may or may not be in it. */
  failures(filter?: FailureFilter): IterableIterator<FailureRecord>
  manifests(): IterableIterator<ManifestSummary>
  /** Oldest first. */
  runs(): IterableIterator<RunRecord>
  readonly uploads: ReadonlyUploads
  close(): Promise<void>
}

/** Multipart uploads under way, by a name that the caller chooses. */
export interface ReadonlyUploads {
  get(key: string): object | undefined
  entries(): IterableIterator<[string, object]>
}

/** Multipart uploads under way. Changes are seen at once and committed with the next group. */
export interface Uploads extends ReadonlyUploads {
  /** A kill of the process can't lose it from here on; a power cut until the next commit. */
  put(key: string, value: object): void
  delete(key: string): void
}

/** State of one job, to be read and written; made by `openState`. */
export interface State extends Omit<ReadonlyState, 'manifest' | 'uploads'> {
  /** The manifest's record; if it was known with another ETag, that record and its failures are dropped. */
  manifest(ref: ManifestRef): ManifestState
  readonly uploads: Uploads
  /** The key was copied and verified (with this version, if one is named). Removes every failure of the key. */
  complete(key: string, version?: string | null): void
  /** Completes the keys that are not, at one go. For each key 1 = it was complete, or stands further ahead in `keys`; 0 = it is now, or null. */
  completeNew(keys: readonly (string | null)[]): Uint8Array
  /** The row could not be copied; said again for the same row it replaces the record. */
  fail(failure: FailureRecord): void
  /** Resolves when everything said so far is on the disk; rejects with a {@link StateError}. */
  flush(): Promise<void>
  /** Null, or, when too much is buffered, a promise to wait for before saying more. */
  idle(): Promise<void> | null
  /** Begins a run: what failed before counts as to do again. */
  startRun(info: object): void
  /** Begins another round of the run, for instance another scan for manifests: what failed before counts as to do again. */
  startRound(): void
  /** Records the run's figures; resolves when they are on the disk. */
  finishRun(summary: object): Promise<void>
  /** Commits what is left, then lets go of the directory also if that failed. */
  close(): Promise<void>
}
