/** The time an attempt takes when nothing queues. */
export class BaseTime {
  /** Milliseconds; null until something has ended. */
  ms: number | null = null
  /** Variance of the base time itself, relative; large until a drain has measured it. */
  #doubt = 0.02
  #pooledInFlightMs = 0
  #pooledEnded = 0

  /** Pools a window of the ramp, in which nothing is seen to wait. */
  pool(inFlightMs: number, ended: number): void {
    this.#pooledInFlightMs += inFlightMs
    this.#pooledEnded += ended
    this.ms = this.#pooledInFlightMs / this.#pooledEnded
  }

  /** Folds in a measurement with a relative error, by as much as it is the better of the two. */
  correct(timeMs: number, error: number, least: number, most: number): void {
    const gain = Math.min(most, Math.max(least, this.#doubt / (this.#doubt + error * error)))
    this.#doubt = Math.max(1e-5, this.#doubt * (1 - gain))
    this.blend(timeMs, gain)
  }

  /** Starts over from a measurement that may contain a queue. */
  restart(timeMs: number): void {
    this.blend(timeMs, 1)
    this.#doubt = 0.05
  }

  /** The base may have drifted in the meantime. */
  passed(elapsedMs: number): void {
    this.#doubt = Math.min(0.02, this.#doubt + 7e-9 * elapsedMs)
  }

  /** It can't be more than this. */
  lower(timeMs: number): void {
    if (this.ms === null || timeMs < this.ms) this.ms = timeMs
  }

  /** It is more than that: moves up to a measurement above it, by a weight between 0 and 1. */
  raise(timeMs: number, weight: number): void {
    if (this.ms === null || timeMs > this.ms) this.blend(timeMs, weight)
  }

  /** Moves towards a measurement by a weight between 0 and 1. */
  blend(timeMs: number, weight: number): void {
    this.ms = this.ms === null ? timeMs : this.ms + weight * (timeMs - this.ms)
    this.#pooledInFlightMs = 0
    this.#pooledEnded = 0
  }
}
