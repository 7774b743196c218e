import type { FailureRecord, ManifestSummary, RunRecord } from '@lagoon/state-lmdb'
import type { LiveRun } from '../live/live-file.js'

/** What a data directory knows, and what the run on it is doing now. */
export interface Status {
  readonly type: 'status'
  readonly dataDir: string
  /** False when no run has ever used the directory. */
  readonly exists: boolean
  readonly counts: { readonly complete: number; readonly failed: number; readonly manifestsFinished: number }
  /** Null when no run is under way. */
  readonly running: LiveRun | null
  /** Oldest first. `summary` is null for a run that was cut off, or is under way. */
  readonly runs: readonly RunRecord[]
  /** By their keys. */
  readonly manifests: readonly ManifestSummary[]
  /** The states that were added up, where `--data-dir` is a pattern. */
  readonly states?: readonly Pick<Status, 'dataDir' | 'counts' | 'running'>[]
}

/** What the state knows of one key. */
export interface KeyStatus {
  readonly key: string
  /** Null for a key that no run has dealt with. */
  readonly status: 'COMPLETED' | 'FAILED' | null
  /** The rows that failed with it. */
  readonly failures: readonly FailureRecord[]
}
