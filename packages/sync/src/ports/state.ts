import type { FailureClass } from './copier.js'
import type { ManifestRef } from './manifests.js'

/** How a row without a copy can end: a class of failure that is an outcome, or `row` if it names no usable key. */
export type RowFailureClass = Exclude<FailureClass, 'aborted'> | 'row'

/** What distinguishes manifests. */
export type ManifestId = Pick<ManifestRef, 'key' | 'etag' | 'scope'>

/** A row without a complete object, stored whole so that a later run can retry it without its manifest. */
export interface FailureRecord {
  readonly manifest: ManifestId
  readonly rowGroup: number
  readonly row: number
  readonly key: string
  readonly class: RowFailureClass
  readonly code: string
  readonly message: string
  readonly attempts: number
  /** Milliseconds since the epoch. */
  readonly time: number
  readonly version?: string | null
  readonly job?: object
}

/** What is known about one manifest: which row groups have an outcome for every row. */
export interface KnownManifest {
  readonly finished: { readonly rows: number; readonly failed: number } | null
  isRowGroupSettled(index: number): boolean
  settledRows(): { readonly rows: number; readonly failed: number }
  /** Failures in settled row groups, to retry without reading the group. */
  failures(): Iterable<FailureRecord>
}

/** The outcome of a row. */
export type RowOutcome = 'copied' | 'skipped' | 'failed' | 'missing'

/** The record of one manifest. Marks stand for outcomes that were recorded before them. */
export interface ManifestState extends KnownManifest {
  /**
   * Called for each row once its outcome was recorded, for a state that keeps rows instead of row groups. A second call for a row replaces the
   * first: the last pass may turn a failure round. Row numbers count from 0 in the whole manifest; `bytes` are those that were copied.
   */
  settleRow?(row: number, outcome: RowOutcome, bytes?: number): void
  settleRowGroup(index: number, rows: number): void
  finish(totals: { rows: number; rowGroups: number }): void
}

/** What {@link KnownState.lookup} returns for a key. */
export const LOOKUP = { todo: 0, complete: 1, failedInThisRound: 2 } as const

/** What earlier runs have done. */
export interface KnownState {
  manifest(ref: ManifestId): KnownManifest
  /** One of {@link LOOKUP} for each key; `todo` for null. */
  lookup(keys: readonly (string | null)[], versions?: readonly (string | null)[]): Uint8Array
}

/** Memory of outcomes. Every outcome is visible to `lookup` immediately and durable after `flush`. */
export interface StatePort extends KnownState {
  manifest(ref: ManifestId): ManifestState
  complete(key: string, version?: string | null): void
  fail(failure: FailureRecord): void
  /**
   * For a state that schedules retries itself: called for a passing failure instead of {@link fail}. True: the row has no outcome yet, and
   * comes again in the stream. Left out: the last pass of the run tries again.
   */
  postpone?(failure: FailureRecord): boolean
  flush(): Promise<void>
  /** Another scan for manifests begins: earlier failures are to do again. */
  startRound(): void
  /** A promise to await if too much is buffered; null otherwise. */
  idle(): Promise<void> | null
}

/** What a dry run would copy, so that a key named twice is planned once. Thrown away afterwards. */
export interface PlanPort {
  /** Adds keys; 1 for each that was added before, or that occurs earlier in `keys`, 0 for all others and null. */
  add(keys: readonly (string | null)[]): Uint8Array
}
