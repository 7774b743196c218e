import type { Wanted } from './wanted.js'
import { percent } from './wanted.js'

/**
 * Errors that are not throttles. A few per cent are the weather. Above the threshold the limit is cut; when two
 * cuts don't make them fewer, they are not ours to mend: the limit comes back and that share becomes the weather.
 */
export class ErrorWatch {
  readonly #threshold: number
  #weather = 0
  #before: { limit: number; share: number } | null = null
  #cuts = 0

  constructor(threshold: number) {
    this.#threshold = threshold
  }

  /** Judges a window, or several together. */
  judge(ended: { succeeded: number; failed: number }, limit: number): Wanted | null {
    const all = ended.succeeded + ended.failed
    if (all < 20) return null
    const share = ended.failed / all
    if (share < this.#weather) this.#weather += 0.1 * (share - this.#weather)
    // Few attempts prove little: a handful of errors among twenty can be chance.
    const chance = 1.5 * Math.sqrt(0.09 / all)
    if (share <= this.#weather + this.#threshold + chance) {
      this.#before = null
      this.#cuts = 0
      return null
    }
    this.#before ??= { limit, share }
    const before = this.#before
    if (this.#cuts >= 2 && share > before.share * 0.75) {
      this.#weather = share
      this.#before = null
      this.#cuts = 0
      return { limit: before.limit, reason: `${percent(share)} fail at any limit: tolerated` }
    }
    this.#cuts += 1
    return { limit: limit * Math.max(0.5, 1 - share), reason: `${percent(share)} failed` }
  }
}
