import type { ControllerOptions } from '../options.js'
import type { Law, LawState, WindowSample } from '../types.js'
import * as C from './constants.js'
import { Cruise } from './cruise.js'
import { ErrorWatch, Outage, percent } from './failures.js'
import type { Wanted } from './failures.js'
import { Measurement } from './measurement.js'
import { Model } from './model.js'
import { Probe } from './probe.js'
import { Wall } from './wall.js'

type State = 'startup' | 'cruise' | 'drain' | 'probe' | 'cut' | 'outage'

/**
 * The adaptive law: a state machine (drawn in the README) whose aim is the elasticity of goodput: more in flight is worth having while
 * goodput still rises by a part of the step. How long attempts take only shows the queue. Invariants:
 *
 * 1. A window in which nothing ended changes no limit, and one with too little work never raises it.
 * 2. Nothing is judged before enough attempts ended over several times what one takes.
 * 3. After a step of more than a twelfth, what began under the limit before is not counted; startup alone does not wait for it.
 * 4. Throttles, errors and outages are answered first, whatever the state.
 */
export class AdaptiveLaw implements Law {
  readonly #options: ControllerOptions
  readonly #model: Model
  readonly #measurement = new Measurement()
  readonly #cruise = new Cruise()
  readonly #wall = new Wall()
  readonly #errors: ErrorWatch
  readonly #outage = new Outage()
  #state: State = 'startup'
  /** In a drain: the limit to return to, and how long attempts took under which limit before. */
  #drain: { back: number; fromMs: number; from: number } | null = null
  #probe: Probe | null = null
  /** The next probe comes in so many ms, and tries fewer; each that finds nothing doubles the wait. */
  #probeInMs = C.FIRST_PROBE_MS
  #probeWaitMs = C.FIRST_PROBE_MS
  #tryFewer = false
  #target: number
  /** The last step went down. */
  #lowered = false
  #sinceDrainMs = 0
  /** How long attempts took in the queue that the last drain took away, ms. */
  #explainedMs = 0
  /** The fastest round of the startup, ms. */
  #bestMs = Infinity
  /** The limit before the last cut for throttles. */
  #uncut = 0

  constructor(options: ControllerOptions) {
    this.#options = options
    this.#target = options.startConcurrency
    this.#model = new Model(options.queueFactor)
    this.#errors = new ErrorWatch(options.errorRateThreshold)
    this.#measurement.restart(0, options.startConcurrency)
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
    this.#sinceDrainMs += window.elapsedMs
    this.#probeInMs -= window.elapsedMs
    this.#wall.passed(window.elapsedMs)
    const wanted = this.#decide(window, limit)
    this.#target = Math.min(maxConcurrency, Math.max(minConcurrency, wanted.limit))
    this.#changed(limit, Math.round(this.#target))
    return { limit: this.#target, reason: wanted.reason }
  }

  #changed(limit: number, next: number): void {
    if (next === limit) return
    this.#lowered = next < limit
    if (this.#state === 'startup') return this.#measurement.restart(0, next - limit)
    const small = Math.abs(next / limit - 1) < 0.08
    const times = small ? 0 : this.#state === 'probe' ? 2 : 1
    this.#measurement.restart(times * (this.#model.timeMs ?? 0))
  }

  #cut(wanted: Wanted | null): Wanted | null {
    if (wanted !== null) this.#startOver('cut')
    return wanted
  }

  #hold(reason: string): Wanted {
    return { limit: this.#target, reason }
  }

  #decide(window: WindowSample, limit: number): Wanted {
    if (window.succeeded + window.failed + window.throttled === 0) return this.#nothingEnded(window, limit)
    return (
      this.#inOutage(window, limit) ??
      this.#throttled(window, limit) ??
      this.#cut(this.#errors.judge(window, limit)) ??
      this.#measured(window, limit)
    )
  }

  #nothingEnded(window: WindowSample, limit: number): Wanted {
    const m = this.#measurement
    if (window.inFlight < 0.5) {
      m.restart()
      return this.#hold('no work')
    }
    m.add(window, limit)
    // Many should have ended and none did: the backend hangs, which says nothing about how long attempts take.
    const silent = m.ended === 0 ? m.inFlightMs : window.inFlight * window.elapsedMs
    if (silent > 30 * (this.#model.timeMs ?? Infinity)) m.restart()
    return this.#hold('no attempt ended in the window')
  }

  /** Did a limit pass below a wall that is known? */
  #passes(limit: number): boolean {
    const cap = this.#wall.cap(this.#model.kneeMs)
    return Number.isFinite(cap) && limit <= 1.05 * cap
  }

  /** The limit without the drain or the probe under way. */
  get #usual(): number {
    return this.#drain?.back ?? this.#probe?.from ?? this.#target
  }

  /** The base time, or what startup has seen of it so far. */
  get #knownMs(): number | null {
    return this.#model.baseMs ?? (Number.isFinite(this.#bestMs) ? this.#bestMs : null)
  }

  #startOver(state: State): void {
    this.#probe = this.#drain = null
    this.#cruise.startOver()
    this.#measurement.restart()
    this.#state = this.#knownMs === null && state !== 'outage' ? 'startup' : state
    if (this.#state !== 'startup') this.#model.baseMs = this.#knownMs
  }

  #inOutage(window: WindowSample, limit: number): Wanted | null {
    // What began with throttles was no wall.
    const noWall = this.#wall.hitWithin(C.PATIENCE_MS)
    const back = noWall ? Math.max(this.#usual, this.#uncut) : this.#usual
    const wanted = this.#outage.judge(window, limit, back, this.#knownMs)
    if (wanted === null) return null
    if (noWall) this.#wall.forget()
    this.#startOver(this.#outage.ongoing ? 'outage' : 'cruise')
    return wanted
  }

  #throttled(window: WindowSample, limit: number): Wanted | null {
    if (this.#measurement.settlingMs > 0 && this.#lowered) return null
    const starting = this.#state === 'startup'
    const share = this.#wall.refused(window, starting, this.#passes(limit))
    if (share === null) return null
    if (!this.#wall.hitWithin(C.PATIENCE_MS)) this.#uncut = Math.max(limit, this.#usual)
    this.#wall.hit(limit)
    const known = this.#knownMs
    const fits = known === null ? limit * (1 - share) : this.#wall.throughPerMs * known * this.#model.knee
    const next = Math.max(limit / 16, Math.min(limit - 1, fits * this.#options.decreaseFactor))
    const reason = `${percent(share)} throttled at ${limit}, down to ${Math.max(1, Math.round(next))}`
    this.#startOver('cut')
    return starting && known !== null ? this.#startDrain(next, known, next, reason) : { limit: next, reason }
  }

  #measured(window: WindowSample, limit: number): Wanted {
    const m = this.#measurement
    if (!m.add(window, limit)) return this.#hold('waiting for the attempts begun under the limit before')
    if (this.#state === 'cut' || this.#state === 'outage') this.#state = 'cruise'
    if (m.ended < C.LEAST_ENDED) return this.#hold('measuring')
    if (this.#state === 'startup') return this.#starting(limit)
    if (this.#drain !== null) return this.#draining(this.#drain)
    return this.#probe !== null ? this.#probing(this.#probe) : this.#cruising(limit)
  }

  #starting(limit: number): Wanted {
    const [m, model] = [this.#measurement, this.#model]
    if (m.ended < C.STARTUP_ROUND * m.begun) return this.#hold('startup: measuring')
    model.timeMs = m.timeMs
    const slower = m.timeMs / this.#bestMs
    if (slower > C.STARTUP_SLOWER + C.CLEAR * m.error) {
      model.baseMs = this.#bestMs
      const fit = Math.max(limit / 4, m.rate * model.baseMs * model.queue(limit))
      const reason = `startup is over: with ${limit} in flight attempts take ${slower.toFixed(1)} times as long`
      return this.#startDrain(Math.min(limit, Math.max(model.floor, fit)), m.timeMs, limit, reason)
    }
    this.#bestMs = Math.min(this.#bestMs, m.timeMs)
    if (!m.bound(limit)) {
      m.restart()
      return this.#hold('startup: too little work to need more')
    }
    if (limit < this.#options.maxConcurrency)
      return { limit: 2 * limit, reason: `${limit} in flight are as fast as fewer, trying ${2 * limit}` }
    model.baseMs = this.#bestMs
    return this.#startDrain(limit, m.timeMs, limit, 'startup is over: the limit is at its maximum')
  }

  #startDrain(back: number, timeMs: number, limit: number, reason: string): Wanted {
    const baseMs = this.#model.baseMs ?? timeMs
    this.#drain = { back, fromMs: timeMs, from: limit }
    this.#state = 'drain'
    this.#sinceDrainMs = 0
    this.#measurement.restart(baseMs)
    const served = Math.min(back, limit * Math.min(1, baseMs / timeMs))
    return { limit: Math.max(Math.min(C.DRAIN_LIMIT, limit / 2), served / 2), reason }
  }

  #draining(drain: { back: number; fromMs: number; from: number }): Wanted {
    const [m, model] = [this.#measurement, this.#model]
    const times = m.elapsedMs / m.timeMs
    if (times < C.LEAST_TIMES || (m.error > 0.05 && times < C.MOST_TIMES && m.elapsedMs < C.MOST_MS))
      return this.#hold('draining the queue')
    if (model.learnBase(m.timeMs, m.error)) this.#nextProbe(0)
    model.timeMs = m.timeMs
    this.#explainedMs = drain.fromMs
    const served = (drain.from * model.kneeMs) / drain.fromMs
    const fit = Math.max(model.floor, served * model.queue(served))
    const back = this.#cruise.crowdedMs > 0 ? Math.min(drain.back, fit) : drain.back
    const reason = `attempts take ${m.timeMs.toFixed(m.timeMs < 10 ? 1 : 0)} ms with no queue, back to ${Math.round(back)}`
    this.#startOver('cruise')
    this.#measurement.restart(model.timeMs)
    return { limit: back, reason }
  }

  #cruising(limit: number): Wanted {
    const [m, model] = [this.#measurement, this.#model]
    const excess = this.#cruise.excess(m, limit, model)
    if (excess === null) return this.#hold('measuring')
    model.learn(m)
    this.#wall.beyond = false
    const wanted = m.bound(limit) ? this.#judge(m, limit, excess) : this.#hold('too little work to need more')
    if (this.#state === 'cruise') m.restart()
    return wanted
  }

  #judge(m: Measurement, limit: number, excess: number): Wanted {
    const model = this.#model
    const standingMs = this.#cruise.standingMs(m, excess, model.harmed)
    return (
      (standingMs === null ? null : this.#shorten(limit, standingMs)) ??
      (Math.abs(excess) < 0.15 || limit <= model.floor ? this.#startProbe(m, limit, excess) : null) ??
      (limit > 2 && model.baseAgeMs > this.#drainEveryMs(limit)
        ? this.#startDrain(limit, m.timeMs, limit, 'how fast are attempts with no queue?')
        : null) ??
      (excess >= 0 ? this.#hold('the queue is as long as it may be') : this.#grow(m, limit))
    )
  }

  /** A drain lasts some three times what an attempt takes, with half of the goodput. */
  #drainEveryMs(limit: number): number {
    if (limit <= this.#model.floor) return C.MOST_DRAIN_MS
    const everyMs = (3 * (this.#model.baseMs ?? 0)) / this.#options.drainBudget
    return Math.min(C.MOST_DRAIN_MS, Math.max(C.LEAST_DRAIN_MS, everyMs))
  }

  #shorten(limit: number, standingMs: number): Wanted | null {
    const model = this.#model
    const slower = standingMs / model.allowedMs(limit)
    const unexplained = standingMs > C.UNEXPLAINED * this.#explainedMs && this.#sinceDrainMs > 20_000
    if (slower > 1.15 && unexplained && limit > 2) {
      const reason = `attempts take ${slower.toFixed(1)} times as long as they may: a queue, or a longer path?`
      return this.#startDrain(limit, standingMs, limit, reason)
    }
    // One or two can't be drained: attempts are as fast as that.
    if (limit <= 2) model.learnBase(standingMs, 0)
    if (limit <= model.floor) return null
    this.#cruise.startOver()
    const next = Math.max(model.floor, limit / slower)
    return { limit: next, reason: `the queue has been too long for a while, down to ${Math.round(next)}` }
  }

  #grow(m: Measurement, limit: number): Wanted {
    const cap = this.#wall.cap(this.#model.kneeMs)
    const next = this.#cruise.grow(limit)
    if (next <= cap) return { limit: next, reason: `the queue is short, up to ${Math.round(next)}` }
    const beyond = this.#wall.step(limit, m.rate)
    if (beyond === null) return { limit: Math.max(limit, cap), reason: 'close to where the store throttled' }
    return { limit: beyond, reason: `does the store still throttle? trying ${Math.round(beyond)}` }
  }

  #startProbe(m: Measurement, limit: number, excess: number): Wanted | null {
    if (this.#probeInMs > 0) return null
    const { maxConcurrency, minConcurrency } = this.#options
    const { floor, knee, kneeMs } = this.#model
    const more = Math.min(maxConcurrency, 0.95 * this.#wall.cap(kneeMs), 2 * limit)
    const fewer = Math.max(minConcurrency, limit / 2)
    const worthTrying = knee > 1 || (limit <= floor && excess > 0)
    const down = worthTrying && (this.#tryFewer || more < 1.3 * limit)
    const to = down ? fewer : more
    if (down ? to > limit / 1.3 : to < limit * 1.3) return null
    this.#probe = new Probe(limit, to, m)
    this.#state = 'probe'
    return { limit: to, reason: this.#probe.trying }
  }

  #probing(probe: Probe): Wanted {
    const [m, model] = [this.#measurement, this.#model]
    if (!probe.segment(m)) return this.#hold(probe.trying)
    const few = !probe.up && probe.from <= model.floor
    const worth = probe.judge(few ? C.HARMFUL / 2 : C.WORTHWHILE, few)
    m.restart(model.timeMs ?? 0)
    if (worth === null) return { limit: probe.limit, reason: probe.trying }
    this.#probe = null
    this.#state = 'cruise'
    return probe.up ? this.#triedMore(probe, worth) : this.#triedFewer(probe, worth)
  }

  #nextProbe(inMs: number): void {
    this.#probeInMs = Math.min(C.LAST_PROBE_MS, inMs)
    this.#probeWaitMs = Math.max(C.FIRST_PROBE_MS, this.#probeInMs)
  }

  #triedMore(probe: Probe, worth: boolean): Wanted {
    const model = this.#model
    const { mean, error } = probe.elasticity
    const [tried, from] = [Math.round(probe.to), Math.round(probe.from)]
    if (worth) {
      const next = mean > C.CLEARLY_WORTHWHILE ? probe.to : Math.sqrt(probe.from * probe.to)
      model.proven(next, probe.timeMs * (next / probe.to))
      this.#nextProbe(0)
      const gain = `${percent(Math.min(1, mean))} of the step gained`
      return { limit: next, reason: `tried ${tried} in flight, ${gain}, up to ${Math.round(next)}` }
    }
    this.#tryFewer = true
    model.harmed = mean + C.CLEAR * error < C.HARMFUL
    const crowded = (model.timeMs ?? 0) > model.allowedMs(probe.from)
    this.#nextProbe(!model.harmed ? 2 * this.#probeWaitMs : crowded ? 0 : C.LAST_PROBE_MS)
    const result = model.harmed ? 'slower' : 'not faster'
    return { limit: probe.from, reason: `tried ${tried} in flight, ${result}, back to ${from}` }
  }

  #triedFewer(probe: Probe, worth: boolean): Wanted {
    const [tried, from] = [Math.round(probe.to), Math.round(probe.from)]
    this.#tryFewer = !worth
    this.#nextProbe(worth ? 2 * this.#probeWaitMs : C.FIRST_PROBE_MS)
    if (worth) return { limit: probe.from, reason: `tried ${tried} in flight, slower, back to ${from}` }
    this.#model.disproven(probe.to, probe.timeMs)
    return { limit: probe.to, reason: `tried ${tried} in flight, as fast, down to ${tried}` }
  }
}
