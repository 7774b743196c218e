/** The job a data directory belongs to. */
export interface Identity {
  /** Where objects come from, for example the endpoint and the bucket. */
  source: string
  /** Where they are copied to. */
  destination: string
  /** The part of the job, if several machines share it. Default: all of it. */
  shard?: string
}

/** Names a manifest: its object key and the ETag it was read with (without quotes). */
export interface ManifestRef {
  readonly key: string
  readonly etag: string
  /** Which of its rows are read, and how; '' or omitted for all of them. Another scope is another manifest. */
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
  /** Object key; for class `row`, whatever could be shown of it. */
  key: string
  class: RowFailureClass
  code: string
  message: string
  attempts: number
  /** Milliseconds since the epoch. */
  time: number
  /** Version (ETag, size …) that the manifest names, if any. */
  version?: string | null
  /** What else a retry needs: version id, destination key, size. */
  job?: object
}

/** Which failures to return; several conditions must all match. */
export interface FailureFilter {
  /** Found without reading the others. */
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

/** Progress of a manifest. */
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
  /** What was passed to `startRun`. */
  info: object
  /** ISO 8601; null if the run was killed. */
  finishedAt: string | null
  /** What was passed to `finishRun`; null if the run was killed. */
  summary: object | null
}

/** A manifest's record, for reading. */
export interface ReadonlyManifestState {
  /** Every row has a durable outcome; `failed` of them are failures at present. Null if it isn't finished. */
  readonly finished: { rows: number; failed: number } | null
  /** Whether every row of the group has an outcome. */
  isRowGroupSettled(index: number): boolean
  /** Rows in settled groups, and how many of them are failures as of the last commit. */
  settledRows(): { rows: number; failed: number }
  /**
   * Failures in settled row groups, in row order: a later run retries these without reading the group. Rows whose key was completed
   * since, through any manifest, are left out at the moment they would be returned.
   */
  failures(): IterableIterator<FailureRecord>
}

/** A manifest's record. */
export interface ManifestState extends ReadonlyManifestState {
  /** Every row of the group had its outcome recorded before this call. */
  settleRowGroup(index: number, rows: number): void
  /** Every row of the manifest had its outcome recorded before this call. */
  finish(totals: { rows: number; rowGroups: number }): void
}

/** State, for reading; every call sees the last commit. */
export interface ReadonlyState {
  /** Progress of a manifest; another ETag under the same key is another manifest. */
  manifest(ref: ManifestRef): ReadonlyManifestState
  /**
   * For each key 0 = to do, 1 = complete, 2 = failed earlier in this round (so: named a second time); 0 for null. With versions, a key
   * that is complete with another version is to do; one recorded without a version is complete.
   */
  lookup(keys: readonly (string | null)[], versions?: readonly (string | null)[]): Uint8Array
  counts(): Counts
  /** Failure records by manifest and row. Commits during the iteration may or may not be included. */
  failures(filter?: FailureFilter): IterableIterator<FailureRecord>
  manifests(): IterableIterator<ManifestSummary>
  /** Oldest first. */
  runs(): IterableIterator<RunRecord>
  readonly uploads: ReadonlyUploads
  close(): Promise<void>
}

/** Multipart uploads in progress, by a name that the caller chooses. */
export interface ReadonlyUploads {
  get(key: string): object | undefined
  entries(): IterableIterator<[string, object]>
}

/** Multipart uploads in progress. Changes are visible immediately and committed with the next group. */
export interface Uploads extends ReadonlyUploads {
  /** From here on, a kill of the process can't lose it; a power cut can until the next commit. */
  put(key: string, value: object): void
  delete(key: string): void
}

/** State of one job, for reading and writing; created by `openState`. */
export interface State extends Omit<ReadonlyState, 'manifest' | 'uploads'> {
  /** The manifest's record; if it was known with another ETag, that record and its failures are dropped. */
  manifest(ref: ManifestRef): ManifestState
  readonly uploads: Uploads
  /** The key was copied and verified (with this version, if one is named). Removes every failure of the key. */
  complete(key: string, version?: string | null): void
  /** The row could not be copied; a second call for the same row replaces the record. */
  fail(failure: FailureRecord): void
  /** Resolves when everything so far is on disk; rejects with a {@link StateError}. */
  flush(): Promise<void>
  /** Null, or, if too much is buffered, a promise to await before recording more. */
  idle(): Promise<void> | null
  /** Begins a run: earlier failures count as to do again. */
  startRun(info: object): void
  /** Begins another round of the run, for instance another scan for manifests: earlier failures count as to do again. */
  startRound(): void
  /** Records the run's figures; resolves when they are on disk. */
  finishRun(summary: object): Promise<void>
  /** Commits what is left, then releases the directory even if that failed. */
  close(): Promise<void>
}

/** What to forget. */
export interface ForgetRequest {
  /** Keys that no longer count as complete. All manifests are forgotten, too, so that those that name them are read again. */
  keys?: readonly string[]
  /** Manifests, by their keys. Their complete keys stay complete. */
  manifests?: readonly string[]
  /** Every manifest with failures: it is read again, and its failed rows are retried. */
  failed?: boolean
}

/** How much was forgotten. */
export interface Forgotten {
  keys: number
  failures: number
  manifests: number
}

/** What only maintenance does with a state. */
export interface MaintainedState extends State {
  /** See `compactState`. */
  compact(): Promise<void>
  copyTo(file: string): Promise<void>
  /** Makes the directory belong to another identity. */
  rename(identity: Identity): void
  /** See `forgetInState`. */
  forget(request: ForgetRequest): Promise<Forgotten>
}
