import type { ControllerOptions } from '../options.js'
import type { Doubt } from './doubt.js'
import type { Evidence } from './evidence.js'
import type { Experiments } from './experiments.js'
import type { Growth } from './growth.js'
import type { Model } from './model.js'
import type { Phase, Wanted } from './wanted.js'

type Step = Wanted & { phase?: Phase }

/** The steady state: keeps the queue at what it may be, and begins an experiment where one is due. */
export class Steady {
  readonly #options: ControllerOptions
  readonly #model: Model
  readonly #growth: Growth
  readonly #doubt: Doubt
  readonly #experiments: Experiments
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

  /** What to do after a measurement. `target` is the limit before it was rounded. */
  judge(evidence: Evidence, limit: number, target: number, bound: boolean): Step {
    this.#learnFaster(evidence)
    if (!bound) return { limit: target, reason: 'too little work to need more' }
    return this.#experiment(evidence, limit) ?? this.#adjust(evidence, limit, target)
  }

  /** Attempts can't be faster than the base time: two such measurements, or one that is beyond chance, lower it. */
  #learnFaster(evidence: Evidence): void {
    const { base } = this.#model
    const error = base.error(evidence.ended)
    const was = base.ms
    if (was === null) base.blend(evidence.timeMs, 1)
    else if (evidence.timeMs < was * (1 - 2 * error)) {
      this.#faster += 1
      const sure = this.#faster >= 2 || evidence.timeMs < was * (1 - 4 * error)
      if (sure) base.blend(evidence.timeMs, evidence.timeMs < was / 2 ? 1 : 0.5)
    } else this.#faster = 0
  }

  #experiment(evidence: Evidence, limit: number): Step | null {
    const { company, base } = this.#model
    const from = this.#doubt.stepsGainedNothing(limit, evidence)
    if (from !== null && this.#experiments.mayDoubt) return this.#question(evidence, limit, from)
    if (company.dipped(evidence.timeMs, base.error(evidence.ended), limit) && this.#experiments.mayJoin) {
      this.#model.sharing()
      return this.#experiments.drain(evidence, limit)
    }
    if (this.#experiments.due(this.#doubt.watching)) {
      // One or two attempts can't be drained; more of them tell the same.
      return limit <= 2 ? this.#question(evidence, limit, limit) : this.#experiments.drain(evidence, limit)
    }
    const lost = this.#doubt.lost(evidence.rate)
    if (!lost || this.#model.waiting(evidence) <= this.#model.allowed(evidence) / 2) return null
    return limit < 5 ? this.#question(evidence, limit, limit) : this.#experiments.drain(evidence, limit)
  }

  #question(evidence: Evidence, limit: number, back: number): Step {
    this.#doubt.stopWatching()
    this.#doubt.release()
    return this.#experiments.question(evidence, limit, back)
  }

  #adjust(evidence: Evidence, limit: number, target: number): Step {
    const waiting = this.#model.waiting(evidence)
    const allowed = this.#model.allowed(evidence)
    const scatter = this.#model.base.error(evidence.ended) * limit * (limit < 6 ? 0.5 : 1)
    if (waiting > allowed + scatter) return this.#shrink(evidence, limit, waiting)
    // Where one attempt more is a large step, it is only made well below the queue that may stand.
    const enough = limit < 16 ? 0.6 * allowed : allowed
    if (waiting > enough) return { limit: target, reason: 'as many wait as should' }
    return this.#grow(limit, target, Math.min(allowed, allowed - waiting))
  }

  #shrink(evidence: Evidence, limit: number, waiting: number): Step {
    this.#growth.stop(limit)
    this.#doubt.watch(limit, evidence)
    const fit = Math.max(this.#doubt.floor, this.#model.fit(evidence, limit))
    const next = Math.min(limit, fit)
    const stuck = Math.round(next) === limit || limit <= this.#options.minConcurrency
    if (this.#doubt.pressed(stuck) && this.#experiments.mayDoubt)
      return this.#question(evidence, limit, limit)
    return { limit: next, reason: `${waiting.toFixed(1)} of ${limit} wait` }
  }

  #grow(limit: number, target: number, free: number): Step {
    const { wall, base } = this.#model
    this.#doubt.stopWatching()
    const next = this.#growth.next(limit, Math.min(free, this.#options.increaseAmount))
    if (next === null) return { limit: target, reason: 'nothing waits, but one more was too many lately' }
    const cap = wall.cap(base.ms ?? Infinity)
    if (next <= cap) return { limit: next, reason: 'nothing waits' }
    if (!wall.mayProbe) return { limit: Math.max(limit, cap), reason: 'close to the wall' }
    wall.went(limit / (base.ms ?? Infinity))
    return { limit: limit + Math.max(1, limit * wall.step), reason: 'probing the wall' }
  }
}
