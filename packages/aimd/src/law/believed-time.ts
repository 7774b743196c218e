import type { Evidence } from './evidence.js'

/** The time in the system that is believed, with what follows from it. */
export interface Believed {
  inFlight: number
  timeMs: number
  /** Attempts that end, per ms. */
  rate: number
  /** Relative standard error of the time. */
  error: number
}

/**
 * Weighs each measurement of the time in the system against what the ones before it let expect (a Kalman filter of one
 * number, in the logarithm): where measurements are precise it follows them, where they scatter it averages, and what
 * chance can't explain is believed at once.
 */
export class BelievedTime {
  #log: number | null = null
  #variance = 0
  #limit = 0

  /** Takes a measurement under a limit; `error` is its relative standard error. */
  update(evidence: Evidence, limit: number, error: number, baseMs: number | null): Believed {
    const { inFlight } = evidence
    const measured = Math.log(evidence.timeMs)
    if (this.#log === null) {
      this.#log = measured
      this.#variance = error * error
    } else {
      this.#expect(this.#log, Math.log(limit / this.#limit), Math.log(baseMs ?? evidence.timeMs))
      const off = measured - this.#log
      if (off * off > SURPRISE * (this.#variance + error * error))
        this.#variance = Math.max(this.#variance, off * off)
      const gain = this.#variance / (this.#variance + error * error)
      this.#log += gain * off
      this.#variance *= 1 - gain
    }
    this.#limit = limit
    const timeMs = Math.exp(this.#log)
    return { inFlight, timeMs, rate: inFlight / timeMs, error: Math.sqrt(this.#variance) }
  }

  /** What is known is void. */
  forget(): void {
    this.#log = null
  }

  /** Attempts that wait follow the limit, those that don't stay as they are; which of the two is not quite known. */
  #expect(log: number, step: number, base: number): void {
    const queued = Math.max(Math.min(log, base), log + step)
    this.#log = (log + queued) / 2
    this.#variance += UNREST + ((log - queued) / 2) ** 2
  }
}

/** Variance that a moment adds: backends change. */
const UNREST = 1e-2
/** Off by more than three standard errors. */
const SURPRISE = 9
