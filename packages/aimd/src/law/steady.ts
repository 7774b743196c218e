import type { ControllerOptions } from '../options.js'
import type { Believed } from './believed-time.js'
import type { Doubt } from './doubt.js'
import type { Evidence } from './evidence.js'
import type { Experiments } from './experiments.js'
import type { Growth } from './growth.js'
import type { Model } from './model.js'
import { FEW, SOON_MS } from './reach.js'
import { Undo } from './undo.js'
import type { Phase, Wanted } from './wanted.js'

/** `probing`: beyond what a wall is known to let through. */
type Step = Wanted & { phase?: Phase; probing?: boolean }

/** The steady state: keeps the queue at what it may be, and begins an experiment where one is due. */
export class Steady {
  readonly #options: ControllerOptions
  readonly #model: Model
  readonly #growth: Growth
  readonly #doubt: Doubt
  readonly #experiments: Experiments
  readonly #undo = new Undo()
  #faster = 0

  constructor(
    options: ControllerOptions,
    model: Model,
    growth: Growth,
    doubt: Doubt,
    experiments: Experiments,
  ) {
    this.#options = options
    this.#model = model
    this.#growth = growth
    this.#doubt = doubt
    this.#experiments = experiments
  }

  passed(elapsedMs: number): void {
    this.#undo.passed(elapsedMs)
  }

  /** What to do after a measurement. `target` is the limit before it was rounded. */
  judge(evidence: Evidence, limit: number, target: number, bound: boolean): Step {
    this.#learnFaster(evidence)
    if (!bound) return { limit: target, reason: 'too little work to need more' }
    return this.#experiment(evidence, limit) ?? this.#adjust(evidence, limit, target)
  }

  /** Attempts can't be faster than the base time: two such measurements, or one that is beyond chance, lower it. */
  #learnFaster(evidence: Evidence): void {
    const { base, noise } = this.#model
    const error = noise.error(evidence)
    const was = base.ms
    if (was === null) base.blend(evidence.timeMs, 1)
    else if (evidence.timeMs < was * (1 - 2 * error)) {
      this.#faster += 1
      const sure = this.#faster >= 2 || evidence.timeMs < was * (1 - 4 * error)
      if (sure) base.blend(evidence.timeMs, evidence.timeMs < was / 2 ? 1 : 0.5)
    } else this.#faster = 0
  }

  #experiment(evidence: Evidence, limit: number): Step | null {
    const { company, noise } = this.#model
    const from = this.#doubt.stepsGainedNothing(limit, evidence)
    if (from !== null && this.#experiments.mayDoubt) return this.#question(evidence, limit, from)
    if (
      company.dipped(evidence.timeMs, noise.error(evidence), limit, this.#model.soft) &&
      this.#experiments.drains.mayJoin
    ) {
      this.#model.sharing()
      return this.#experiments.drain(evidence, limit)
    }
    if (this.#mayHalve(evidence, limit)) return this.#experiments.halve(limit)
    // Where the knee is soft, drains take goodput for a queue and lead lower and lower: among few, if that is soon over, it is first tried whether more gain.
    const soon = limit <= FEW && evidence.timeMs < SOON_MS
    if (soon && this.#mayReach(evidence, limit)) return this.#experiments.reach(evidence, limit)
    if (this.#experiments.drains.due(this.#doubt.watching)) {
      // One or two attempts can't be drained; more of them tell the same.
      return limit <= 2 ? this.#question(evidence, limit, limit) : this.#experiments.drain(evidence, limit)
    }
    if (!soon && this.#mayReach(evidence, limit)) return this.#experiments.reach(evidence, limit)
    const lost = this.#doubt.lost(evidence.rate)
    if (!lost || this.#model.waiting(evidence) <= this.#model.allowed(evidence) / 2) return null
    return limit < 5 ? this.#question(evidence, limit, limit) : this.#experiments.drain(evidence, limit)
  }

  /** Does it want to go below what it may without a reason? */
  #mayHalve(evidence: Evidence, limit: number): boolean {
    const least = this.#model.leastAt(evidence.timeMs)
    if (least === 1 || limit > least || limit === 1 || !this.#model.softness.mayHalve) return false
    return this.#model.waiting(evidence) > this.#model.allowed(evidence)
  }

  /** Clear of the maximum and of a wall, and of many in flight only where nobody else would pay for it and overload costs nothing. */
  #mayReach(evidence: Evidence, limit: number): boolean {
    const { cap, company, softness } = this.#model
    const most = Math.min(this.#options.maxConcurrency, cap)
    if (limit < LEAST_REACH || 2 * limit > most || !softness.due(limit)) return false
    const few = limit <= FEW && (company.unseen || !company.likely)
    if (!few && !this.#onlyOurs(evidence, limit)) return false
    // Where hardly anything waits, it grows anyway.
    return softness.urgent || this.#model.waiting(evidence) >= this.#model.allowed(evidence) / 4
  }

  #onlyOurs(evidence: Evidence, limit: number): boolean {
    const { company, softness, thrashes } = this.#model
    if (!company.alone || thrashes) return false
    if (!softness.othersYielded(this.#model.mark(evidence, limit))) return true
    this.#model.revealed()
    this.#model.sharing()
    return false
  }

  #question(evidence: Evidence, limit: number, back: number): Step {
    this.#doubt.stopWatching()
    this.#doubt.release()
    return this.#experiments.question(evidence, limit, back)
  }

  #adjust(evidence: Evidence, limit: number, target: number): Step {
    const believed = this.#model.believe(evidence, limit)
    const waiting = this.#model.waiting(believed)
    const allowed = this.#model.allowed(believed)
    const scatter = believed.error * limit * (limit < 6 ? 0.5 : 1)
    if (waiting > allowed + scatter) return this.#shrink(evidence, believed, limit, waiting)
    const back = waiting < allowed / 4 ? this.#undo.take(limit) : null
    this.#undo.well(limit)
    if (back !== null) {
      const cap = Math.max(limit, this.#model.cap)
      return { limit: Math.min(back, cap), reason: 'nothing waits any more: back to the limit of before' }
    }
    // Where one attempt more is a large step, it is only made well below the queue that may stand.
    const enough = limit < 16 ? 0.6 * allowed : allowed
    if (waiting > enough) return { limit: target, reason: 'as many wait as should' }
    return this.#grow(limit, target, allowed, Math.min(allowed, allowed - waiting))
  }

  #shrink(evidence: Evidence, believed: Believed, limit: number, waiting: number): Step {
    this.#growth.stop(limit)
    this.#doubt.watch(limit, evidence)
    const fit = this.#model.fit(believed, limit)
    const next = Math.min(limit, Math.max(this.#doubt.floor, this.#model.leastAt(evidence.timeMs), fit))
    const stuck = Math.round(next) === limit || limit <= this.#options.minConcurrency
    // A limit that fits but for its rounding is hardly pressed on.
    if (this.#doubt.pressed(!stuck ? 0 : fit < 0.98 * limit ? 1 : 0.1) && this.#experiments.mayDoubt)
      return this.#question(evidence, limit, limit)
    this.#undo.cut(next, evidence.timeMs / (this.#model.kneeMs ?? evidence.timeMs))
    return { limit: next, reason: `${waiting.toFixed(1)} of ${limit} wait` }
  }

  /** `free` more may wait, of the `usual` number in all. */
  #grow(limit: number, target: number, usual: number, free: number): Step {
    const { wall, kneeMs, cap } = this.#model
    this.#doubt.stopWatching()
    const next = this.#growth.next(limit, Math.min(free, this.#options.increaseAmount))
    if (next === null) return { limit: target, reason: 'nothing waits, but one more was too many lately' }
    if (next <= cap) return { limit: next, reason: 'nothing waits' }
    if (!wall.mayProbe) return { limit: Math.max(limit, cap), reason: 'close to the wall' }
    wall.went(limit / (kneeMs ?? Infinity))
    // A queue that stands already is no room for a large step, whatever the wall lets through.
    const step = limit * wall.step * (free / usual)
    return { limit: limit + Math.max(1, step), probing: true, reason: 'probing the wall' }
  }
}

/** One attempt alone is probed instead. */
const LEAST_REACH = 2
