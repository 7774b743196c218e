import type { WindowSample } from '../types.js'

/**
 * What was seen under one limit, once the attempts begun under the limit before are out of the way. How long an attempt took follows from
 * Little's law, mean in flight × elapsed ÷ ended: it contains every queue, at the source, at the destination and on the wire.
 */
export class Measurement {
  elapsedMs = 0
  /** Integral of the number in flight over time, attempts × ms. */
  inFlightMs = 0
  /** Attempts that ended other than by a throttle. */
  ended = 0
  /** Time during which ending attempts began under the previous limit, ms. */
  settlingMs = 0

  /** Starts over; what ends within the next `settlingMs` is not counted. */
  restart(settlingMs = 0): void {
    this.settlingMs = settlingMs
    this.elapsedMs = this.inFlightMs = this.ended = 0
  }

  /** Adds a window; false while what ends began under the limit before. */
  add(window: WindowSample, limit: number): boolean {
    if (this.settlingMs > 0) {
      // Above a lower limit, what is in flight has yet to end.
      if (window.inFlight < 1.1 * limit + 1) this.settlingMs -= window.elapsedMs
      return false
    }
    this.elapsedMs += window.elapsedMs
    this.inFlightMs += window.inFlight * window.elapsedMs
    this.ended += window.succeeded + window.failed
    return true
  }

  /** How long an attempt took, ms: at least a microsecond, so that it can be divided by. */
  get timeMs(): number {
    return Math.max(0.001, this.inFlightMs / Math.max(1, this.ended))
  }

  /** Relative error of the time and of the rate, if attempts end as a Poisson process does. */
  get error(): number {
    return 1 / Math.sqrt(Math.max(1, this.ended))
  }

  /** Attempts that ended, per ms. */
  get rate(): number {
    return this.ended / this.elapsedMs
  }

  /** Does the limit bind, or is there too little work? */
  bound(limit: number): boolean {
    return this.inFlightMs > (0.9 * limit - 0.5) * this.elapsedMs
  }
}
