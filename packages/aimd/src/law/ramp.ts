import type { ControllerOptions } from '../options.js'
import type { Evidence } from './evidence.js'
import type { Model } from './model.js'
import type { Wanted } from './wanted.js'

/**
 * The start: the limit doubles until attempts begin to wait or the maximum is reached, and the base time is pooled
 * over all of it.
 */
export class Ramp {
  readonly #options: Readonly<ControllerOptions>
  #doubts = 0
  #windows = 0

  constructor(options: Readonly<ControllerOptions>) {
    this.#options = options
  }

  /** What to do after a measurement; `over` when the ramp is. */
  judge(evidence: Evidence, limit: number, bound: boolean, model: Model): Wanted & { over: boolean } {
    const base = model.base.ms ?? evidence.timeMs
    const longer = evidence.timeMs / base
    if (this.#windows >= this.#options.warmupIntervals && longer > 1.3 + 2 * model.noise.error(evidence)) {
      this.#doubts += 1
      if (this.#doubts < 2 && longer < 1.8)
        return { limit, over: false, reason: 'ramp: attempts seem to wait' }
      return {
        limit: Math.max(
          Math.min(limit, model.leastAt(evidence.timeMs)),
          model.fit(model.believe(evidence, limit), limit),
        ),
        over: true,
        reason: 'ramp ends: attempts wait',
      }
    }
    this.#doubts = 0
    this.#windows += 1
    model.base.pool(evidence.inFlightMs, evidence.ended)
    if (!bound) return { limit, over: false, reason: 'ramp: too little work to need more' }
    return { limit: limit * 2, over: limit >= this.#options.maxConcurrency, reason: 'ramp: nothing waits' }
  }
}
