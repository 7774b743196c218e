/**
 * A cap on an amount a second. Takers are never refused: each is told how long to wait, and the waits add up to the cap. A tenth
 * of a second's worth may pass at once after a pause.
 */
export class RateCap {
  readonly #perMs: number
  readonly #burst: number
  readonly #now: () => number
  #level: number
  #at: number

  /**
   * @param perSecond at least 1
   * @param now milliseconds; for tests
   */
  constructor(perSecond: number, now: () => number = () => performance.now()) {
    this.#perMs = perSecond / 1000
    this.#burst = perSecond / 10
    this.#now = now
    this.#level = this.#burst
    this.#at = now()
  }

  /** Takes an amount; gives the milliseconds to wait before going on, 0 for none. */
  take(amount: number): number {
    const now = this.#now()
    this.#level = Math.min(this.#burst, this.#level + (now - this.#at) * this.#perMs) - amount
    this.#at = now
    return this.#level >= 0 ? 0 : -this.#level / this.#perMs
  }
}
