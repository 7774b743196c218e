import type { AttemptFailure, AttemptRunner } from './attempt.js'

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

/** How far the copy of an object is. */
export interface CopyProgress {
  /** Bytes at the destination or on their way there. Decreases when an attempt is repeated. */
  bytes: number
}

/** How one object is copied. */
export interface CopyCall {
  /** Decides when each attempt runs and how often. Default: that of `createSimpleRunner`. */
  runner?: AttemptRunner
  signal?: AbortSignal
  /** Called after each part, and with `threads: 1` for each piece of an object that goes in one PUT. */
  onProgress?: (progress: CopyProgress) => void
}

/** Copies objects from one bucket to another. */
export interface Copier {
  /** Copies one object; the runner decides when and how often each attempt runs. */
  copy(job: CopyJob, runner: AttemptRunner, signal?: AbortSignal): Promise<CopyResult>
  copy(job: CopyJob, call?: CopyCall): Promise<CopyResult>
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
    onBytes?: (bytes: number) => void,
  ): Promise<CopyResult>
}

/** Something that a caller should know about a successful copy. */
export interface CopyWarning {
  /** `TagsNotRead`: the source does not show tags. `TagsNotKept`: the destination accepted tags but lost them. */
  code: 'TagsNotRead' | 'TagsNotKept'
  message: string
}

/** Caps of an endpoint, each a whole number of at least 1, or null for none; an omitted cap stays as it is. */
export interface TrafficLimits {
  /** Bytes of objects per second. */
  readonly maxBytesPerSecond?: number | null
  readonly maxRequestsPerSecond?: number | null
}

/**
 * Where uploads in progress are recorded, by destination key, so that they can be resumed after the process was
 * killed. The values are plain data of this package; a ledger only stores them. `get` may be asynchronous.
 */
export interface UploadLedger {
  put(key: string, value: object): void
  get(key: string): object | undefined | Promise<object | undefined>
  delete(key: string): void
  entries(): Iterable<[string, object]> | AsyncIterable<[string, object]>
}

/** What copying needs of a ledger. */
export type CopyLedger = Omit<UploadLedger, 'entries'>
