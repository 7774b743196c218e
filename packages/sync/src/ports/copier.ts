/** One object to copy. */
export interface CopyJob {
  readonly key: string
  readonly destinationKey?: string
  readonly versionId?: string
  readonly sizeBytes?: number
}

/** How to treat a failed attempt; as defined by `@lagoon/transfer`. */
export type FailureClass = 'throttle' | 'transient' | 'permanent' | 'missing' | 'aborted'

export interface AttemptFailure {
  readonly class: FailureClass
  readonly side: 'source' | 'destination'
  readonly code: string
  readonly message: string
  readonly status?: number
  readonly retryAfterMs?: number
  readonly cause?: unknown
}

/**
 * The result of one unit of work: a whole small object, one part, or a control request. Always data, never an exception. `bytes` is set
 * if there were bytes to write, `ttfbMs` if the source was asked for an object; a control request has neither.
 */
export type Attempt<T> =
  | {
      readonly ok: true
      readonly value: T
      readonly bytes?: number
      readonly ttfbMs?: number
      /** The one store that was asked. Unset for a transfer, which involves both. */
      readonly side?: 'source' | 'destination'
    }
  | { readonly ok: false; readonly failure: AttemptFailure }

export type RunnerResult<T> =
  | { readonly ok: true; readonly value: T; readonly attempts: number }
  | { readonly ok: false; readonly failure: AttemptFailure; readonly attempts: number }

/** Runs units of data work under the concurrency limit, and retries them when that can help. */
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
      /** The destination already had it, and the overwrite mode keeps it. */
      readonly skipped?: boolean
      /** What was not copied along with the object. */
      readonly warning?: { readonly code: string; readonly message: string }
    }
  | { readonly ok: false; readonly failure: AttemptFailure; readonly attempts: number }

export interface CopierPort {
  copy(job: CopyJob, runner: AttemptRunner, signal?: AbortSignal): Promise<CopyResult>
  /** HTTP requests sent so far. */
  readonly requests: { readonly source: number; readonly destination: number }
  /** Changes the caps of both sides; null removes one. Omitted by a copier without caps. */
  limitTraffic?(limits: {
    readonly maxBytesPerSecond?: number | null
    readonly maxRequestsPerSecond?: number | null
  }): void
}
