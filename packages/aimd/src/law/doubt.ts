import type { Evidence } from './evidence.js'
import type { Model } from './model.js'
import { wentWithLimit } from './conclusions.js'
import type { Mark } from './wanted.js'

/**
 * Watches for signs that the base time is too low, so that a longer path is taken for a queue: steps down that
 * gain nothing, a queue that no step removes, goodput well below what it was.
 */
export class Doubt {
  readonly #model: Model
  #anchor: Mark | null = null
  #pressed = 0
  #low = 0
  #bestRate = 0
  #sinceLowMs = 0
  #floor = 0
  #floorMs = 0

  constructor(model: Model) {
    this.#model = model
  }

  passed(elapsedMs: number): void {
    this.#sinceLowMs += elapsedMs
    this.#floorMs -= elapsedMs
  }

  /** Is a run of steps down being watched? */
  get watching(): boolean {
    return this.#anchor !== null
  }

  /** Below this the limit must not be fitted for now: going lower gained nothing a moment ago. */
  get floor(): number {
    return this.#floorMs > 0 ? this.#floor : 0
  }

  keepAbove(limit: number): void {
    this.#floor = limit
    this.#floorMs = 60_000
  }

  /** A run of steps down begins, or goes on. */
  watch(limit: number, evidence: Evidence): void {
    this.#anchor ??= this.#model.mark(evidence, limit)
  }

  stopWatching(): void {
    this.#anchor = null
  }

  /**
   * A run of steps down is an experiment: under a queue the time falls as the limit does. Returns the limit from
   * which the run began when it did not.
   */
  stepsGainedNothing(limit: number, evidence: Evidence): number | null {
    const anchor = this.#anchor
    if (anchor === null) return null
    const now = this.#model.mark(evidence, limit)
    if (Math.log(anchor.limit / limit) < Math.max(0.06, 5 * Math.hypot(now.error, anchor.error))) return null
    this.#anchor = now
    const slope = wentWithLimit(anchor, now)
    this.#model.learnThrash(slope)
    return slope > 0.2 ? null : anchor.limit
  }

  /** A queue is seen, and the limit can't or doesn't go lower, with such a weight (0: it goes); true when that has been so for long. */
  pressed(weight: number): boolean {
    this.#pressed = weight > 0 ? this.#pressed + weight : 0
    return this.#pressed >= 8
  }

  release(): void {
    this.#pressed = 0
  }

  /** Has goodput been well below the best for a while? Then the best is forgotten, too. */
  lost(rate: number): boolean {
    this.#low = rate < 0.8 * this.#bestRate ? this.#low + 1 : 0
    this.#bestRate = Math.max(this.#bestRate, rate)
    if (this.#low < 4 || this.#sinceLowMs <= 20_000) return false
    this.#bestRate = rate
    this.#sinceLowMs = 0
    return true
  }
}
