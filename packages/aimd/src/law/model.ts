import type { ControllerOptions } from '../options.js'
import * as C from './constants.js'

/** What the law believes about the backend. */
export class Model {
  /** How long an attempt takes when nothing queues, ms; null before startup is over. */
  baseMs: number | null = null
  /** Since the base time was last learnt, ms. */
  baseAgeMs = 0
  /** How long an attempt took lately, ms. */
  timeMs: number | null = null
  /** Duration of attempts at the knee, in base times; above 1 where the knee is soft. */
  knee = 1
  /** Does overload cost capacity? Then hardly anything may queue. */
  harmed = false
  /** How long attempts took in the queue that the last drain took away, ms; less after cuts. */
  explainedMs = 0
  readonly #queueShare: number
  #baseError = 1

  constructor({ queueFactor }: ControllerOptions) {
    this.#queueShare = C.QUEUE_SHARE * queueFactor
  }

  /** The lowest limit that a queue may lead to, attempts. */
  get floor(): number {
    return this.harmed ? 1 : C.FLOOR
  }

  /** How many times as long as at the knee attempts may take under a limit, for the queue that may stand. */
  queue(limit: number): number {
    if (this.harmed)
      return 1 + Math.min(0.3, Math.max(C.CLEAR * C.BASE_ERROR, C.HARMED_QUEUE / Math.sqrt(limit)))
    return 1 + this.#queueShare * Math.min(1, (C.QUEUE_AT / limit) ** 0.25)
  }

  /** How long attempts take when nothing queues beyond the knee, ms. */
  get kneeMs(): number {
    return (this.baseMs ?? Infinity) * this.knee
  }

  /** How long attempts may take under a limit, ms. */
  allowedMs(limit: number): number {
    return this.kneeMs * this.queue(limit)
  }

  /** A limit at which attempts take `timeMs` is worth it: the knee is not below. */
  proven(limit: number, timeMs: number): void {
    this.knee = Math.max(this.knee, this.#kneeAt(limit, timeMs))
    this.harmed = false
  }

  /** A lower limit at which attempts take `timeMs` does as well: the knee is not above. */
  disproven(limit: number, timeMs: number): void {
    this.knee = Math.max(1, Math.min(this.knee, this.#kneeAt(limit, timeMs)))
  }

  #kneeAt(limit: number, timeMs: number): number {
    return timeMs / (this.baseMs ?? timeMs) / this.queue(limit)
  }

  /** Do attempts take longer than the queue that the last drain took away explains? */
  unexplained(timeMs: number): boolean {
    return timeMs > C.UNEXPLAINED * this.explainedMs && this.baseAgeMs > 2 * C.STANDING_QUEUE_MS
  }

  /** Takes a time without a queue into the base time, weighed by both errors; what chance can't explain replaces it: true then. */
  learnBase(timeMs: number, error: number): boolean {
    const base = this.baseMs ?? timeMs
    const known = Math.hypot(this.#baseError, C.BASE_ERROR)
    const distance = Math.log(timeMs / base)
    const strange = Math.abs(distance) > 2 * C.CLEAR * Math.hypot(known, error)
    const weight = strange ? 1 : known ** 2 / (known ** 2 + error ** 2)
    this.baseMs = base * Math.exp(weight * distance)
    if (weight > 0.9) this.knee = Math.max(1, this.knee * Math.min(1, base / timeMs))
    this.#baseError = strange ? error : Math.sqrt(1 - weight) * known
    this.baseAgeMs = 0
    return strange
  }
}
