import type { Evidence } from './evidence.js'
import { medianOf } from './median.js'
import { PairedDifferences } from './paired-differences.js'
import type { Mark } from './wanted.js'

/** What a reach has shown. */
export interface Reached {
  /** The limit from which it reached for twice as much. */
  low: number
  /** By how much of the step goodput rose (0: not at all, 1: by all of it), with its standard error, and how much would be worth it. */
  gain: number
  error: number
  worth: number
  /** How long it took. */
  elapsedMs: number
}

/** A gain among few that is known to such an error is known well enough. */
export const PRECISE = 0.035

/** So many more in flight for a moment hurt nobody. */
export const FEW = 32

/** With attempts that take longer, a reach is not over soon. */
export const SOON_MS = 125

/**
 * Does twice as much in flight gain goodput? Changes between the two limits, measurement by measurement, until that is
 * clear: whatever makes the backend slower or faster for longer than a moment is the same on both sides, and cancels out.
 */
export class Reach {
  readonly low: number
  readonly high: number
  readonly #worth: number
  readonly #lowMs: number
  readonly #objects: PairedDifferences
  readonly #bytes: number[] = []
  #below: Rates
  #above: Rates | null = null
  #elapsedMs = 0
  #inFlightMs = 0
  #ended = 0
  #precision = 0

  /** Begins with a measurement under the lower limit, and its relative standard error. */
  constructor(limit: number, evidence: Evidence, error: number, high = 2 * limit) {
    this.low = limit
    this.high = high
    this.#worth = Math.min(MOST_WORTH, Math.max(LEAST_WORTH, limit * WORTH_OF_ONE))
    this.#lowMs = evidence.timeMs
    this.#objects = new PairedDifferences(2 * error * error)
    this.#below = ratesOf(evidence)
  }

  /** Is the backend another than when it began? Asked before a measurement is taken; those under the lower limit tell. */
  changed(evidence: Evidence): boolean {
    return this.#above !== null && Math.abs(Math.log(evidence.timeMs / this.#lowMs)) > OTHER
  }

  /** Takes a measurement and its relative standard error, under the higher limit first, then in turn; null while nothing is clear. */
  take(evidence: Evidence, error: number): Reached | null {
    this.#elapsedMs += evidence.elapsedMs
    const rates = ratesOf(evidence)
    const above = this.#above
    if (above === null) {
      this.#above = rates
      this.#inFlightMs += evidence.inFlightMs
      this.#ended += evidence.ended
      this.#precision += 1 / (error * error)
      return null
    }
    this.#objects.add(above.objects - (this.#below.objects + rates.objects) / 2)
    this.#bytes.push(above.bytes - (this.#below.bytes + rates.bytes) / 2)
    this.#below = rates
    this.#above = null
    const reached = this.#reached()
    return this.#elapsedMs > MOST_MS || this.#clear(reached) ? reached : null
  }

  /**
   * Where to stay when it was worth it, and how long attempts take there: under twice the limit, or, with `short`, after a quarter of
   * it, for which that time lies between the two.
   */
  stay(short: boolean): Mark {
    const share = short ? SHORT_STEP : 1
    const highMs = this.#inFlightMs / this.#ended
    return {
      limit: share === 1 ? this.high : Math.ceil(this.low * 2 ** share),
      timeMs: this.#lowMs * (highMs / this.#lowMs) ** share,
      error: 1 / Math.sqrt(this.#precision),
    }
  }

  /** To stay it must be surer than to go back. */
  #clear({ gain, error, worth }: Reached): boolean {
    const pairs = gain > worth ? STAY_PAIRS : BACK_PAIRS
    if (this.#objects.count < pairs) return false
    return Math.abs(gain - worth) > CLEAR * error || (this.low <= FEW && error < PRECISE)
  }

  /**
   * Right after a step up the short attempts end first, so that objects seem to gain until the long ones follow, and bytes to
   * lose. Unless it is about a few, what bytes clearly contradict is therefore not believed.
   */
  #reached(): Reached {
    const { mean, error } = this.#objects
    const step = Math.log(this.high / this.low)
    return {
      low: this.low,
      gain: Math.min(mean, this.low <= FEW ? Infinity : this.#mostByBytes) / step,
      error: error / step,
      worth: this.#worth,
      elapsedMs: this.#elapsedMs,
    }
  }

  /** A large object now and then makes bytes scatter too much for a mean. */
  get #mostByBytes(): number {
    const { median, error } = medianOf(this.#bytes)
    return median + 2 * error
  }
}

/** Logarithms of what ended a ms. */
interface Rates {
  objects: number
  bytes: number
}

function ratesOf({ rate, bytes, elapsedMs }: Evidence): Rates {
  const objects = Math.log(rate)
  return { objects, bytes: bytes > 0 ? Math.log(bytes / elapsedMs) : objects }
}

/** What a reach must gain rises with the limit, for a few attempts more cost nobody much: by so much with each. */
const WORTH_OF_ONE = 1 / 320
const LEAST_WORTH = 0.05
const MOST_WORTH = 0.15
const STAY_PAIRS = 4
const BACK_PAIRS = 2
/** So many standard errors. */
const CLEAR = 1.5
const MOST_MS = 40_000
/** Times that differ by such a factor are no scatter. */
const OTHER = Math.log(1.4)
/** A quarter more, of a doubling. */
const SHORT_STEP = Math.log2(1.25)
