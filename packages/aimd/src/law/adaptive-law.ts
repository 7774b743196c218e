import type { ControllerOptions } from '../options.js'
import type { Law, LawState, WindowSample } from '../types.js'
import { Doubt } from './doubt.js'
import { enough } from './enough.js'
import { ErrorWatch } from './error-watch.js'
import { Evidence } from './evidence.js'
import { Experiments } from './experiments.js'
import { Growth } from './growth.js'
import { Model } from './model.js'
import { Outage } from './outage.js'
import { pace } from './pace.js'
import { Ramp } from './ramp.js'
import { judgeRefusals } from './refusal.js'
import { Settling } from './settling.js'
import { SizeWatch } from './size-watch.js'
import { Steady } from './steady.js'
import type { Phase, Wanted } from './wanted.js'

/**
 * The adaptive law: AIMD on the number of attempts that wait. It takes windows in and hands them to the part that
 * is responsible in its phase. Invariants:
 *
 * 1. A window in which nothing ended changes no limit, and one with too little work never raises it.
 * 2. Nothing is judged before enough attempts ended over several times what one takes.
 * 3. After a larger change of the limit, what was begun under the old one is not counted.
 * 4. Throttles are answered at once, whatever the phase.
 */
export class AdaptiveLaw implements Law {
  readonly #options: ControllerOptions
  readonly #model: Model
  readonly #evidence = new Evidence()
  readonly #growth = new Growth()
  readonly #outage = new Outage()
  readonly #sizes = new SizeWatch()
  readonly #settling = new Settling()
  readonly #errors: ErrorWatch
  readonly #experiments: Experiments
  readonly #doubt: Doubt
  readonly #ramp: Ramp
  readonly #steady: Steady
  #phase: Phase = 'ramp'
  #target: number
  #change = 0
  #probing = false
  /** How often a silence has voided the measurement under way. */
  #hangs = 0

  constructor(options: ControllerOptions) {
    this.#options = options
    this.#target = options.startConcurrency
    this.#model = new Model(options)
    this.#errors = new ErrorWatch(options.errorRateThreshold)
    this.#experiments = new Experiments(options, this.#model)
    this.#doubt = new Doubt(this.#model)
    this.#ramp = new Ramp(options)
    this.#steady = new Steady(options, this.#model, this.#growth, this.#doubt, this.#experiments)
  }

  get state(): LawState {
    const { base, cap, wall, timeMs } = this.#model
    const known = base.ms !== null && wall.ratePerMs !== null
    return {
      phase: this.#phase,
      baseMs: base.ms,
      timeInSystemMs: timeMs,
      wall: known ? cap : null,
    }
  }

  get intervalMs(): number {
    const situation = { phase: this.#phase, settling: this.#settling.ongoing, probing: this.#probing }
    return pace(situation, this.#options, this.#model, this.#experiments)
  }

  update(window: WindowSample, limit: number): Wanted {
    const { minConcurrency, maxConcurrency } = this.#options
    for (const part of [this.#model, this.#experiments, this.#doubt, this.#growth, this.#steady])
      part.passed(window.elapsedMs)
    const wanted = this.#decide(window, limit)
    this.#target = Math.min(maxConcurrency, Math.max(minConcurrency, wanted.limit))
    const next = Math.round(this.#target)
    this.#change = this.#phase === 'ramp' ? next - limit : 0
    if (next !== limit) this.#evidence.reset()
    if (this.#phase !== 'ramp' && Math.abs(next / limit - 1) > 0.08) this.#settling.begin()
    return { limit: this.#target, reason: wanted.reason }
  }

  #decide(window: WindowSample, limit: number): Wanted {
    const { succeeded, failed, throttled } = window
    if (succeeded + failed + throttled === 0) return this.#nothingEnded(window)
    return (
      this.#inOutage(window, limit) ??
      this.#refused(window, limit) ??
      this.#failing(window, limit) ??
      this.#unsettled(window, limit) ??
      this.#measured(limit)
    )
  }

  #hold(reason: string): Wanted {
    return { limit: this.#target, reason }
  }

  #nothingEnded(window: WindowSample): Wanted {
    const evidence = this.#evidence
    if (window.inFlight < 0.5) {
      evidence.reset()
      return this.#hold('no work')
    }
    evidence.add(window, this.#change)
    // Many should have ended and none did: it hangs, which says nothing about how long attempts take. Where that comes again and again it is slow.
    const nothing = evidence.ended === 0
    const unheard = nothing ? evidence.inFlightMs : window.inFlight * window.elapsedMs
    if (unheard > 30 * (this.#model.base.ms ?? Infinity) && (nothing || this.#hangs < MOST_HANGS)) {
      if (!nothing) this.#hangs += 1
      evidence.reset()
    }
    return this.#hold('nothing ended in the window')
  }

  #inOutage(window: WindowSample, limit: number): Wanted | null {
    const known = this.#experiments.back ?? this.#target
    const wanted = this.#outage.judge(window, limit, known, this.#model.base.ms)
    if (wanted === null) {
      this.#evidence.add(window, this.#change)
      return null
    }
    this.#experiments.cancel()
    this.#evidence.reset()
    const after = this.#model.base.ms === null ? 'ramp' : 'steady'
    this.#phase = this.#outage.ongoing ? 'outage' : after
    return wanted
  }

  #refused(window: WindowSample, limit: number): Wanted | null {
    if (window.throttled === 0) return null
    const { decreaseFactor } = this.#options
    const wanted = judgeRefusals(this.#evidence, limit, this.#model, {
      probing: this.#probing,
      decreaseFactor,
    })
    if (!wanted?.wall) return wanted && this.#hold(wanted.reason)
    this.#phase = 'steady'
    this.#probing = false
    this.#startOver()
    return wanted
  }

  #failing(window: WindowSample, limit: number): Wanted | null {
    const wanted = this.#errors.judge(window, limit) ?? this.#errors.judge(this.#evidence, limit)
    if (wanted === null) return null
    this.#startOver()
    this.#evidence.reset()
    if (this.#model.base.ms !== null) this.#phase = 'steady'
    return wanted
  }

  /** After a cut that no queue asked for: that attempts don't become faster by it is no sign of a longer path. */
  #startOver(): void {
    this.#experiments.cancel()
    this.#growth.startOver()
    this.#doubt.stopWatching()
  }

  #unsettled(window: WindowSample, limit: number): Wanted | null {
    if (!this.#settling.ongoing) return null
    this.#settling.update(window, limit, this.#evidence, this.#model.base.ms ?? 0)
    if (this.#settling.ongoing) return this.#hold('settling')
    this.#evidence.reset()
    return this.#hold('settled')
  }

  #measured(limit: number): Wanted {
    const evidence = this.#evidence
    if (this.#probing && evidence.elapsedMs < PROBE_MS) return this.#hold('probing the wall')
    if (!enough(evidence, this.#phase, this.#model, this.#experiments)) return this.#hold('measuring')
    this.#hangs = 0
    this.#model.timeMs = evidence.timeMs
    this.#model.learn(evidence, limit)
    const wanted = this.#otherSizes(limit) ?? this.#judge(limit, evidence.inFlight > 0.9 * limit - 0.5)
    evidence.reset()
    return wanted
  }

  #otherSizes(limit: number): Wanted | null {
    const { bytes, succeeded, timeMs } = this.#evidence
    const sizes = this.#sizes.judge(bytes, succeeded)
    if (sizes === 'usual' || this.#phase === 'ramp') return null
    // A large object among small ones in one of the many short measurements of a reach says nothing.
    if (sizes === 'strange' && this.#experiments.reaching) return null
    const back = this.#experiments.back ?? limit
    this.#experiments.cancel()
    this.#phase = 'steady'
    if (sizes === 'strange') return { limit: back, reason: 'objects of another size?' }
    this.#model.otherAttempts(timeMs)
    this.#experiments.drains.hurry()
    this.#doubt.stopWatching()
    this.#growth.startOver()
    return { limit: back, reason: 'objects of another size: the base time is learnt anew' }
  }

  #judge(limit: number, bound: boolean): Wanted {
    const evidence = this.#evidence
    if (this.#phase === 'ramp') {
      const wanted = this.#ramp.judge(evidence, limit, bound, this.#model)
      if (wanted.over) {
        this.#phase = 'steady'
        this.#experiments.drains.hurry()
        this.#doubt.watch(limit, evidence)
      }
      return wanted
    }
    if (this.#phase === 'drain' || this.#phase === 'probe') {
      const wanted = this.#experiments.conclude(evidence, limit, bound)
      this.#phase = wanted.phase ?? 'steady'
      if (wanted.floor !== null) this.#doubt.keepAbove(wanted.floor)
      return wanted
    }
    const step = this.#steady.judge(evidence, limit, this.#target, bound)
    this.#probing = step.probing ?? false
    if (step.phase !== undefined) {
      this.#phase = step.phase
      this.#settling.begin()
    }
    return step
  }
}

/** A store lets a burst through before it refuses: so long a step beyond a wall must go well. */
const PROBE_MS = 1000
const MOST_HANGS = 3
