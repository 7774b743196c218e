/**
 * What the pipeline needs of the packages around it. `@lagoon/manifest`, `@lagoon/state-lmdb`, `@lagoon/aimd`
 * and `@lagoon/transfer` fit these interfaces structurally; so does whatever somebody embeds instead.
 */

/** A manifest as a listing of the source bucket names it. `etag` is without quotes. */
export interface ManifestRef {
  readonly key: string
  readonly etag: string
  readonly sizeBytes: number
}

/** A row that names no usable key: null, empty, too long, not UTF-8, or in another bucket. */
export interface RowProblem {
  /** Position within the batch. */
  readonly index: number
  /** The key as far as it can be shown; empty when there is none. */
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
  /** Row numbers, where rows were left out by a filter; else `keys[i]` is row `firstRow + i`. */
  readonly rows?: readonly number[]
  readonly problems: readonly RowProblem[]
  readonly sizes?: readonly (number | null)[]
  readonly etags?: readonly (string | null)[]
  readonly versionIds?: readonly (string | null)[]
  readonly destinationKeys?: readonly (string | null)[]
}

export interface BatchOptions {
  /** Row groups for which this answers true are not fetched. */
  readonly skipRowGroup?: (index: number) => boolean
  readonly signal?: AbortSignal
}

export interface ManifestReader {
  /** Rows that `batches` gives, where they are known before reading; else null. */
  readonly rows: number | null
  readonly bytes: number | null
  /** Null where they are only known by reading. */
  readonly rowGroups: readonly { readonly rows: number }[] | null
  batches(options?: BatchOptions): AsyncIterable<KeyBatch>
}

/** Where the keys come from. */
export interface ManifestSource {
  discover(signal?: AbortSignal): AsyncIterable<ManifestRef>
  open(ref: ManifestRef, signal?: AbortSignal): Promise<ManifestReader>
  /** What to tell an operator whose prefix holds no manifest. */
  suggestPrefixes(signal?: AbortSignal): Promise<readonly string[]>
}

export type FailureClass = 'missing' | 'permanent' | 'transient' | 'throttle' | 'row'

/** A row without a complete object, kept whole so that a later run can try again without its manifest. */
export interface FailureRecord {
  readonly manifest: { readonly key: string; readonly etag: string }
  readonly rowGroup: number
  readonly row: number
  readonly key: string
  readonly class: FailureClass
  readonly code: string
  readonly message: string
  readonly attempts: number
  /** Milliseconds since the epoch. */
  readonly time: number
  readonly version?: string | null
  readonly job?: object
}

/** What is known of one manifest: which row groups have an outcome for every row. */
export interface KnownManifest {
  readonly finished: { readonly rows: number; readonly failed: number } | null
  isRowGroupSettled(index: number): boolean
  settledRows(): { readonly rows: number; readonly failed: number }
  /** Failures in settled row groups, to be tried again without reading the group. */
  failures(): Iterable<FailureRecord>
}

/** The record of one manifest. Marks stand for outcomes that were said before them. */
export interface ManifestState extends KnownManifest {
  settleRowGroup(index: number, rows: number): void
  finish(totals: { rows: number; rowGroups: number }): void
}

/** What {@link KnownState.lookup} says of a key. */
export const LOOKUP = { todo: 0, complete: 1, failedInThisRound: 2 } as const

/** What earlier runs have done. */
export interface KnownState {
  manifest(ref: { key: string; etag: string }): KnownManifest
  /** One of {@link LOOKUP} for each key; `todo` for null. */
  lookup(keys: readonly (string | null)[], versions?: readonly (string | null)[]): Uint8Array
}

/** Memory of outcomes. Everything said is visible to `lookup` at once and durable after `flush`. */
export interface StatePort extends KnownState {
  manifest(ref: { key: string; etag: string }): ManifestState
  complete(key: string, version?: string | null): void
  fail(failure: FailureRecord): void
  flush(): Promise<void>
  /** Another look for manifests begins: what failed before is to do again. */
  startRound(): void
  /** A promise to wait for when too much is buffered; null when all is well. */
  idle(): Promise<void> | null
}

/** One object to copy. */
export interface CopyJob {
  readonly key: string
  readonly destinationKey?: string
  readonly versionId?: string
  readonly sizeBytes?: number
}

export interface AttemptFailure {
  readonly class: 'throttle' | 'transient' | 'permanent' | 'missing' | 'aborted'
  readonly side: 'source' | 'destination'
  readonly code: string
  readonly message: string
  readonly status?: number
  readonly retryAfterMs?: number
  readonly cause?: unknown
}

/** How one unit of data work ended: a whole small object, or one part. Always data, never an exception. */
export type Attempt<T> =
  | { readonly ok: true; readonly value: T; readonly bytes: number; readonly ttfbMs: number }
  | { readonly ok: false; readonly failure: AttemptFailure }

export type RunnerResult<T> =
  | { readonly ok: true; readonly value: T; readonly attempts: number }
  | { readonly ok: false; readonly failure: AttemptFailure; readonly attempts: number }

/** Runs units of data work under the concurrency limit, and again when that can help. */
export interface AttemptRunner {
  run<T>(attempt: (signal: AbortSignal | undefined) => Promise<Attempt<T>>): Promise<RunnerResult<T>>
}

export type CopyResult =
  | {
      readonly ok: true
      readonly bytes: number
      readonly etag: string
      readonly verification: string
      readonly attempts: number
      /** The destination had it already and the overwrite mode left it alone. */
      readonly skipped?: boolean
    }
  | { readonly ok: false; readonly failure: AttemptFailure; readonly attempts: number }

export interface CopierPort {
  copy(job: CopyJob, runner: AttemptRunner, signal?: AbortSignal): Promise<CopyResult>
  /** HTTP requests sent so far. */
  readonly requests: { readonly source: number; readonly destination: number }
  /** Changes the caps of both sides; null lifts one. Left out by a copier that has none. */
  limitTraffic?(limits: {
    readonly maxBytesPerSecond?: number | null
    readonly maxRequestsPerSecond?: number | null
  }): void
}

/** The gate that enforces the limit. */
export interface Gate {
  readonly inFlight: number
  readonly limit: number
  tryAcquire(): Permit | null
  acquire(options?: { signal?: AbortSignal }): Permit | Promise<Permit>
  resize(limit: number): void
  /** True while no permit is granted. */
  readonly closed: boolean
  close(): void
  open(): void
}

export interface Permit {
  release(): void
}

/** One window of attempts, as `@lagoon/aimd` defines it. */
export interface WindowSample {
  elapsedMs: number
  succeeded: number
  failed: number
  throttled: number
  bytes: number
  latencyMs: { p50: number; p90: number } | null
  inFlight: number
}

export interface Decision {
  limit: number
  previous: number
  action: 'increase' | 'decrease' | 'hold'
  reason: string
}

/** The control law. */
export interface Controller {
  readonly limit: number
  readonly intervalMs: number
  update(sample: WindowSample): Decision
  setBounds(bounds: { readonly minConcurrency?: number; readonly maxConcurrency?: number }): void
}

/** Where rows of `--report` go. */
export interface ReportRow {
  key: string
  outcome: 'copied' | 'skipped' | 'failed' | 'missing'
  code: string | null
  message: string | null
  bytes: number | null
  etag: string | null
  verification: string | null
  attempts: number
  durationMs: number | null
}

export interface ReportPort {
  write(row: ReportRow): void
  /** A promise to wait for when too much is buffered; null when all is well. */
  idle(): Promise<void> | null
  close(): Promise<void>
}
