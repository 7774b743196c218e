import type { ControllerOptions } from '../options.js'
import { BaseTime } from './base-time.js'
import { BelievedTime } from './believed-time.js'
import type { Believed } from './believed-time.js'
import { Company } from './company.js'
import type { Evidence } from './evidence.js'
import { Noise } from './noise.js'
import { FEW, SOON_MS } from './reach.js'
import { Slope } from './slope.js'
import { Softness } from './softness.js'
import { Wall } from './wall.js'
import type { Mark } from './wanted.js'

/** What the law believes about the backend. */
export class Model {
  readonly base = new BaseTime()
  readonly noise = new Noise()
  readonly softness: Softness
  readonly wall = new Wall()
  readonly company = new Company()
  /** The last time in the system, ms; null before the first measurement. */
  timeMs: number | null = null
  readonly #options: ControllerOptions
  readonly #believed = new BelievedTime()
  readonly #slope = new Slope()
  #thrash = 0
  #sharedBefore = false

  constructor(options: ControllerOptions) {
    this.#options = options
    this.softness = new Softness(Math.min(FEW, 2 * options.startConcurrency))
  }

  passed(elapsedMs: number): void {
    this.wall.passed(elapsedMs)
    this.base.passed(elapsedMs)
    this.company.passed(elapsedMs)
    this.softness.passed(elapsedMs)
    this.#thrash *= Math.exp(-elapsedMs / FORGET_THRASH_MS)
  }

  /**
   * How long an attempt takes at the knee, ms: beyond that it waits. It is the base time, or more where the knee is soft: then as long as
   * leaves the usual queue at the limit that was seen to be worth it. Null before the first measurement.
   */
  get kneeMs(): number | null {
    const base = this.base.ms
    const { proven } = this.softness
    if (base === null || proven === null) return base
    return Math.max(base, (proven.timeMs * this.#servedAt(proven.limit)) / proven.limit)
  }

  /** Is the knee soft, as far as is known? */
  get soft(): boolean {
    return this.kneeMs !== this.base.ms
  }

  /** The limit that keeps clear of the wall; infinite without one. */
  get cap(): number {
    return this.wall.cap(this.kneeMs ?? Infinity)
  }

  /**
   * How many attempts may wait when so many are served: in proportion to the square root, which several
   * controllers share fairly and which is seen above the noise at any size. Less where overload costs capacity.
   */
  queue(served: number): number {
    return Math.min(this.#root * Math.sqrt(served), MOST_QUEUED * served)
  }

  /** How many are served where they and the queue that may stand make up the limit: the inverse of the above. */
  #servedAt(limit: number): number {
    const root = this.#root
    const byRoot = ((Math.sqrt(root * root + 4 * limit) - root) / 2) ** 2
    return Math.max(byRoot, limit / (1 + MOST_QUEUED))
  }

  get #root(): number {
    const thrash = this.company.likely ? 0 : this.#thrash
    return this.#options.queueFactor / (1 + THRASH_WEIGHT * thrash)
  }

  /** Learns the scatter, and, where that is strong, a base time that must be too low. */
  learn(evidence: Evidence, limit: number): void {
    const { noise, company } = this
    noise.observe(evidence, limit)
    this.#slope.add(limit, evidence.timeMs, noise.error(evidence))
    if (!noise.strong || company.seen) return
    const flatMs = this.#slope.flatMs
    if (flatMs === null || this.base.ms === null || flatMs < this.base.ms) return
    this.base.blend(flatMs, 1)
    this.#slope.forget()
  }

  /** A measurement under a limit, to compare with another. */
  mark({ ended, windows, timeMs }: Evidence, limit: number): Mark {
    return { limit, timeMs, error: this.noise.error({ ended, windows }) }
  }

  /** What is believed of the time in the system after this measurement under a limit. */
  believe(evidence: Evidence, limit: number): Believed {
    return this.#believed.update(evidence, limit, this.noise.error(evidence), this.base.ms)
  }

  /** Attempts are of another kind now: what was believed of their time is void. */
  otherAttempts(timeMs: number): void {
    this.base.restart(timeMs)
    this.#believed.forget()
    this.#slope.forget()
    this.softness.restart()
  }

  /** How many of those in flight wait, by the time at the knee; negative when attempts are faster than that. */
  waiting(evidence: Pick<Believed, 'inFlight' | 'timeMs'>): number {
    return evidence.inFlight * (1 - (this.kneeMs ?? evidence.timeMs) / evidence.timeMs)
  }

  /** How many may wait under this evidence. */
  allowed(evidence: Pick<Believed, 'inFlight' | 'timeMs'>): number {
    return this.queue(evidence.inFlight - Math.max(0, this.waiting(evidence)))
  }

  /** The lowest limit that is fitted to a queue; where attempts take long, or others share, any is. */
  leastAt(timeMs: number): number {
    const { company, softness } = this
    return timeMs < SOON_MS && (company.unseen || !company.likely) ? softness.least : 1
  }

  /** The limit for what the backend serves and the queue it may have; never less than a part of the present one. */
  fit(evidence: Believed, limit: number): number {
    const knee = this.kneeMs ?? evidence.timeMs
    const served = evidence.rate * knee
    const spike = evidence.timeMs > this.#options.rttSpikeFactor * knee
    const doubt = evidence.error * served * 0.5
    return Math.max(spike ? limit / 4 : limit / 2, served + this.queue(served) + doubt)
  }

  /** Does overload seem to cost capacity? */
  get thrashes(): boolean {
    return this.#thrash > 0.05
  }

  /** Others share the backend: their moves may have looked like thrash. */
  sharing(): void {
    this.company.confirm()
    this.#sharedBefore = true
    this.#thrash = 0
    const few = (this.softness.proven?.limit ?? 0) <= 2 * FEW
    if (!few || !this.company.unseen) this.softness.forget()
  }

  /** Others share the backend for sure: what more in flight gained was theirs. */
  revealed(): void {
    this.company.reveal()
    this.softness.forget()
    this.softness.release()
  }

  /**
   * Learns from two limits under both of which attempts waited: `slope` is by how much of the step the time fell.
   * More than all of it means that fewer in flight raised the goodput, so that overload costs capacity.
   */
  learnThrash(slope: number): void {
    if (this.#sharedBefore && this.company.likely) return
    if (slope > 0.7) this.#thrash += 0.5 * (Math.min(1.5, Math.max(0, slope - 1.05)) - this.#thrash)
  }
}

const THRASH_WEIGHT = 10
const FORGET_THRASH_MS = 1_800_000
const MOST_QUEUED = 0.3
