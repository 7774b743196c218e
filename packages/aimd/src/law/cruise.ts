import { CLEAR, MIN_TIMES, MAX_MS, MAX_TIMES, STANDING_QUEUE_MS, STANDING_MEASUREMENTS } from './constants.js'
import type { Measurement } from './measurement.js'
import type { Model } from './model.js'

/** How long the queue is, seen over several measurements, and how far the limit grows while it is too short. */
export class Cruise {
  /** Times of the measurements in a row in which too many queued, ms, and how long they lasted. */
  #crowded: number[] = []
  #crowdedMs = 0
  #step = 1

  startOver(): void {
    this.#crowded = []
    this.#crowdedMs = 0
    this.#step = 1
  }

  /** By how much too long attempts take, as a logarithm; null while that is not clear. */
  excess(m: Measurement, limit: number, model: Model): number | null {
    if (m.elapsedMs < MIN_TIMES * m.timeMs) return null
    const excess = Math.log(m.timeMs / model.allowedMs(limit))
    const clear = Math.abs(excess) > CLEAR * m.error
    return clear || m.elapsedMs >= Math.max(MAX_MS, MAX_TIMES * m.timeMs) ? excess : null
  }

  /**
   * Counts a measurement. If too many have queued for longer than a pause or slow spell explains it: how long attempts took in the
   * fastest of them, ms; else null. Where overload costs capacity, the first one counts.
   */
  standingMs(m: Measurement, excess: number, harmed: boolean): number | null {
    if (excess <= 0) {
      this.#crowded = []
      this.#crowdedMs = 0
      return null
    }
    this.#step = 1
    this.#crowded.push(m.timeMs)
    this.#crowdedMs += m.elapsedMs
    const lasting = this.#crowded.length >= STANDING_MEASUREMENTS && this.#crowdedMs >= STANDING_QUEUE_MS
    return lasting || harmed ? Math.min(...this.#crowded.slice(-STANDING_MEASUREMENTS)) : null
  }

  /** The next higher limit: one more, then two, then four, as long as too few queue; at most a quarter more. */
  grow(limit: number): number {
    const step = Math.min(limit / 4, this.#step)
    this.#step *= 2
    return limit + Math.max(0.5, step)
  }
}
