/** Which store an attempt failed at. */
export type Side = 'source' | 'destination'

/**
 * How to treat a failure. `throttle`: the store asks for less; wait, never count it against the object. `transient`: try again.
 * `permanent`: the same request would fail again. `missing`: the object does not exist at the source. `aborted`: the caller's signal.
 */
export type FailureClass = 'throttle' | 'transient' | 'permanent' | 'missing' | 'aborted'

/** Why one attempt ended badly. Plain data: an attempt never throws. */
export interface AttemptFailure {
  class: FailureClass
  side: Side
  /** The store's own code where it gave one (`NoSuchKey`), else one of this package (`ConnectionReset`). */
  code: string
  message: string
  /** HTTP status; unset if no answer came. */
  status?: number
  /** How long the store asked to wait, in milliseconds (`Retry-After`). */
  retryAfterMs?: number
  /** Region that the store says the bucket is in, where it refuses a request for that. */
  region?: string
  cause?: unknown
}

/** What one attempt came to. */
export type Attempt<T> =
  | {
      ok: true
      value: T
      /** Bytes that landed at the destination. Unset where none were to land: a control request, such as a HEAD, or an object that is there already. */
      bytes?: number
      /** Time from asking for the object until the first byte of the answer, in milliseconds. Unset for a request that is not about the object itself. */
      ttfbMs?: number
      /** The one store that was asked. Unset for a transfer, which both took part in. */
      side?: Side
    }
  | { ok: false; failure: AttemptFailure }

/** What a runner made of an attempt and its repetitions. */
export type RunResult<T> =
  { ok: true; value: T; attempts: number } | { ok: false; failure: AttemptFailure; attempts: number }

/**
 * Runs one unit of data work, again where that makes sense, when there is room for it. Owned by the caller of a copier. One attempt at a time;
 * one that ends well ends the run, and an `attempts` that counts them is what the result of the copy says.
 */
export interface AttemptRunner {
  run<T>(attempt: (signal: AbortSignal | undefined) => Promise<Attempt<T>>): Promise<RunResult<T>>
}
