import type { ControllerOptions } from './options.js'
import type { Law, LawState, WindowSample } from './types.js'

/**
 * The law of the Python tool, as the baseline to compare with. A window in which no attempt ended changes nothing. Any other is counted,
 * and its median time to first byte is folded into the smoothed one before the two are compared.
 *
 * Congestion is more than `errorRateThreshold` of the attempts failed or throttled or, once more than `warmupIntervals` windows have been
 * counted, a p90 above `rttSpikeFactor` times the smoothed median. It multiplies the limit by `decreaseFactor`, and the result is also
 * the slow-start threshold: below it, or without one, the limit grows by `increaseAmount` a window, from there on by 1.
 */
export class SeedLaw implements Law {
  readonly intervalMs: number
  readonly #options: ControllerOptions
  #smoothedMs: number | null = null
  #lastMs: number | null = null
  #windows = 0
  #threshold = Infinity

  constructor(options: ControllerOptions) {
    this.#options = options
    this.intervalMs = options.intervalMs
  }

  get state(): LawState {
    return { phase: this.#phase, baseMs: this.#smoothedMs, timeInSystemMs: this.#lastMs, wall: null }
  }

  get #phase(): string {
    if (this.#windows <= this.#options.warmupIntervals) return 'warm-up'
    return this.#threshold === Infinity ? 'slow start' : 'congestion avoidance'
  }

  update(window: WindowSample, limit: number): { limit: number; reason: string } {
    const { minConcurrency, maxConcurrency, decreaseFactor, increaseAmount } = this.#options
    const attempts = window.succeeded + window.failed + window.throttled
    if (attempts === 0) return { limit, reason: 'no attempt ended in the window' }
    this.#windows += 1
    this.#fold(window.latencyMs)
    const congestion = this.#congestion(window, attempts)
    if (congestion !== null) {
      this.#threshold = Math.max(minConcurrency, Math.floor(limit * decreaseFactor))
      return { limit: this.#threshold, reason: congestion }
    }
    if (limit >= maxConcurrency) return { limit, reason: 'no congestion, at the maximum' }
    if (limit >= this.#threshold)
      return { limit: limit + 1, reason: 'no congestion, above the slow-start threshold' }
    return { limit: limit + increaseAmount, reason: 'no congestion' }
  }

  #fold(latency: WindowSample['latencyMs']): void {
    if (latency === null) return
    const smoothed = this.#smoothedMs ?? latency.p50
    this.#smoothedMs = smoothed + this.#options.rttSmoothing * (latency.p50 - smoothed)
    this.#lastMs = latency.p50
  }

  #congestion({ failed, throttled, latencyMs }: WindowSample, attempts: number): string | null {
    const { errorRateThreshold, rttSpikeFactor, warmupIntervals } = this.#options
    const errorRate = (failed + throttled) / attempts
    if (errorRate > errorRateThreshold) return `error rate ${(errorRate * 100).toFixed(1)} %`
    if (this.#windows <= warmupIntervals || latencyMs === null || this.#smoothedMs === null) return null
    const spike = latencyMs.p90 / this.#smoothedMs
    return spike > rttSpikeFactor ? `p90 is ${spike.toFixed(1)} × the smoothed median` : null
  }
}
