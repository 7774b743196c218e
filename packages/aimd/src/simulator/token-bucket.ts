/** How many milliseconds' worth of requests a rate wall lets through in one burst. */
const BURST_MS = 200

/** The rate wall of the event engine: so many a second, and a short burst after a pause. */
export class TokenBucket {
  #tokens = Infinity
  #atMs = 0

  /** Is one more let through now? */
  take(nowMs: number, perMs: number): boolean {
    if (perMs === Infinity) return true
    const most = Math.max(1, perMs * BURST_MS)
    this.#tokens = Math.min(most, this.#tokens + (nowMs - this.#atMs) * perMs)
    this.#atMs = nowMs
    if (this.#tokens < 1) return false
    this.#tokens -= 1
    return true
  }
}
