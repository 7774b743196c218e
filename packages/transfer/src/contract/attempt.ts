/** The store at which an attempt failed. */
export type Side = 'source' | 'destination'

/**
 * How to treat a failure. `throttle`: the store asks for fewer requests; wait, and never count it against the object.
 * `transient`: retry. `permanent`: the same request would fail again. `missing`: the object does not exist at the
 * source. `aborted`: the caller's signal.
 */
export type FailureClass = 'throttle' | 'transient' | 'permanent' | 'missing' | 'aborted'

/** Why an attempt failed. Plain data: an attempt never throws. */
export interface AttemptFailure {
  class: FailureClass
  side: Side
  /** The store's own code if it sent one (`NoSuchKey`), else one of this package (`ConnectionReset`). */
  code: string
  message: string
  /** HTTP status; unset if no response arrived. */
  status?: number
  /** How long the store asked to wait, in milliseconds (`Retry-After`). */
  retryAfterMs?: number
  /** The bucket's region according to the store, if it refused a request because of the region. */
  region?: string
  cause?: unknown
}

/** The result of one attempt. */
export type Attempt<T> =
  | {
      ok: true
      value: T
      /**
       * Bytes written to the destination. Unset where there were none to write: a control request such as HEAD, or an
       * object that already exists.
       */
      bytes?: number
      /**
       * Time from sending the request for the object to the first byte of the response, in milliseconds. Unset for a
       * request that is not about the object itself.
       */
      ttfbMs?: number
      /** The one store that was asked. Unset for a transfer, which involves both. */
      side?: Side
    }
  | { ok: false; failure: AttemptFailure }

/** What a runner made of an attempt and its retries. */
export type RunResult<T> =
  { ok: true; value: T; attempts: number } | { ok: false; failure: AttemptFailure; attempts: number }

/**
 * Runs one unit of data work when there is room for it, and retries it where that makes sense. Owned by the caller of
 * a copier. It runs one attempt at a time; a successful attempt ends the run. The result of the copy reports the
 * number of `attempts`.
 */
export interface AttemptRunner {
  run<T>(attempt: (signal: AbortSignal | undefined) => Promise<Attempt<T>>): Promise<RunResult<T>>
}
