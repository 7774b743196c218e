import type { Decision } from './concurrency.js'
import type { EndReason } from './errors.js'
import type { RunLimits } from './controls.js'

/** The figures of a run, in the shape of the last line under `--json`. */
export interface SyncSummary {
  /** Objects that a dry run would have copied; 0 otherwise. */
  planned: number
  /** Bytes of the planned objects whose size the manifests tell, and how many have none there. Only where objects were planned. */
  plan?: { bytes: number; withoutSize: number }
  /** Only for a shard: rows of the manifests that it opened, null where not all are known, and how many of them it read. */
  shard?: { rows: number | null; read: number }
  /** Objects copied in this run. */
  completed: number
  /** Rows whose key was already complete, or was named a second time. */
  skipped: number
  /** Rows without an object at the destination, including `missing`. */
  failed: number
  /** Rows whose object does not exist at the source. */
  missing: number
  /** Bytes of the objects copied. */
  bytes: number
  durationMs: number
  /** HTTP requests sent to each side. */
  requests: { source: number; destination: number }
  manifests: { completed: number; skipped: number; failed: number }
  /** True if the run was stopped before its end: by the caller, or by the trouble that `reason` names. */
  interrupted: boolean
  reason: EndReason
  /** Only present if true: the report could no longer be written. */
  reportLost?: true
}

/** Events of a run. Plain data: `--json` prints each as a line. */
export type SyncEvent =
  /**
   * `run` is the run's number in its data directory; null for a dry run, which has none. `job` names the job that a dry run is about, where
   * the state is in a queue and `dataDir` is empty.
   */
  | {
      type: 'start'
      run: number | null
      source: string
      destination: string
      dataDir: string
      dryRun: boolean
      job?: string
    }
  | ListingEvent
  /** A worker has joined a job that it shares with others: what `start` is to a run. */
  | { type: 'joined'; job: string; worker: string; source: string; destination: string }
  /** What became of a range of rows that this worker was given; `split`: a part of it was given to an idle worker. */
  | { type: 'item'; status: 'claimed' | 'done' | 'released' | 'lost' | 'split'; item: string }
  /** A verification begins: the counterpart of `start`, and, with `job` and `worker`, of `joined`. */
  | { type: 'verifying'; source: string; destination: string; job?: string; worker?: string }
  | {
      type: 'manifest'
      status: 'opened' | 'completed' | 'skipped' | 'failed'
      key: string
      rows: number | null
      code?: string
      message?: string
      hint?: string
      /** The cause of the error, and its causes. */
      causes?: readonly string[]
    }
  /** The total of all manifests, as far as their footers have been read; `rows` is null if one does not say. */
  | { type: 'totals'; manifests: number; rows: number | null; bytes: number | null; final: boolean }
  | ProgressEvent
  | {
      type: 'failure'
      key: string
      manifest: string
      row: number
      class: string
      code: string
      message: string
      attempts: number
      causes?: readonly string[]
    }
  | ({ type: 'decision' } & Decision)
  | { type: 'warning'; code: string; message: string; hint?: string }
  /** No further attempt begins; what is in flight finishes. `reason` says who asked for it. */
  | { type: 'paused' | 'resumed'; reason: string }
  /** Changed limits, with their present values; null for a cap that was removed. */
  | ({ type: 'limits'; reason: string } & RunLimits)
  /** A watch has nothing left to do and scans for manifests again at `until`, ISO 8601; `round` counts the scans so far. */
  | { type: 'waiting'; round: number; until: string }
  /** A watch begins its scan number `round`. */
  | { type: 'scanning'; round: number }
  | { type: 'stopping'; reason: string }
  | ({ type: 'summary' } & SyncSummary)

/**
 * The source is listed instead of manifests being read. `started` from the beginning; `resumed` where an earlier run left it; `kept`: an earlier run
 * finished it, and nothing is listed again; `finished`.
 */
export interface ListingEvent {
  type: 'listing'
  status: 'started' | 'resumed' | 'kept' | 'finished'
  bucket: string
  prefix: string
  /** Objects listed so far. */
  objects: number
  /** When the listing began, in whichever run, ISO 8601. */
  startedAt: string
}

/** Emitted once a second; by a waiting watch, every ten seconds. */
export interface ProgressEvent {
  type: 'progress'
  completed: number
  skipped: number
  failed: number
  missing: number
  planned: number
  bytes: number
  inFlight: number
  limit: number
  /** Means over the last ten seconds. */
  objectsPerSecond: number
  bytesPerSecond: number
  /** Attempts that a store throttled, so far. */
  throttled: number
  /** Attempts that failed for another reason, so far; most were retried. */
  failedAttempts: number
  /** Time to the first byte at the source over the controller's last window, ms; null if no attempt succeeded in it. */
  latencyMs: { p50: number; p90: number } | null
  /** Processed manifests, by status. */
  manifests: SyncSummary['manifests']
  /** True while no attempt begins because the run is paused. */
  paused: boolean
  /** When a watch that has nothing left to do scans for manifests again, ISO 8601; null while it is busy. */
  waitingUntil: string | null
  /** Rows of all manifests, as far as known; null before the first footer was read, and if one does not say. */
  rows: number | null
  durationMs: number
}

export type EventSink = (event: SyncEvent) => void
