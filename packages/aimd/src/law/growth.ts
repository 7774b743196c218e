/** How fast to grow while nothing waits: by the queue that may stand, doubling when it goes well repeatedly. */
export class Growth {
  #streak = 0
  #grew = false
  #tooMany = 0
  #patienceMs = 0
  #patienceNextMs = LEAST_PATIENCE_MS

  passed(elapsedMs: number): void {
    this.#patienceMs -= elapsedMs
  }

  /** A queue was found: the next growth starts over, and a small limit waits before it tries one more again. */
  stop(limit: number): void {
    this.#streak = 0
    if (!this.#grew) return
    this.#grew = false
    this.#tooMany = limit
    this.#patienceNextMs = Math.min(MOST_PATIENCE_MS, this.#patienceNextMs * 2)
    this.#patienceMs = this.#patienceNextMs
  }

  startOver(): void {
    this.#streak = 0
  }

  /**
   * The limit to grow to, or null while a small limit waits: there a single attempt more is a large step, which
   * needn't be tried all the time.
   */
  next(limit: number, free: number): number | null {
    this.#streak = Math.min(MOST_STREAK, this.#streak + 1)
    if (limit < 20 && limit + 1 >= this.#tooMany && this.#patienceMs > 0) return null
    const calm = limit < 16 ? 3 : 2
    if (this.#streak > 2) this.#patienceNextMs = LEAST_PATIENCE_MS
    this.#grew = true
    return limit + Math.min(limit, Math.max(1, free) * 2 ** Math.max(0, this.#streak - calm))
  }
}

const LEAST_PATIENCE_MS = 1000
const MOST_PATIENCE_MS = 15_000
const MOST_STREAK = 20
