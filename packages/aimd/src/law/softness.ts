import type { Mark } from './wanted.js'

/**
 * How soft the knee of the backend is: whether more in flight still gains goodput although attempts take longer. Now
 * and then the limit reaches higher for one measurement; where that gains a good part of the step, and goes on to, a
 * longer queue is allowed, because it is not one that only waits.
 */
export class Softness {
  /** What the queue that may stand is multiplied with; 1 for a hard knee. */
  factor = 1
  /** How far it is known to gain. */
  limit = 0
  #gain = 0
  #variance = 1
  #everyMs = FIRST_EVERY_MS
  #sinceMs = 0
  #stayed: Mark | null = null
  #yielded = 0
  #yieldedVariance = 0

  passed(elapsedMs: number): void {
    this.#sinceMs += elapsedMs
  }

  /** Is it time to reach higher? */
  get due(): boolean {
    return this.#sinceMs >= this.#everyMs
  }

  /** A reach was broken off, or could not be made. */
  postpone(): void {
    this.#sinceMs = 0
  }

  /**
   * Takes a time measured a while after a reach that was worth staying. A soft knee keeps attempts as slow as the reach
   * made them; where they have become faster again, others made room, and what was gained was theirs.
   */
  othersYielded(now: Mark): boolean {
    const stayed = this.#stayed
    this.#stayed = null
    if (stayed === null || now.limit < stayed.limit) return false
    this.#yielded = Math.max(0, this.#yielded + Math.log(stayed.timeMs / now.timeMs))
    this.#yieldedVariance =
      this.#yielded === 0 ? 0 : this.#yieldedVariance + stayed.error ** 2 + now.error ** 2
    return this.#yielded > Math.max(LEAST_YIELDED, 2.5 * Math.sqrt(this.#yieldedVariance))
  }

  /** A reach gained such a part of its step (0: nothing, 1: all of it), with a standard error; true when it is worth staying. */
  learn(gain: number, error: number, after: Mark): boolean {
    this.#sinceMs = 0
    const weight = this.#variance / (this.#variance + error * error)
    this.#gain += weight * (gain - this.#gain)
    this.#variance *= 1 - weight
    const doubt = Math.sqrt(this.#variance)
    const soft = this.#gain - doubt > WORTH
    if (soft) {
      this.#stayed = after
      this.limit = after.limit
    }
    if (soft) this.factor = Math.min(MOST, this.factor * (this.#gain > 2 * WORTH ? 2 : 1.5))
    else if (this.#gain + doubt < WORTH) this.factor = Math.max(1, this.factor * 0.8)
    this.#everyMs = soft ? FIRST_EVERY_MS : Math.min(MOST_EVERY_MS, this.#everyMs * 1.5)
    // Where the limit is another one afterwards, its gain is another one, too.
    this.#variance += soft ? 0.1 : 0.01
    return soft
  }

  /** What was learnt is void. */
  forget(): void {
    this.factor = 1
    this.limit = 0
    this.#gain = 0
    this.#variance = 1
    this.#stayed = null
    this.#yielded = 0
    this.#yieldedVariance = 0
    this.#everyMs = FIRST_EVERY_MS
    this.#sinceMs = 0
  }
}

const FIRST_EVERY_MS = 12_000
const MOST_EVERY_MS = 120_000
const WORTH = 0.15
const LEAST_YIELDED = 0.03
const MOST = 64
