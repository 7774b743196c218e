import type { FailureRecord, ManifestSummary, RunRecord } from '@lagoon/state-lmdb'
import type { LiveRun } from '../output/live-file.js'

/** The content of a data directory, and what the run on it is doing now. */
export interface Status {
  readonly type: 'status'
  readonly dataDir: string
  /** False if no run has ever used the directory. */
  readonly exists: boolean
  readonly counts: { readonly complete: number; readonly failed: number; readonly manifestsFinished: number }
  /** Null if no run is active. */
  readonly running: LiveRun | null
  /** Oldest first. `summary` is null for a run that was killed, or is active. */
  readonly runs: readonly RunRecord[]
  /** By their keys. */
  readonly manifests: readonly ManifestSummary[]
  /** The states that were added up, if `--data-dir` is a pattern. */
  readonly states?: readonly Pick<Status, 'dataDir' | 'counts' | 'running'>[]
}

/** What the state knows about one key. */
export interface KeyStatus {
  readonly key: string
  /** Null for a key that no run has processed. */
  readonly status: 'COMPLETED' | 'FAILED' | null
  /** The rows that failed with it. */
  readonly failures: readonly FailureRecord[]
}
