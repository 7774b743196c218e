import { backoffMs, type BackoffOptions } from '../options/backoff.js'
import type { OutageDetector } from '../options/outage.js'
import type { Gate, Permit } from '../ports/concurrency.js'
import type { Attempt, AttemptFailure, AttemptRunner, RunnerResult } from '../ports/copier.js'
import type { RunObserver } from '../ports/observer.js'
import type { SampleWindow } from './sample-window.js'

interface RetryPolicy {
  /** Transient failures after which the object has failed. Throttled attempts don't count. */
  readonly maxAttempts: number
  /** How long a store may keep throttling one object, ms. */
  readonly throttleBudgetMs: number
  readonly backoff?: BackoffOptions
}

export interface AttemptContext {
  readonly gate: Gate
  readonly window: SampleWindow
  readonly policy: RetryPolicy
  readonly outages: { readonly source: OutageDetector; readonly destination: OutageDetector }
  /** Aborts attempts in flight. */
  readonly abort: AbortSignal | undefined
  /** Ends waits between attempts: objects that wait then are left for the next run. */
  readonly stop: AbortSignal
  /** Monotonic, ms. */
  readonly now: () => number
  /** The clock for the limits of throttles and outages, ms: it stops while the run is paused. */
  readonly retryNow: () => number
  /** Resolves after `ms`, or immediately when `stop` fires. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  readonly onThrottled: () => void
  readonly onFailed: () => void
  readonly observer: RunObserver | null
  readonly onOutage: (side: 'source' | 'destination', began: boolean) => void
  /** An attempt succeeded, or was refused because of its object: the credentials are valid there. */
  readonly onAnswered: (side: 'source' | 'destination', startedAt: number) => void
  /** True for failures that may concern the run instead of the object. */
  readonly isFatal: (failure: AttemptFailure) => boolean
  /** True for failures to connect, which may be an outage of the endpoint. */
  readonly isUnreachable: (failure: AttemptFailure) => boolean
}

/** The controller slows the whole run down; a single object need not wait long on top of that. */
const THROTTLE_BACKOFF = { baseMs: 200, capMs: 5000 } as const

const BOTH = ['source', 'destination'] as const

type Measured = Pick<Extract<Attempt<unknown>, { ok: true }>, 'bytes' | 'ttfbMs' | 'side'>

const STOPPED = {
  class: 'aborted',
  side: 'source',
  code: 'LAGOON_SYNC_STOPPED',
  message: 'the run was stopped before this object had an outcome',
} as const satisfies AttemptFailure

/**
 * Runs the attempts of one object: each under a permit of the gate, each reported to the controller's window where it happens, and
 * retried after a full-jitter wait when that can help. A permit is never held while waiting.
 */
export class ObjectAttempts implements AttemptRunner {
  readonly #context: AttemptContext
  readonly #isGone: (() => boolean) | null
  #firstPermit: Permit | null

  /**
   * @param firstPermit was acquired by the caller, so that no object is begun without one; the first attempt uses it
   * @param isGone true when the outcome counts no more: no further attempt is made
   */
  constructor(context: AttemptContext, firstPermit: Permit, isGone: (() => boolean) | null = null) {
    this.#context = context
    this.#firstPermit = firstPermit
    this.#isGone = isGone
  }

  /** Returns the first permit if no attempt has used it. */
  releaseUnused(): void {
    const permit = this.#firstPermit
    this.#firstPermit = null
    if (permit !== null) this.#release(permit)
  }

  async run<T>(attempt: (signal: AbortSignal | undefined) => Promise<Attempt<T>>): Promise<RunnerResult<T>> {
    const { window, abort, policy, stop, observer, now } = this.#context
    let attempts = 0
    let transients = 0
    let throttles = 0
    let throttledSince = 0
    for (;;) {
      const permit = this.#firstPermit ?? (await this.#acquire())
      this.#firstPermit = null
      if (permit === null) return { ok: false, failure: STOPPED, attempts }
      if (this.#isGone?.() === true) {
        this.#release(permit)
        return { ok: false, failure: STOPPED, attempts }
      }
      attempts += 1
      const startedAt = now()
      let result: Attempt<T>
      try {
        result = await attempt(abort)
      } finally {
        this.#release(permit)
      }
      if (result.ok) {
        this.#measure(result, now() - startedAt)
        this.#answered(result, startedAt)
        return { ok: true, value: result.value, attempts }
      }

      const { failure } = result
      observer?.attemptFailed(failure.side, failure.class)
      let waitMs: number
      switch (failure.class) {
        case 'throttle':
          window.throttled()
          this.#context.onThrottled()
          this.#reachedSide(failure.side)
          if (throttles === 0) throttledSince = this.#context.retryNow()
          throttles += 1
          if (this.#context.retryNow() - throttledSince >= policy.throttleBudgetMs) {
            return { ok: false, failure, attempts }
          }
          waitMs = backoffMs(throttles, failure.retryAfterMs, { ...THROTTLE_BACKOFF, ...policy.backoff })
          break
        case 'transient':
          this.#refused(failure, now() - startedAt)
          if (!this.#forgiven(failure)) transients += 1
          if (transients >= policy.maxAttempts) return { ok: false, failure, attempts }
          waitMs = backoffMs(Math.max(transients, 1), failure.retryAfterMs, policy.backoff)
          break
        case 'aborted':
          return { ok: false, failure, attempts }
        default:
          this.#refused(failure, now() - startedAt)
          this.#reachedSide(failure.side)
          return { ok: false, failure, attempts }
      }
      if (!stop.aborted) await this.#context.sleep(waitMs, stop)
      if (stop.aborted) return { ok: false, failure: STOPPED, attempts }
    }
  }

  /** A permit, once no outage holds attempts back; null if the run is stopped in the meantime. */
  async #acquire(): Promise<Permit | null> {
    const { gate, window, outages, now, retryNow, sleep, stop, abort } = this.#context
    for (;;) {
      const waitMs = Math.max(outages.source.waitMs(retryNow()), outages.destination.waitMs(retryNow()))
      if (waitMs === 0) break
      await sleep(waitMs, stop)
      if (stop.aborted) return null
    }
    try {
      const permit = await gate.acquire(abort === undefined ? {} : { signal: abort })
      // A paused gate opens when the run is stopped, possibly before the gate learns that the wait is aborted.
      if (abort?.aborted) {
        permit.release()
        return null
      }
      window.inFlightChanged(gate.inFlight, now())
      return permit
    } catch (error) {
      if (abort?.aborted) return null
      throw error
    }
  }

  #release(permit: Permit): void {
    const { gate, window, now } = this.#context
    permit.release()
    window.inFlightChanged(gate.inFlight, now())
  }

  /** A control request is not a measurement; a request for an object that already exists is one, but transfers nothing. */
  #measure(
    { bytes, ttfbMs }: { readonly bytes?: number; readonly ttfbMs?: number },
    elapsedMs: number,
  ): void {
    const { window, observer } = this.#context
    if (bytes === undefined) {
      if (ttfbMs !== undefined) window.served(ttfbMs)
      return
    }
    const latencyMs = ttfbMs ?? elapsedMs
    window.succeeded(bytes, latencyMs)
    observer?.attemptSucceeded(latencyMs, bytes)
  }

  /** A healthy store says promptly that an object is missing, denied or changed: fewer in flight would not help. */
  #refused(failure: AttemptFailure, elapsedMs: number): void {
    const { window, isFatal, onAnswered, now } = this.#context
    if (isHealthyRefusal(failure)) {
      window.served(elapsedMs)
      // A store that refuses an object has accepted the credentials before.
      if (!isFatal(failure)) onAnswered(failure.side, now() - elapsedMs)
    } else window.failed()
    this.#context.onFailed()
  }

  /** A transfer shows that both stores are healthy, a request that the store it went to is. */
  #answered({ bytes, side }: Measured, startedAt: number): void {
    const sides = side !== undefined ? [side] : bytes === undefined ? [] : BOTH
    for (const answered of sides) {
      this.#reachedSide(answered)
      this.#context.onAnswered(answered, startedAt)
    }
  }

  #reachedSide(side: 'source' | 'destination'): void {
    if (this.#context.outages[side].reached()) this.#context.onOutage(side, false)
  }

  #forgiven(failure: AttemptFailure): boolean {
    const { isUnreachable, outages, retryNow, onOutage } = this.#context
    if (!isUnreachable(failure)) return false
    // A status shows that something answered.
    const object = failure.status === undefined ? undefined : this
    if (outages[failure.side].unreachable(retryNow(), object)) onOutage(failure.side, true)
    return outages[failure.side].forgives(retryNow())
  }
}

const HEALTHY = new Set([403, 404, 412])

/** True if the store itself answered about one object. A 404 or 403 from something in between has the code of its status. */
function isHealthyRefusal({ status, code, class: kind }: AttemptFailure): boolean {
  if (status === undefined || !HEALTHY.has(status)) return false
  return kind !== 'transient' || code === 'PreconditionFailed'
}
