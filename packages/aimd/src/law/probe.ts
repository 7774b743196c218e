import type { ControllerOptions } from '../options.js'
import * as C from './constants.js'
import { percent } from './failures.js'
import type { Wanted } from './failures.js'
import type { Measurement } from './measurement.js'
import type { Model } from './model.js'

/** A probe: another limit and the present one in turn, so that a pace that wanders cancels out, until it is clear which gets more. */
export class Probe {
  readonly from: number
  readonly to: number
  /** How long attempts take under the other limit, ms. */
  timeMs = 0
  readonly #segmentMs: number
  /** Logarithms of the goodput under the other limit over that before and after it. */
  readonly #gains: number[] = []
  #before: number
  #there: number | null = null
  #chance = 0
  /** Of the last pair: by which part of the step goodput followed, compared with the faster one of the segments before and after. */
  #least = 0

  /** `before` was measured under `from`. */
  constructor(from: number, to: number, before: Measurement) {
    this.from = from
    this.to = to
    this.#segmentMs = Math.max(C.SEGMENT_MS, C.SEGMENT_TIMES * before.timeMs)
    this.#before = Math.log(before.rate)
  }

  /** The limit of the present segment. */
  get limit(): number {
    return this.#there === null ? this.to : this.from
  }

  get up(): boolean {
    return this.to > this.from
  }

  get trying(): string {
    return `trying ${Math.round(this.to)} in flight instead of ${Math.round(this.from)}`
  }

  /** Takes what was measured in the segment; true when it is over. */
  segment(m: Measurement): boolean {
    if (m.elapsedMs < this.#segmentMs) return false
    const rate = Math.log(m.rate)
    if (this.#there === null) {
      this.#there = rate
      this.timeMs = this.timeMs === 0 ? m.timeMs : (this.timeMs + m.timeMs) / 2
      return true
    }
    this.#gains.push(this.#there - (this.#before + rate) / 2)
    this.#least = (this.#there - Math.max(this.#before, rate)) / Math.log(this.to / this.from)
    this.#chance = 1.5 * m.error ** 2 + 0.0002
    this.#before = rate
    this.#there = null
    return true
  }

  /** By which part of the step goodput follows the limit, in logarithms, and its standard error; zeros before the first pair. */
  get elasticity(): { mean: number; error: number } {
    const pairs = this.#gains.length
    const step = Math.log(this.to / this.from)
    const mean = this.#gains.reduce((a, b) => a + b, 0) / Math.max(1, pairs)
    const squares = this.#gains.reduce((sum, gain) => sum + (gain - mean) ** 2, 0)
    const variance = Math.max(this.#chance, squares / Math.max(1, pairs - 1))
    return { mean: mean / step, error: Math.sqrt(variance / Math.max(1, pairs)) / Math.abs(step) }
  }

  /** Does goodput follow the limit by more than `worth` of the step? Null while that is not clear; what never is clear is not worth it. */
  judge(worth: number, inDoubt: boolean): boolean | null {
    const pairs = this.#gains.length
    if (pairs === 0 || this.#there !== null) return null
    const { mean, error } = this.elasticity
    if ((pairs > 2 || this.#least > C.OBVIOUS) && mean - C.CLEAR * error > worth) return true
    // One pair tells that nothing is gained; that something is lost, by which more is concluded, takes several.
    if (mean + C.CLEAR * error < worth && (pairs > 2 || mean > C.HARMFUL)) return false
    return pairs < C.MAX_PAIRS ? null : inDoubt || mean - error > worth
  }
}

type Bounds = Pick<ControllerOptions, 'minConcurrency' | 'maxConcurrency'>

/** When which probe comes, and what follows from it. */
export class Probes {
  /** The next one comes in so many ms; each that finds nothing doubles the wait. */
  inMs = C.FIRST_PROBE_MS
  readonly #model: Model
  /** Read for each probe, because they can change. */
  readonly #bounds: Bounds
  #waitMs = C.FIRST_PROBE_MS
  #tryFewer = false

  constructor(model: Model, bounds: Bounds) {
    this.#model = model
    this.#bounds = bounds
  }

  /** The probe that is due, if one is and makes sense. `m` was measured under the limit, `cap` is where a wall is. */
  next(m: Measurement, limit: number, cap: number): Probe | null {
    if (this.inMs > 0) return null
    const { maxConcurrency, minConcurrency } = this.#bounds
    const more = Math.min(maxConcurrency, 0.95 * cap, 2 * limit)
    // Close to the maximum only fewer can tell whether overload costs capacity.
    const atMost = maxConcurrency < C.MIN_STEP * limit
    const { floor, knee } = this.#model
    const fewer = Math.max(minConcurrency, atMost ? limit / C.MIN_STEP : Math.max(floor, limit / 2))
    const down = atMost || (this.#tryFewer && knee > 1)
    if (down ? fewer > limit / C.MIN_STEP : more < C.MIN_STEP * limit) return null
    return new Probe(limit, down ? fewer : more, m)
  }

  /** The next probe comes as soon as one makes sense. */
  soon(): void {
    this.#wait(0)
  }

  /** What follows from a probe, or null while that is not clear. */
  conclude(probe: Probe): Wanted | null {
    const worth = probe.judge(C.WORTHWHILE, !probe.up)
    if (worth === null) return null
    const { mean, error } = probe.elasticity
    if (probe.up || !worth) this.#model.harmed = mean + C.CLEAR * error < C.HARMFUL
    return probe.up ? this.#triedMore(probe, worth) : this.#triedFewer(probe, worth)
  }

  #wait(ms: number): void {
    this.inMs = Math.min(C.MAX_PROBE_MS, ms)
    this.#waitMs = Math.max(C.FIRST_PROBE_MS, this.inMs)
  }

  #triedMore(probe: Probe, worth: boolean): Wanted {
    const model = this.#model
    const { mean } = probe.elasticity
    const [tried, from] = [Math.round(probe.to), Math.round(probe.from)]
    if (worth) {
      model.proven(probe.to, probe.timeMs)
      this.soon()
      const gain = `${percent(Math.min(1, mean))} of the step gained`
      return { limit: probe.to, reason: `tried ${tried} in flight, ${gain}, up to ${tried}` }
    }
    this.#tryFewer = true
    this.#wait(model.harmed ? C.MAX_PROBE_MS : 2 * this.#waitMs)
    const result = model.harmed ? 'slower' : 'not faster'
    return { limit: probe.from, reason: `tried ${tried} in flight, ${result}, back to ${from}` }
  }

  #triedFewer(probe: Probe, worth: boolean): Wanted {
    const [tried, from] = [Math.round(probe.to), Math.round(probe.from)]
    this.#tryFewer = !worth
    this.#wait(worth ? 2 * this.#waitMs : C.FIRST_PROBE_MS)
    if (worth) return { limit: probe.from, reason: `tried ${tried} in flight, slower, back to ${from}` }
    this.#model.disproven(probe.to, probe.timeMs)
    return { limit: probe.to, reason: `tried ${tried} in flight, as fast, down to ${tried}` }
  }
}
