/**
 * Exponential backoff with full jitter: a wait drawn evenly from 0 to `baseMs × 2^(attempt−1)`, capped.
 * Source of the rule: AWS Architecture Blog, “Exponential Backoff And Jitter” (2015).
 */
export interface BackoffOptions {
  /** Upper bound of the first wait, ms. Default 100. */
  readonly baseMs?: number
  /** Upper bound of every wait, ms. Default 20,000. */
  readonly capMs?: number
  /** Source of randomness in [0, 1). Default `Math.random`. */
  readonly random?: () => number
}

/** The wait in ms before the attempt after number `attempt` (counted from 1). A store's own `retryAfterMs` is a floor. */
export function backoffMs(attempt: number, retryAfterMs = 0, options: BackoffOptions = {}): number {
  const { baseMs = 100, capMs = 20_000, random = Math.random } = options
  const ceiling = Math.min(capMs, baseMs * 2 ** Math.min(attempt - 1, 30))
  return Math.max(retryAfterMs, random() * ceiling)
}
