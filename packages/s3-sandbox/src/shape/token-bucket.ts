/** Grants a rate per second, and `burst` at a time after a pause. Pure arithmetic: the caller supplies the time. */
export class TokenBucket {
  readonly #perMs: number
  readonly #burst: number
  #tokens: number
  #at: number

  constructor(perSecond: number, burst: number, nowMs: number) {
    this.#perMs = perSecond / 1000
    this.#burst = burst
    this.#tokens = burst
    this.#at = nowMs
  }

  /** Whether one more is granted now. */
  take(nowMs: number): boolean {
    this.#tokens = Math.min(this.#burst, this.#tokens + (nowMs - this.#at) * this.#perMs)
    this.#at = nowMs
    if (this.#tokens < 1) return false
    this.#tokens -= 1
    return true
  }
}
