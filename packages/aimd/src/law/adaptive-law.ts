import type { ControllerOptions } from '../options.js'
import type { Law, LawState, WindowSample } from '../types.js'
import * as C from './constants.js'
import { Cruise } from './cruise.js'
import { ErrorWatch, Outage } from './failures.js'
import type { Wanted } from './failures.js'
import { Measurement } from './measurement.js'
import { Model } from './model.js'
import { Probes } from './probe.js'
import type { Probe } from './probe.js'
import { Wall } from './wall.js'

type State = 'startup' | 'cruise' | 'drain' | 'probe' | 'cut' | 'outage'

/**
 * The adaptive law: a state machine (drawn in the README) whose aim is the elasticity of goodput: more in flight is worth having while
 * goodput still rises by a part of the step. How long attempts take only shows the queue. Throttles, errors and outages are answered
 * first, whatever the state. A window in which nothing ended changes no limit, and one with too little work never raises it.
 */
export class AdaptiveLaw implements Law {
  readonly #options: ControllerOptions
  readonly #model: Model
  readonly #measurement = new Measurement()
  readonly #cruise = new Cruise()
  readonly #wall = new Wall()
  readonly #errors: ErrorWatch
  readonly #outage = new Outage()
  readonly #probes: Probes
  #state: State = 'startup'
  /** In a drain: the limit to return to. */
  #back = 0
  #probe: Probe | null = null
  #target: number
  #lowered = false
  /** The fastest round of the startup, ms. */
  #bestMs = Infinity
  #bestError = 0

  constructor(options: ControllerOptions) {
    this.#options = options
    this.#target = options.startConcurrency
    this.#model = new Model(options)
    this.#probes = new Probes(this.#model, options)
    this.#errors = new ErrorWatch(options.errorRateThreshold)
  }

  get state(): LawState {
    const { baseMs, timeMs, kneeMs } = this.#model
    const cap = this.#wall.cap(kneeMs)
    return { phase: this.#state, baseMs, timeInSystemMs: timeMs, wall: Number.isFinite(cap) ? cap : null }
  }

  get intervalMs(): number {
    const { minIntervalMs, intervalMs } = this.#options
    const timeMs = this.#model.timeMs ?? 0
    const { settlingMs, elapsedMs } = this.#measurement
    const within = (least: number, wanted: number): number => Math.min(intervalMs, Math.max(least, wanted))
    if (this.#state === 'startup') return within(minIntervalMs / 2, elapsedMs === 0 ? timeMs : timeMs / 3)
    if (settlingMs > 0) return within(minIntervalMs / 2, settlingMs)
    if (this.#state === 'cruise' && !this.#wall.beyond) return within(4 * minIntervalMs, 2 * timeMs)
    return within(minIntervalMs, timeMs)
  }

  update(window: WindowSample, limit: number): Wanted {
    const { minConcurrency, maxConcurrency } = this.#options
    this.#model.baseAgeMs += window.elapsedMs
    this.#probes.inMs -= window.elapsedMs
    this.#wall.passed(window.elapsedMs)
    const wanted = this.#decide(window, limit)
    this.#target = Math.min(maxConcurrency, Math.max(minConcurrency, wanted.limit))
    const step = Math.round(this.#target) / limit - 1
    if (step !== 0) {
      this.#lowered = step < 0
      const small = this.#state === 'startup' || Math.abs(step) < 0.08
      const times = this.#state === 'probe' ? C.SEGMENT_TIMES : 1
      this.#measurement.restart(small ? 0 : times * (this.#model.timeMs ?? 0))
    }
    return { limit: this.#target, reason: wanted.reason }
  }

  #hold(reason: string): Wanted {
    return { limit: this.#target, reason }
  }

  #decide(window: WindowSample, limit: number): Wanted {
    if (window.succeeded + window.failed + window.throttled === 0) return this.#nothingEnded(window, limit)
    const down = this.#outage.judge(window, limit, this.#usual, this.#knownMs)
    if (down !== null) {
      this.#wall.retract()
      return this.#startOver(this.#outage.ongoing ? 'outage' : 'cruise', down)
    }
    const throttled = this.#throttled(window, limit)
    if (throttled !== null) return throttled
    const failing = this.#errors.judge(window, limit)
    return failing !== null ? this.#startOver('cut', failing) : this.#measured(window, limit)
  }

  #nothingEnded(window: WindowSample, limit: number): Wanted {
    if (window.inFlight < 0.5) {
      this.#measurement.restart()
      return this.#hold('no work')
    }
    this.#measurement.add(window, limit)
    return this.#hold('no attempt ended in the window')
  }

  /** The limit without the drain or the probe in progress. */
  get #usual(): number {
    return this.#state === 'drain' ? this.#back : (this.#probe?.from ?? this.#target)
  }

  /** The base time, or what startup has seen of it so far. */
  get #knownMs(): number | null {
    return this.#model.baseMs ?? (Number.isFinite(this.#bestMs) ? this.#bestMs : null)
  }

  #startOver(state: State, wanted: Wanted): Wanted {
    this.#probe = null
    this.#cruise.startOver()
    this.#measurement.restart()
    this.#state = this.#knownMs === null && state !== 'outage' ? 'startup' : state
    if (this.#state !== 'startup') this.#model.baseMs = this.#knownMs
    return wanted
  }

  #throttled(window: WindowSample, limit: number): Wanted | null {
    if (this.#measurement.settlingMs > 0 && this.#lowered) return null
    const kneeMs = this.#knownMs === null ? null : this.#knownMs * this.#model.knee
    const wanted = this.#wall.refused(window, limit, kneeMs, this.#options.decreaseFactor)
    if (wanted === null) return null
    const drain = this.#state === 'startup' && kneeMs !== null
    this.#startOver('cut', wanted)
    return drain ? this.#startDrain(wanted.limit, kneeMs, wanted.limit, wanted.reason) : wanted
  }

  #measured(window: WindowSample, limit: number): Wanted {
    const m = this.#measurement
    if (!m.add(window, limit)) return this.#hold('waiting for the attempts begun under the limit before')
    if (this.#state === 'cut') {
      this.#state = 'cruise'
      return this.#hold('the attempts begun before the cut have ended')
    }
    if (m.ended < C.MIN_ENDED) return this.#hold('measuring')
    if (this.#state === 'startup') return this.#starting(limit)
    if (this.#state === 'drain') return this.#draining()
    return this.#probe !== null ? this.#probing(this.#probe) : this.#cruising(limit)
  }

  #starting(limit: number): Wanted {
    const [m, model] = [this.#measurement, this.#model]
    if (m.ended < C.STARTUP_ROUND * limit) return this.#hold('measuring')
    model.timeMs = m.timeMs
    const slower = m.timeMs / this.#bestMs
    const chance = C.CLEAR * Math.hypot(m.error, this.#bestError)
    if (Math.log(slower / C.STARTUP_SLOWER) > chance) {
      model.baseMs = this.#bestMs
      const fit = m.rate * model.baseMs * model.queue(limit)
      const reason = `startup is over, with ${limit} in flight attempts take ${slower.toFixed(1)} times as long`
      return this.#startDrain(Math.min(limit, Math.max(model.floor, fit)), m.timeMs, limit, reason)
    }
    if (m.timeMs < this.#bestMs) [this.#bestMs, this.#bestError] = [m.timeMs, m.error]
    if (!m.bound(limit)) {
      m.restart()
      return this.#hold('too little work to need more')
    }
    if (limit < this.#options.maxConcurrency)
      return { limit: 2 * limit, reason: `${limit} in flight are as fast as fewer, trying ${2 * limit}` }
    model.baseMs = this.#bestMs
    return this.#startDrain(limit, m.timeMs, limit, 'startup is over, the limit is at its maximum')
  }

  #startDrain(back: number, timeMs: number, limit: number, reason: string): Wanted {
    const baseMs = this.#model.baseMs ?? timeMs
    this.#state = 'drain'
    this.#back = back
    this.#model.explainedMs = timeMs
    this.#measurement.restart(baseMs)
    const served = Math.min(back, limit * Math.min(1, baseMs / timeMs))
    return { limit: Math.max(Math.min(C.DRAIN_LIMIT, limit / 2), served / 2), reason }
  }

  #draining(): Wanted {
    const [m, model, back] = [this.#measurement, this.#model, this.#back]
    const times = m.elapsedMs / m.timeMs
    if (times < C.MIN_TIMES || (m.error > 0.05 && times < C.MAX_TIMES && m.elapsedMs < C.MAX_MS))
      return this.#hold('draining the queue')
    if (model.learnBase(m.timeMs, m.error)) this.#probes.soon()
    model.timeMs = m.timeMs
    const reason = `attempts take ${m.timeMs.toFixed(m.timeMs < 10 ? 1 : 0)} ms with no queue, back to ${Math.round(back)}`
    return this.#startOver('cruise', { limit: back, reason })
  }

  #cruising(limit: number): Wanted {
    const [m, model] = [this.#measurement, this.#model]
    const excess = this.#cruise.excess(m, limit, model)
    if (excess === null) return this.#hold('measuring')
    model.timeMs = m.timeMs
    const wanted = m.bound(limit) ? this.#judge(m, limit, excess) : this.#hold('too little work to need more')
    if (this.#state === 'cruise') m.restart()
    return wanted
  }

  #judge(m: Measurement, limit: number, excess: number): Wanted {
    const model = this.#model
    const standingMs = this.#cruise.standingMs(m, excess, model.harmed)
    const settled = Math.abs(excess) < 0.15 || limit <= model.floor || limit >= this.#options.maxConcurrency
    return (
      (standingMs === null ? null : this.#shorten(limit, standingMs)) ??
      (settled ? this.#startProbe(m, limit) : null) ??
      (limit > 2 && model.baseAgeMs > C.DRAIN_MS
        ? this.#startDrain(limit, m.timeMs, limit, 'how fast are attempts with no queue?')
        : null) ??
      (excess >= 0
        ? this.#hold('the queue is as long as it may be')
        : this.#wall.grow(this.#target, this.#cruise.grow(limit), model.kneeMs))
    )
  }

  #shorten(limit: number, standingMs: number): Wanted | null {
    const model = this.#model
    const slower = standingMs / model.allowedMs(limit)
    if (slower <= 1) return null
    if (model.unexplained(standingMs) && limit > 2) {
      const reason = `attempts take ${slower.toFixed(1)} times as long as they may, is the path longer?`
      return this.#startDrain(limit, standingMs, limit, reason)
    }
    // One or two cannot be drained: attempts take as long as that without a queue.
    if (limit <= 2) model.learnBase(standingMs, 0)
    if (limit <= model.floor) return null
    this.#cruise.startOver()
    const next = Math.max(model.floor, limit / slower)
    // A queue would now take attempts as much less time.
    model.explainedMs *= next / limit
    return { limit: next, reason: `the queue has been too long for a while, down to ${Math.round(next)}` }
  }

  #startProbe(m: Measurement, limit: number): Wanted | null {
    this.#probe = this.#probes.next(m, limit, this.#wall.cap(this.#model.kneeMs))
    if (this.#probe === null) return null
    this.#state = 'probe'
    return { limit: this.#probe.to, reason: this.#probe.trying }
  }

  #probing(probe: Probe): Wanted {
    const m = this.#measurement
    if (!probe.segment(m)) return this.#hold(probe.trying)
    m.restart(this.#model.timeMs ?? 0)
    const wanted = this.#probes.conclude(probe)
    if (wanted === null) return { limit: probe.limit, reason: probe.trying }
    this.#probe = null
    this.#state = 'cruise'
    return wanted
  }
}
