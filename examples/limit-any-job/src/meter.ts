import type { WindowSample } from '@lagoon/aimd'
import { performance } from 'node:perf_hooks'

/** Measures jobs and gives the figures of one window after the other, as a controller wants them. */
export class Meter {
  #startedAt = performance.now()
  #failed = 0
  #timesMs: number[] = []
  #inFlight = 0
  #inFlightArea = 0
  #changedAt = this.#startedAt

  async measure<T>(job: () => Promise<T>): Promise<T> {
    const startedAt = this.#changeInFlight(1)
    try {
      const value = await job()
      this.#timesMs.push(performance.now() - startedAt)
      return value
    } catch (error) {
      this.#failed += 1
      throw error
    } finally {
      this.#changeInFlight(-1)
    }
  }

  /** The window that ends now; the next one begins. */
  close(): WindowSample {
    const now = this.#changeInFlight(0)
    const elapsedMs = now - this.#startedAt
    const times = this.#timesMs.sort((a, b) => a - b)
    const at = (share: number): number => times[Math.floor(share * (times.length - 1))]!
    const sample: WindowSample = {
      elapsedMs,
      succeeded: times.length,
      failed: this.#failed,
      throttled: 0,
      bytes: 0,
      latencyMs: times.length === 0 ? null : { p50: at(0.5), p90: at(0.9) },
      inFlight: this.#inFlightArea / elapsedMs,
    }
    this.#startedAt = now
    this.#failed = this.#inFlightArea = 0
    this.#timesMs = []
    return sample
  }

  #changeInFlight(by: number): number {
    const now = performance.now()
    this.#inFlightArea += this.#inFlight * (now - this.#changedAt)
    this.#changedAt = now
    this.#inFlight += by
    return now
  }
}
