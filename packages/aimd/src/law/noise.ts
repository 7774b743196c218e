import type { Evidence } from './evidence.js'

/**
 * How much a measured time scatters, learnt from measurements that should be alike. Two things make it scatter: what
 * an attempt takes varies from one to the next, which many attempts average; and all attempts of a window can be slower
 * or faster together, which only more windows average.
 */
export class Noise {
  /** Variance of one attempt's time over its squared mean. */
  #ofAttempt = 0.25
  /** Variance of what the attempts of a window have in common. */
  #ofWindow = 0.0004
  #learnt = 0
  #last: { timeMs: number; limit: number; attempts: number; windows: number } | null = null

  /** Relative standard error of the time in the system under this evidence. */
  error({ ended, windows }: { ended: number; windows: number }): number {
    return Math.sqrt(this.#ofAttempt / Math.max(1, ended) + this.#ofWindow / Math.max(1, windows))
  }

  /**
   * How many times as long as an attempt takes it must be watched after a change of the limit, before what it brings is more than the
   * short ones that end first: the longer ones are still to come, the more so the more attempts differ.
   */
  get toEven(): number {
    return bounded(EVEN * this.#ofAttempt, LEAST_EVEN, MOST_EVEN)
  }

  /** Do windows as a whole scatter so much that a few of them prove little? */
  get strong(): boolean {
    return this.#ofWindow > STRONG
  }

  /** How many windows it takes until what they have in common is known to such an error; at most 4, for an experiment costs goodput. */
  windowsFor(error: number): number {
    return Math.min(4, this.#ofWindow / (error * error))
  }

  /** Learns from a measurement and the one before it, as far as the change of the limit doesn't explain how they differ. */
  observe(evidence: Evidence, limit: number): void {
    const { timeMs } = evidence
    const last = this.#last
    const attempts = 1 / Math.max(1, evidence.ended)
    const windows = 1 / Math.max(1, evidence.windows)
    this.#last = { timeMs, limit, attempts, windows }
    if (last === null) return
    const explained = Math.abs(Math.log(limit / last.limit))
    if (explained > 0.1) return
    const jump = Math.max(0, Math.abs(Math.log(timeMs / last.timeMs)) - explained)
    // A jump far beyond chance is an event, not noise; where noise itself has grown, several in a row tell.
    const [ofAttempts, ofWindows] = [attempts + last.attempts, windows + last.windows]
    const most = OUTLIER * (this.#ofAttempt * ofAttempts + this.#ofWindow * ofWindows)
    this.#split(Math.min(jump * jump, most), ofAttempts, ofWindows)
  }

  /** A step of expectation maximization: what of the square is due to which of the two. */
  #split(square: number, attempts: number, windows: number): void {
    const [a, w] = [this.#ofAttempt * attempts, this.#ofWindow * windows]
    const alike = (a * w) / (a + w)
    const rate = Math.max(RATE, 1 / (this.#learnt + 2))
    this.#learnt += 1
    const toAttempt = (alike + (a / (a + w)) ** 2 * square) / attempts
    const toWindow = (alike + (w / (a + w)) ** 2 * square) / windows
    this.#ofAttempt = bounded(this.#ofAttempt + rate * (toAttempt - this.#ofAttempt), 0.01, 25)
    this.#ofWindow = bounded(this.#ofWindow + rate * (toWindow - this.#ofWindow), LEAST_COMMON, 0.25)
  }
}

function bounded(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value))
}

const EVEN = 25
const LEAST_EVEN = 8
const MOST_EVEN = 64
const STRONG = 0.004
const RATE = 0.08
const OUTLIER = 9
const LEAST_COMMON = 1e-6
