import type { AttemptFailure, AttemptRunner } from './attempt.js'
import type { CopyWarning } from './copy/object-tags.js'
import type { TrafficLimits } from './options/traffic-limits.js'

/** One object to copy. */
export interface CopyJob {
  /** Key at the source, byte for byte. */
  key: string
  /** Key at the destination. Default: the source's key, mapped by the copier's options. */
  destinationKey?: string
  /** Version at the source. Default: the current one. */
  versionId?: string
  /** Size in bytes if known; only a hint. */
  sizeBytes?: number
}

/** The result of a job. Failures are data; `copy` rejects only for a defect. */
export type CopyResult =
  | {
      ok: true
      bytes: number
      /** ETag at the destination, without quotes. */
      etag: string
      /** See `Verification`. */
      verification: string
      attempts: number
      /** True if nothing was copied because the destination already has the object. */
      skipped?: boolean
      /** What was not copied along with the object. */
      warning?: CopyWarning
    }
  | { ok: false; failure: AttemptFailure; attempts: number }

/** Copies objects from one bucket to another. */
export interface Copier {
  /** Copies one object; the runner decides when and how often each attempt runs. */
  copy(job: CopyJob, runner: AttemptRunner, signal?: AbortSignal): Promise<CopyResult>
  /** HTTP requests sent so far. */
  readonly requests: { readonly source: number; readonly destination: number }
  /**
   * Changes the caps of both sides during copies. Each side has its own caps, shared by everything that this copier
   * does.
   *
   * @throws TransferError `LAGOON_TRANSFER_INVALID_OPTION`; nothing changes in that case
   */
  limitTraffic(limits: TrafficLimits): void
  /** Closes all connections. Copies in progress fail. */
  close(): Promise<void>
}

/** What a copier copies with: this thread, or several others. Keys have been checked and mapped, limits checked. */
export interface CopyEngine extends Omit<Copier, 'copy'> {
  copy(
    job: CopyJob,
    destinationKey: string,
    runner: AttemptRunner,
    signal: AbortSignal | undefined,
  ): Promise<CopyResult>
}
