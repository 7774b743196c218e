import type { ControllerOptions } from './options.js'
import type { Law, LawState, WindowSample } from './types.js'

/**
 * The Python tool's law, unchanged, as the baseline to compare with: plus `increaseAmount` every window; times
 * `decreaseFactor` when more than `errorRateThreshold` of the attempts failed or were throttled, or when the p90
 * of the time to first byte is over `rttSpikeFactor` times the smoothed median, once `warmupIntervals` windows
 * have told what the median is. A window without an attempt changes nothing.
 */
export class SeedLaw implements Law {
  readonly intervalMs: number
  readonly #options: ControllerOptions
  #smoothedMs: number | null = null
  #lastMs: number | null = null
  #windows = 0

  constructor(options: ControllerOptions) {
    this.#options = options
    this.intervalMs = options.intervalMs
  }

  get state(): LawState {
    const phase = this.#windows <= this.#options.warmupIntervals ? 'warm-up' : 'additive increase'
    return { phase, baseMs: this.#smoothedMs, timeInSystemMs: this.#lastMs, wall: null }
  }

  update(window: WindowSample, limit: number): { limit: number; reason: string } {
    const o = this.#options
    const attempts = window.succeeded + window.failed + window.throttled
    if (attempts === 0) return { limit, reason: 'no attempt ended in the window' }
    const spike = this.#spike(window.latencyMs)
    const errorRate = (window.failed + window.throttled) / attempts
    const lower = Math.floor(limit * o.decreaseFactor)
    if (errorRate > o.errorRateThreshold) {
      return { limit: lower, reason: `error rate ${(errorRate * 100).toFixed(1)} %` }
    }
    if (spike !== null) return { limit: lower, reason: `p90 is ${spike.toFixed(1)} × the smoothed median` }
    return { limit: limit + o.increaseAmount, reason: 'no congestion' }
  }

  /** Folds the median into the smoothed one; returns p90 over the smoothed median of before when it is a spike. */
  #spike(latency: WindowSample['latencyMs']): number | null {
    if (latency === null) return null
    const o = this.#options
    const smoothed = this.#smoothedMs
    this.#windows += 1
    this.#lastMs = latency.p50
    this.#smoothedMs = smoothed === null ? latency.p50 : smoothed + o.rttSmoothing * (latency.p50 - smoothed)
    if (smoothed === null || smoothed <= 0 || this.#windows <= o.warmupIntervals) return null
    const ratio = latency.p90 / smoothed
    return ratio > o.rttSpikeFactor ? ratio : null
  }
}
