import { AimdError } from './errors.js'
import type { Observation } from './types.js'

/** Which law decides: `adaptive` is this package's, `seed` the Python tool's, unchanged. */
export type Preset = 'adaptive' | 'seed'

/** What `createController` takes; every field has a default. */
export interface ControllerOptions {
  /** The law. Default `adaptive`. */
  preset: Preset
  /**
   * Lowest limit, attempts. Integer ≥ 1. Default 1 for `adaptive`, which then begins at `startConcurrency`
   * and goes lower only for a backend that can't serve as many; 16 for `seed`.
   */
  minConcurrency: number
  /** Highest limit, attempts. Integer ≥ `minConcurrency`. Default 1024, or `minConcurrency` if that is higher. */
  maxConcurrency: number
  /**
   * First limit, attempts. Integer between the two bounds. Default: `minConcurrency` where the caller gives
   * one, else 16, held within the bounds.
   */
  startConcurrency: number
  /** Longest window, milliseconds, > 0. `adaptive` asks for shorter ones too. Default 2,000; `seed` 10,000. */
  intervalMs: number
  /** Shortest window the law asks for, milliseconds, > 0, at most `intervalMs`. Default 250; `seed` does not use it. */
  minIntervalMs: number
  /** Share of attempts that may fail for other reasons than throttling, 0 to 1. Default 0.1. */
  errorRateThreshold: number
  /** `seed`: p90 of the time to first byte over its smoothed median that counts as congestion. > 1. Default 3. */
  rttSpikeFactor: number
  /** `seed`: weight of a new median in the smoothed one, > 0 to 1. Default 0.25. */
  rttSmoothing: number
  /**
   * What is left of the limit after congestion, between 0 and 1, both excluded; `adaptive`: of the limit that fits a store that throttles.
   * Default 0.95.
   */
  decreaseFactor: number
  /** `seed`: step up, attempts, ≥ 1, until congestion is met, and below the limit it led to. Default 32. */
  increaseAmount: number
  /** `seed`: windows before latency is judged. Integer ≥ 0. Default 3; 1 with `adaptive`, which has no use for it. */
  warmupIntervals: number
  /** `adaptive`: the queue that may stand, as a multiple of the usual one; > 0. Default 1. */
  queueFactor: number
  /** Called after every update with what was decided and why. It must not throw. Default: none. */
  onDecision: ((observation: Observation) => void) | null
}

const HINT = 'Leave the option out for its default, or see the options table in the README of @lagoon/aimd.'

/** Fills in the defaults. Throws `LAGOON_AIMD_INVALID_OPTION` on impossible or contradicting options. */
export function resolveOptions(given: Partial<ControllerOptions> = {}): ControllerOptions {
  const preset = given.preset ?? 'adaptive'
  if (preset !== 'adaptive' && preset !== 'seed') {
    throw invalid(`preset is ${JSON.stringify(preset)}, but must be 'adaptive' or 'seed'`)
  }
  const seed = preset === 'seed'
  const minConcurrency = given.minConcurrency ?? Math.min(seed ? 16 : 1, given.maxConcurrency ?? Infinity)
  const maxConcurrency = given.maxConcurrency ?? Math.max(1024, minConcurrency)
  const start = given.startConcurrency ?? given.minConcurrency ?? 16
  const intervalMs = given.intervalMs ?? (seed ? 10_000 : 2_000)
  const options: ControllerOptions = {
    preset,
    minConcurrency,
    maxConcurrency,
    startConcurrency: given.startConcurrency ?? Math.min(maxConcurrency, Math.max(minConcurrency, start)),
    intervalMs,
    minIntervalMs: given.minIntervalMs ?? Math.min(250, intervalMs),
    errorRateThreshold: given.errorRateThreshold ?? 0.1,
    rttSpikeFactor: given.rttSpikeFactor ?? 3,
    rttSmoothing: given.rttSmoothing ?? 0.25,
    decreaseFactor: given.decreaseFactor ?? 0.95,
    increaseAmount: given.increaseAmount ?? 32,
    warmupIntervals: given.warmupIntervals ?? (seed ? 3 : 1),
    queueFactor: given.queueFactor ?? 1,
    onDecision: given.onDecision ?? null,
  }
  check(options)
  return options
}

function check(o: ControllerOptions): void {
  integer('minConcurrency', o.minConcurrency, 1)
  integer('maxConcurrency', o.maxConcurrency, 1)
  integer('startConcurrency', o.startConcurrency, 1)
  integer('warmupIntervals', o.warmupIntervals, 0)
  if (o.maxConcurrency < o.minConcurrency) {
    throw invalid(`maxConcurrency (${o.maxConcurrency}) is below minConcurrency (${o.minConcurrency})`)
  }
  if (o.startConcurrency < o.minConcurrency || o.startConcurrency > o.maxConcurrency) {
    throw invalid(
      `startConcurrency (${o.startConcurrency}) is not within ${o.minConcurrency} and ${o.maxConcurrency}`,
    )
  }
  range('intervalMs', o.intervalMs, o.intervalMs > 0, 'above 0')
  range('minIntervalMs', o.minIntervalMs, o.minIntervalMs > 0, 'above 0')
  if (o.minIntervalMs > o.intervalMs) {
    throw invalid(`minIntervalMs (${o.minIntervalMs}) is above intervalMs (${o.intervalMs})`)
  }
  const share = o.errorRateThreshold
  range('errorRateThreshold', share, share >= 0 && share <= 1, 'between 0 and 1')
  range('rttSpikeFactor', o.rttSpikeFactor, o.rttSpikeFactor > 1, 'above 1')
  range('rttSmoothing', o.rttSmoothing, o.rttSmoothing > 0 && o.rttSmoothing <= 1, 'above 0, at most 1')
  const factor = o.decreaseFactor
  range('decreaseFactor', factor, factor > 0 && factor < 1, 'between 0 and 1, both excluded')
  range('queueFactor', o.queueFactor, o.queueFactor > 0, 'above 0')
  range('increaseAmount', o.increaseAmount, o.increaseAmount >= 1, 'at least 1')
}

function integer(name: string, value: number, least: number): void {
  range(name, value, Number.isSafeInteger(value) && value >= least, `an integer of at least ${least}`)
}

function range(name: string, value: number, ok: boolean, must: string): void {
  if (!ok || !Number.isFinite(value)) throw invalid(`${name} is ${value}, but must be ${must}`)
}

function invalid(message: string): AimdError {
  return new AimdError('LAGOON_AIMD_INVALID_OPTION', message, HINT)
}
