import type { AttemptFailure, AttemptRunner } from './attempt.js'
import type { CopyWarning } from './copy/object-tags.js'
import type { TrafficLimits } from './options/traffic-limits.js'

/** One object to copy. */
export interface CopyJob {
  /** Key at the source, byte for byte. */
  key: string
  /** Key at the destination. Default: the source's, mapped by the copier's options. */
  destinationKey?: string
  /** Version at the source. Default: the current one. */
  versionId?: string
  /** Size in bytes if it is known; only a hint. */
  sizeBytes?: number
}

/** What became of a job. Failures are data; `copy` rejects only for a defect. */
export type CopyResult =
  | {
      ok: true
      bytes: number
      /** ETag at the destination, without quotes. */
      etag: string
      /** See `Verification`. */
      verification: string
      attempts: number
      /** True if nothing was copied because the destination has the object. */
      skipped?: boolean
      /** What did not come along, though the object did. */
      warning?: CopyWarning
    }
  | { ok: false; failure: AttemptFailure; attempts: number }

/** Copies objects from one bucket to another. */
export interface Copier {
  /** Copies one object; the runner decides when each attempt runs and how often. */
  copy(job: CopyJob, runner: AttemptRunner, signal?: AbortSignal): Promise<CopyResult>
  /** HTTP requests sent so far. */
  readonly requests: { readonly source: number; readonly destination: number }
  /**
   * Changes the caps of both sides while copies go on: each side has them to itself, over all that this copier does.
   *
   * @throws TransferError `LAGOON_TRANSFER_INVALID_OPTION`; nothing is changed then
   */
  limitTraffic(limits: TrafficLimits): void
  /** Closes all connections. Copies still under way fail. */
  close(): Promise<void>
}

/** What a copier copies by: this thread, or several others. Keys were checked and mapped, limits were checked. */
export interface CopyEngine extends Omit<Copier, 'copy'> {
  copy(
    job: CopyJob,
    destinationKey: string,
    runner: AttemptRunner,
    signal: AbortSignal | undefined,
  ): Promise<CopyResult>
}
