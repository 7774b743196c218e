import type { WindowSample } from '../types.js'

/**
 * What was seen since the limit last changed, over one or several windows. The time in the system follows from
 * Little's law (mean in flight × elapsed ÷ ended): unlike the time to first byte at the source it contains every
 * queue, at the source, at the destination and on the wire, and averages noise over all attempts.
 */
export class Evidence {
  elapsedMs = 0
  /** Integral of the number in flight over time, attempts × ms. */
  inFlightMs = 0
  /** Attempts that ended other than by a throttle, corrected for the change in flight. */
  ended = 0
  succeeded = 0
  throttled = 0
  failed = 0
  bytes = 0
  windows = 0

  reset(): void {
    this.elapsedMs = 0
    this.inFlightMs = 0
    this.ended = 0
    this.succeeded = 0
    this.throttled = 0
    this.failed = 0
    this.bytes = 0
    this.windows = 0
  }

  /**
   * Adds a window during which the number in flight changed by `change`. Attempts begun but not ended are
   * invisible in the count; half of the change lies between the two extremes of how their durations can spread.
   */
  add(window: WindowSample, change: number): void {
    const ended = window.succeeded + window.failed
    this.elapsedMs += window.elapsedMs
    this.inFlightMs += window.inFlight * window.elapsedMs
    this.ended += ended === 0 ? 0 : Math.max(ended / 2, ended + change / 2)
    this.succeeded += window.succeeded
    this.failed += window.failed
    this.throttled += window.throttled
    this.bytes += window.bytes
    this.windows += 1
  }

  /** Mean number in flight. */
  get inFlight(): number {
    return this.elapsedMs === 0 ? 0 : this.inFlightMs / this.elapsedMs
  }

  /** Time in the system, ms; infinite while nothing has ended. */
  get timeMs(): number {
    return this.ended === 0 ? Infinity : this.inFlightMs / this.ended
  }

  /** Attempts that ended, per ms. */
  get rate(): number {
    return this.elapsedMs === 0 ? 0 : this.ended / this.elapsedMs
  }

  /** Share of all attempts that were throttled. */
  get throttledShare(): number {
    const all = this.succeeded + this.failed + this.throttled
    return all === 0 ? 0 : this.throttled / all
  }
}
