import { setTimeout as delay } from 'node:timers/promises'
import type { Attempt, AttemptRunner, RunResult } from './attempt.js'
import { whole } from './check-options.js'

export interface SimpleRunnerOptions {
  /** Attempts before a transient failure is final. Default 5; at least 1. */
  maxAttempts?: number
  /** Longest wait before the first retry, in milliseconds; doubles each time. Default 100; at least 0. */
  baseDelayMs?: number
  /** Longest wait before any retry, in milliseconds. Default 20,000. */
  maxDelayMs?: number
  signal?: AbortSignal
}

/**
 * A runner for copying single objects: retries transient failures and throttles with full jitter, at most
 * `maxAttempts` times, and limits nothing. Source of full jitter:
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function createSimpleRunner(options: SimpleRunnerOptions = {}): AttemptRunner {
  const maxAttempts = whole('maxAttempts', options.maxAttempts, 5, 1, 1000)
  const baseDelayMs = whole('baseDelayMs', options.baseDelayMs, 100, 0, 60_000)
  const maxDelayMs = whole('maxDelayMs', options.maxDelayMs, 20_000, 0, 3_600_000)
  const { signal } = options

  return {
    async run<T>(attempt: (signal: AbortSignal | undefined) => Promise<Attempt<T>>): Promise<RunResult<T>> {
      for (let attempts = 1; ; attempts++) {
        const result = await attempt(signal)
        if (result.ok) return { ok: true, value: result.value, attempts }
        const { failure } = result
        const again = failure.class === 'transient' || failure.class === 'throttle'
        if (!again || attempts >= maxAttempts) return { ok: false, failure, attempts }
        const jittered = Math.random() * Math.min(maxDelayMs, baseDelayMs * 2 ** (attempts - 1))
        await delay(Math.max(jittered, failure.retryAfterMs ?? 0), undefined, {
          ...(signal && { signal }),
        }).catch(() => undefined)
      }
    },
  }
}
