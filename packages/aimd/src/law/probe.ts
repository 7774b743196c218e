import * as C from './constants.js'
import type { Measurement } from './measurement.js'

/** A probe: another limit and the present one in turn, so that a pace that wanders cancels out, until it is clear which gets more. */
export class Probe {
  readonly from: number
  readonly to: number
  /** How long attempts take under the other limit, ms. */
  timeMs = 0
  readonly #segmentMs: number
  /** Logarithms of the goodput under the other limit over that before and after it. */
  readonly #gains: number[] = []
  #before: number
  #there: number | null = null
  #chance = 0

  /** `before` was measured under `from`. */
  constructor(from: number, to: number, before: Measurement) {
    this.from = from
    this.to = to
    this.#segmentMs = Math.max(C.SEGMENT_MS, C.SEGMENT_TIMES * before.timeMs)
    this.#before = Math.log(before.rate)
  }

  /** The limit of the segment under way. */
  get limit(): number {
    return this.#there === null ? this.to : this.from
  }

  get up(): boolean {
    return this.to > this.from
  }

  get trying(): string {
    return `trying ${Math.round(this.to)} in flight instead of ${Math.round(this.from)}`
  }

  /** Takes what was measured in the segment; true when it is over. */
  segment(m: Measurement): boolean {
    if (m.elapsedMs < this.#segmentMs) return false
    const rate = Math.log(m.rate)
    if (this.#there === null) {
      this.#there = rate
      this.timeMs = this.timeMs === 0 ? m.timeMs : (this.timeMs + m.timeMs) / 2
      return true
    }
    this.#gains.push(this.#there - (this.#before + rate) / 2)
    this.#chance = 1.5 * m.error ** 2 + 0.0002
    this.#before = rate
    this.#there = null
    return true
  }

  /** By which part of the step goodput follows the limit, in logarithms, and its standard error; zeros before the first pair. */
  get elasticity(): { mean: number; error: number } {
    const pairs = this.#gains.length
    const step = Math.log(this.to / this.from)
    const mean = this.#gains.reduce((a, b) => a + b, 0) / Math.max(1, pairs)
    const squares = this.#gains.reduce((sum, gain) => sum + (gain - mean) ** 2, 0)
    const variance = Math.max(this.#chance, squares / Math.max(1, pairs - 1))
    return { mean: mean / step, error: Math.sqrt(variance / Math.max(1, pairs)) / Math.abs(step) }
  }

  /** Does goodput follow the limit by more than `worth` of the step? Null while that is not clear; what never is clear is `inDoubt`. */
  judge(worth: number, inDoubt: boolean): boolean | null {
    const pairs = this.#gains.length
    if (pairs === 0 || this.#there !== null) return null
    const { mean, error } = this.elasticity
    if (pairs > 1 && mean - C.CLEAR * error > worth) return true
    // One pair tells that nothing is gained; that something is lost, by which more is concluded, takes several.
    if (mean + C.CLEAR * error < worth && (pairs > 2 || mean > C.HARMFUL)) return false
    return pairs < C.MOST_PAIRS ? null : inDoubt || mean - error > worth
  }
}
