import type { ControllerOptions } from '../options.js'
import type { Law, LawState, WindowSample } from '../types.js'
import { BaseTime } from './base-time.js'
import { Evidence } from './evidence.js'
import { SizeWatch } from './size-watch.js'
import { Wall } from './wall.js'

type Phase = 'ramp' | 'steady' | 'drain' | 'probe' | 'outage'
type Wanted = { limit: number; reason: string }

const P = JSON.parse(process.env['LAW'] ?? '{}') as Record<string, number>
const C = P['c'] ?? 1
const DEPTH = P['depth'] ?? 0.5
const BUDGET = P['budget'] ?? 0.004
const EVT = P['evt'] ?? 3
const ELASTIC = P['elastic'] ?? 0.92
const SLOPE = P['slope'] ?? 0.2
const SETTLE = P['settle'] ?? 0.08
const RAISE = P['raise'] ?? 0.25
const UP = P['up'] ?? 0.2
const DOWN = P['down'] ?? 0.7
const DOWNZ = P['downz'] ?? 0.5
const COE = P['coe'] ?? 4000
const TWICE = P['twice'] ?? 2
const LONG = P['long'] ?? 4
const LONGD = P['longd'] ?? 4
const TH = P['th'] ?? 5
const SMALL = P['small'] ?? 0.3
const NMIN = P['nmin'] ?? 16
const CLEAR = P['clear'] ?? 1.5
const LMIN = P['lmin'] ?? 4000
const LT = P['lt'] ?? 12
const PMAX = P['pmax'] ?? 15000
const FZ = P['fz'] ?? 0.5
const PR = P['pr'] ?? 8
const LOST = P['lost'] ?? 0.8
const PSOON = P['psoon'] ?? 20000
const AGAIN = P['again'] ?? 10000
const FLOOR = P['floor'] ?? 0.6
const MINE = P['mine'] ?? 0
const USUAL = P['usual'] ?? 0.24
const JOIN = P['join'] ?? 0.04
const DEAD = P['dead'] ?? 1

export class AdaptiveLaw implements Law {
  readonly #o: ControllerOptions
  readonly #evidence = new Evidence()
  readonly #wall = new Wall()
  readonly #base = new BaseTime()
  readonly #sizes = new SizeWatch()
  #phase: Phase = 'ramp'
  #target: number
  #change = 0
  #timeMs: number | null = null
  #streak = 0
  #faster = 0
  #elastic = 0
  #floor = 0
  #floorMs = 0
  #low = 0
  #bestRate = 0
  #sinceProbeMs = 0
  #tooMany = 0
  #thrash = 0
  #drains = 0
  #company = P['co0'] ?? 0.4
  #pressed = 0
  #patienceMs = 0
  #patienceNext = 1000
  #grew = false
  #doubt = 0
  #sinceDrainMs = 0
  #sinceDoubtMs = 0
  #doubtEveryMs = 0
  #drainEveryMs = 0
  #settling = false
  #before: { limit: number; timeMs: number; error: number; back: number | null } | null = null
  #usualLimit = 0
  #usualMs: number | null = null
  #resume: number | null = null
  #anchor: { limit: number; timeMs: number; error: number } | null = null

  constructor(options: ControllerOptions) {
    this.#o = options
    this.#target = options.startConcurrency
  }

  get state(): LawState {
    const base = this.#base.ms
    return {
      phase: this.#phase,
      baseMs: base,
      timeInSystemMs: this.#timeMs,
      wall: base === null || this.#wall.ratePerMs === null ? null : this.#wall.cap(base),
    }
  }

  get intervalMs(): number {
    const { minIntervalMs, intervalMs } = this.#o
    const time = this.#timeMs ?? 0
    const times = this.#phase === 'ramp' ? 2.2 : 2.5
    if (this.#settling) return Math.min(intervalMs, Math.max(minIntervalMs / 2, this.#base.ms ?? 0))
    const long = this.#phase === 'steady' ? LONG : this.#phase === 'drain' && (this.#company > 0.3 || this.#drains < 5) ? LONGD : 1
    const least = long * minIntervalMs
    return Math.min(intervalMs, Math.max(least, times * time))
  }

  update(window: WindowSample, limit: number): Wanted {
    const wanted = this.#decide(window, limit)
    const o = this.#o
    this.#target = Math.min(o.maxConcurrency, Math.max(o.minConcurrency, wanted.limit))
    const next = Math.round(this.#target)
    if (next !== limit) {
      this.#evidence.reset()
      this.#change = this.#phase === 'ramp' ? next - limit : 0
      if (this.#phase !== 'ramp' && Math.abs(next / limit - 1) > SETTLE) this.#settling = true
    } else this.#change = 0
    return { limit: this.#target, reason: wanted.reason }
  }

  #decide(window: WindowSample, limit: number): Wanted {
    this.#wall.tick(window.elapsedMs)
    this.#sinceDrainMs += window.elapsedMs
    this.#sinceDoubtMs += window.elapsedMs
    this.#patienceMs -= window.elapsedMs
    this.#floorMs -= window.elapsedMs
    this.#sinceProbeMs += window.elapsedMs
    this.#base.age(window.elapsedMs)
    this.#company *= Math.exp(-window.elapsedMs / 600_000)
    if (Math.round(this.#target) !== limit) this.#target = limit
    const ended = window.succeeded + window.failed + window.throttled
    if (ended === 0) return this.#nothingEnded(window)
    const outage = this.#outage(window, limit)
    if (outage !== null) return outage
    this.#evidence.add(window, this.#change)
    if (window.throttled > 0) {
      const hit = this.#throttled(window, limit)
      if (hit !== null) return hit
    }
    const failedShare = this.#evidence.failed / Math.max(1, this.#evidence.succeeded + this.#evidence.failed)
    if (failedShare > this.#o.errorRateThreshold && this.#evidence.failed >= 5) {
      this.#phase = 'steady'
      return { limit: limit * Math.max(0.5, 1 - failedShare), reason: `${pct(failedShare)} failed` }
    }
    const bound = this.#evidence.inFlight > 0.9 * limit - 0.5
    if (this.#settling) {
      const over = window.inFlight > limit * 1.1 + 0.5 && this.#evidence.elapsedMs < 60_000
      if (over || (this.#evidence.elapsedMs < (this.#base.ms ?? 0) && window.inFlight > 0.5)) {
        return { limit: this.#target, reason: 'settling' }
      }
      this.#settling = false
      this.#evidence.reset()
      return { limit: this.#target, reason: 'settled' }
    }
    if (!this.#enough()) return { limit: this.#target, reason: 'measuring' }
    const e = this.#evidence
    this.#timeMs = e.timeMs
    this.#base.observe(e.timeMs, e.ended, limit)
    if (this.#sizes.changed(e.bytes, e.succeeded) && this.#phase !== 'ramp') {
      this.#base.restart(e.timeMs)
      const back = this.#before?.back ?? this.#before?.limit ?? limit
      this.#before = null
      this.#anchor = null
      this.#phase = 'steady'
      this.#drainEveryMs = -5000
      this.#streak = 0
      this.#evidence.reset()
      return { limit: back, reason: 'objects of another size: the base time is learnt anew' }
    }
    const wanted =
      this.#phase === 'ramp'
        ? this.#ramp(limit, bound)
        : this.#phase === 'drain'
          ? this.#drained(limit)
          : this.#phase === 'probe' ? this.#probed(limit)
          : this.#steady(limit, bound)
    this.#evidence.reset()
    return wanted
  }

  #nothingEnded(window: WindowSample): Wanted {
    const base = this.#base.ms
    if (window.inFlight < 0.5) {
      this.#evidence.reset()
      return { limit: this.#target, reason: 'no work' }
    }
    this.#evidence.add(window, this.#change)
    if (base !== null && this.#evidence.ended === 0 && this.#evidence.inFlightMs > 30 * base)
      this.#evidence.reset()
    return { limit: this.#target, reason: 'nothing ended in the window' }
  }

  #outage(window: WindowSample, limit: number): Wanted | null {
    const bad = window.failed + window.throttled
    const base = this.#base.ms
    const usual = base === null ? bad * 0.1 : (window.inFlight * window.elapsedMs) / base / 5
    const down = window.succeeded < Math.min(usual, bad * 0.1) && bad >= 4
    if (down) {
      this.#resume ??= this.#before?.limit ?? this.#target
      this.#before = null
      this.#phase = 'outage'
      this.#evidence.reset()
      return { limit: Math.max(Math.min(limit, 4), limit / 4), reason: 'outage: hardly anything succeeds' }
    }
    if (this.#phase !== 'outage') return null
    if (window.succeeded < bad) return { limit: this.#target, reason: 'outage: too little succeeds' }
    const resume = this.#resume ?? this.#target
    this.#resume = null
    this.#phase = this.#base.ms === null ? 'ramp' : 'steady'
    this.#evidence.reset()
    return { limit: resume, reason: 'outage is over: back to the limit of before' }
  }

  #throttled(window: WindowSample, limit: number): Wanted | null {
    const e = this.#evidence
    const share = e.throttledShare
    const rate = e.succeeded / e.elapsedMs
    const sure = e.elapsedMs >= 1000 || share > 0.2
    if (share > 0.01 && e.throttled >= 2 && sure) {
      const known = this.#wall.ratePerMs !== null
      this.#wall.hit(rate, limit, e.succeeded)
      const fit = this.#base.ms === null ? limit * (1 - share) : rate * this.#base.ms
      if (this.#phase === 'ramp') this.#base.ms ??= e.timeMs
      this.#phase = 'steady'
      this.#streak = 0
      const factor = known ? 1 - (1 - this.#o.decreaseFactor) / 2 : this.#o.decreaseFactor
      const next = Math.max(limit / 4, Math.min(limit - 1, fit * factor))
      return { limit: next, reason: `${pct(share)} throttled at ${limit}` }
    }
    if (window.throttled > 0 && share > 0.003)
      return { limit: this.#target, reason: `${pct(share)} throttled` }
    return null
  }

  #enough(): boolean {
    const e = this.#evidence
    if (e.ended < (this.#phase === 'steady' && e.inFlight < 16 ? NMIN : 8)) return false
    const base = this.#base.ms
    if (this.#phase === 'ramp') return e.elapsedMs >= 2 * e.timeMs * (base === null ? 0.9 : 0.95)
    const time = Math.min(e.timeMs, 2 * (base ?? Infinity))
    if (e.elapsedMs < 2 * time) return false
    if (this.#phase === 'drain') {
      if (this.#before?.back != null) return this.#base.error(e.ended) < 0.025 || e.elapsedMs > 25 * time
      return this.#base.error(e.ended) < 0.025 || e.elapsedMs > 5 * time
    }
    if (this.#phase === 'probe') return this.#base.error(e.ended) < 0.025 || e.elapsedMs > 8 * time
    if (base !== null && e.timeMs > base * (1.5 + 3 * this.#base.error(e.ended))) return true
    if (base === null) return e.elapsedMs >= EVT * time
    // Decided as soon as it is clear either way; what stays unclear must not take long.
    const scatter = this.#base.error(e.ended) * e.inFlight
    const waiting = e.inFlight * (1 - base / e.timeMs)
    const clear = Math.abs(waiting - this.#queue(e.inFlight - Math.max(0, waiting))) / scatter
    return clear > CLEAR ? e.elapsedMs >= EVT * time : e.elapsedMs > Math.max(LMIN, LT * time)
  }

  #ramp(limit: number, bound: boolean): Wanted {
    const e = this.#evidence
    const base = this.#base.ms ?? e.timeMs
    if (e.timeMs > base * (1.3 + 2 * this.#base.error(e.ended))) {
      this.#doubt += 1
      if (this.#doubt < 2 && e.timeMs < base * 1.8) return { limit: this.#target, reason: 'ramp: attempts seem to wait' }
      this.#phase = 'steady'
      this.#drainEveryMs = -5000
      this.#streak = 0
      this.#anchor = { limit, timeMs: e.timeMs, error: this.#base.error(e.ended) }
      return { limit: this.#fit(limit), reason: 'ramp ends: attempts wait' }
    }
    this.#doubt = 0
    this.#base.pool(e.inFlightMs, e.ended)
    if (!bound) return { limit: this.#target, reason: 'too little work to need more' }
    if (limit >= this.#o.maxConcurrency) this.#phase = 'steady'
    return { limit: Math.min(limit * 2, Math.max(limit, this.#wall.cap(base))), reason: 'ramp' }
  }

  /** What the store serves at once, and a standing queue that is small, fair and visible. */
  #fit(limit: number): number {
    const e = this.#evidence
    const served = e.rate * (this.#base.ms ?? e.timeMs)
    const least = e.timeMs > this.#o.rttSpikeFactor * (this.#base.ms ?? Infinity) ? limit / 4 : limit / 2
    const floor = this.#floorMs > 0 ? this.#floor : 0
    return Math.max(least, floor, served + this.#queue(served) + FZ * this.#base.error(e.ended) * served)
  }

  #steady(limit: number, bound: boolean): Wanted {
    const e = this.#evidence
    const error = this.#base.error(e.ended)
    if (this.#base.ms === null) this.#base.blend(e.timeMs, 1)
    const old = this.#base.ms ?? e.timeMs
    if (e.timeMs < old * (1 - 2 * error)) {
      this.#faster += 1
      if (this.#faster >= 2 || e.timeMs < old * (1 - 4 * error)) this.#base.blend(e.timeMs, e.timeMs < old / 2 ? 1 : 0.5)
    } else this.#faster = 0
    const base = this.#base.ms ?? e.timeMs
    if (!bound) return { limit: this.#target, reason: 'too little work to need more' }
    const doubted = this.#doubtBase(limit, error)
    if (doubted !== null) return doubted
    const shift = limit / Math.max(1, this.#usualLimit)
    if (Math.abs(shift - 1) > USUAL) this.#usualMs = null
    if (this.#usualMs === null) this.#usualLimit = limit
    const usual = this.#usualMs
    this.#usualMs = usual === null ? e.timeMs : usual + 0.3 * (e.timeMs - usual)
    const dip = 1 - Math.max(JOIN, 3.5 * error)
    if (usual !== null && this.#sinceDrainMs > 15_000 && e.timeMs < usual * dip) {
      if (e.timeMs < usual * Math.min(1, shift ** MINE) * dip) this.#company = 1
      return this.#drain(limit)
    }
    if (this.#sinceDrainMs >= this.#drainEveryMs + (this.#anchor === null ? 0 : 5000)) return this.#drain(limit)
    const waiting = e.inFlight * (1 - base / e.timeMs)
    const allowed = this.#queue(e.inFlight - Math.max(0, waiting))
    const lost = this.#lost(e.rate)
    if (waiting > allowed * 0.5 && lost) return limit < 5 ? this.#question(limit, limit) : this.#drain(limit)
    if (waiting > allowed + error * limit * DEAD) {
      this.#streak = 0
      if (this.#grew) {
        this.#tooMany = limit
        this.#patienceNext = Math.min(PMAX, this.#patienceNext * 2)
        this.#patienceMs = this.#patienceNext
        this.#grew = false
      }
      this.#anchor ??= { limit, timeMs: e.timeMs, error }
      const next = Math.min(limit, this.#fit(limit))
      this.#pressed = Math.round(next) === limit || limit <= this.#o.minConcurrency ? this.#pressed + 1 : 0
      if (this.#pressed >= PR && this.#sinceDoubtMs >= this.#doubtEveryMs) {
        this.#pressed = 0
        return this.#question(limit, limit)
      }
      return { limit: next, reason: `${waiting.toFixed(1)} of ${limit} wait` }
    }
    if (waiting > allowed * (limit < 16 ? 0.6 : 1)) return { limit: this.#target, reason: 'as many wait as should' }
    this.#anchor = null
    this.#streak += 1
    if (limit < 20 && limit + 1 >= this.#tooMany && this.#patienceMs > 0) {
      return { limit: this.#target, reason: 'nothing waits; one more was too many lately' }
    }
    if (this.#streak > 2) this.#patienceNext = 1000
    const step = Math.max(1, Math.min(allowed, allowed - waiting)) * 2 ** Math.max(0, this.#streak - (limit < 16 ? 3 : 2))
    const wanted = limit + Math.min(limit, step)
    this.#grew = true
    const cap = this.#wall.cap(base)
    if (wanted <= cap) return { limit: wanted, reason: 'nothing waits' }
    if (!this.#wall.mayProbe) return { limit: Math.max(limit, cap), reason: 'close to the wall' }
    this.#wall.passed(limit / base)
    return { limit: limit + Math.max(1, limit * this.#wall.step), reason: 'probing the wall' }
  }

  /**
   * A run of steps down is an experiment: under a queue the time falls as the limit does; where only goodput
   * fell, the base time was too low.
   */
  #doubtBase(limit: number, error: number): Wanted | null {
    const e = this.#evidence
    const anchor = this.#anchor
    if (anchor === null) return null
    const step = Math.log(anchor.limit / limit)
    if (step < Math.max(0.06, 5 * Math.hypot(error, anchor.error))) return null
    const slope = Math.log(anchor.timeMs / e.timeMs) / step
    this.#anchor = { limit, timeMs: e.timeMs, error }
    if (slope > 0.7) this.#thrash += 0.5 * (Math.min(1.5, Math.max(0, slope - 1.05)) - this.#thrash)
    if (slope > SLOPE || this.#sinceDoubtMs < this.#doubtEveryMs) return null
    return this.#question(limit, anchor.limit)
  }

  /** Has goodput been well under what it was, or has nobody looked for long? */
  #lost(rate: number): boolean {
    const best = this.#bestRate
    this.#bestRate = Math.max(best, rate)
    this.#low = rate < LOST * best ? this.#low + 1 : 0
    const due = this.#low >= 4 && this.#sinceProbeMs > PSOON
    if (due) this.#bestRate = rate
    if (due) this.#sinceProbeMs = 0
    return due
  }

  /** Drains deeply for one measurement: did the smaller limit cost goodput, or nothing but a queue? */
  #question(limit: number, back: number): Wanted {
    const e = this.#evidence
    if (limit < 5) return this.#probe(limit, Math.max(2 * limit, Math.min(back, 8)))
    this.#anchor = null
    this.#before = { limit, timeMs: e.timeMs, error: this.#base.error(e.ended), back }
    this.#usualMs = null
    this.#phase = 'drain'
    this.#settling = true
    return { limit: Math.floor(limit * 0.35), reason: 'deep drain: is it a queue or a longer path?' }
  }

  #answered(limit: number, back: number): Wanted {
    const e = this.#evidence
    const before = this.#before ?? { limit, timeMs: e.timeMs, error: 0, back }
    this.#before = null
    this.#phase = 'steady'
    this.#sinceDoubtMs = 0
    const fell = e.timeMs / before.timeMs
    if (fell > ELASTIC) {
      this.#doubtEveryMs = 0
      const base = this.#base.ms ?? 0
      this.#elastic += 1
      if (this.#company <= 0.3 || this.#elastic >= TWICE) {
        this.#elastic = 0
        if (e.timeMs > base) this.#base.blend(e.timeMs, fell > 0.96 ? 1 : 0.5)
      } else this.#doubtEveryMs = COE
      this.#floor = back * FLOOR
      this.#floorMs = 60_000
      return { limit: back, reason: 'fewer in flight gained nothing: the path itself takes longer' }
    }
    this.#elastic = 0
    this.#doubtEveryMs = Math.min(120_000, Math.max(8000, this.#doubtEveryMs * 2))
    return { limit: before.limit, reason: 'drain ends: it is a queue' }
  }

  /** Goes back up for one measurement: did the smaller limit cost goodput, or nothing but a queue? */
  #probe(limit: number, to: number): Wanted {
    const e = this.#evidence
    this.#anchor = null
    this.#before = { limit, timeMs: e.timeMs, error: this.#base.error(e.ended), back: null }
    this.#usualMs = null
    this.#phase = 'probe'
    this.#settling = true
    return { limit: to, reason: 'probe: is it a queue or a longer path?' }
  }

  #probed(limit: number): Wanted {
    const e = this.#evidence
    const before = this.#before ?? { limit, timeMs: e.timeMs, error: 0, back: null }
    this.#before = null
    this.#phase = 'steady'
    this.#sinceDoubtMs = 0
    const slope = Math.log(e.timeMs / before.timeMs) / Math.log(limit / before.limit)
    if (slope < (this.#company > 0.3 ? 0.12 : UP)) {
      this.#doubtEveryMs = 0
      const base = this.#base.ms ?? before.timeMs
      this.#base.blend(Math.max(before.timeMs, base), 1)
      return { limit, reason: 'fewer in flight gained nothing: the path itself takes longer' }
    }
    this.#doubtEveryMs = Math.min(120_000, Math.max(8000, this.#doubtEveryMs * 2))
    return { limit: before.limit, reason: 'probe ends: it is a queue' }
  }

  /** How many may wait: enough to see and to be fair, less where overload costs capacity. */
  #queue(served: number): number {
    return Math.min((C * Math.sqrt(served)) / (1 + TH * (this.#company > 0.3 ? 0 : this.#thrash)), SMALL * served)
  }

  #drain(limit: number): Wanted {
    const e = this.#evidence
    this.#before = { limit, timeMs: e.timeMs, error: this.#base.error(e.ended), back: null }
    this.#usualMs = null
    this.#phase = 'drain'
    this.#settling = true
    const served = e.rate * (this.#base.ms ?? e.timeMs)
    return { limit: Math.floor(Math.min(limit, served) * DEPTH), reason: 'short drain to learn the base time' }
  }

  #drained(limit: number): Wanted {
    const e = this.#evidence
    const before = this.#before ?? { limit, timeMs: e.timeMs, error: 0, back: null }
    if (before.back !== null) return this.#answered(limit, before.back)
    const base = this.#base.ms ?? e.timeMs
    const error = this.#base.error(e.ended)
    this.#before = null
    this.#phase = 'steady'
    this.#sinceDrainMs = 0
    this.#drains += 1
    this.#drainEveryMs = Math.max(40_000, (e.elapsedMs * 1.5 * (1 - DEPTH)) / BUDGET)
    const fell = e.timeMs / before.timeMs
    if (limit >= before.limit) return { limit: before.limit, reason: 'drain ends' }
    if (e.timeMs <= base * (1 + Math.max(0.03, 2 * error))) {
      const alone = this.#company < 0.3 || e.timeMs < base
      this.#base.correct(e.timeMs, error, e.timeMs < base * (1 - DOWNZ * error) ? DOWN : 0.1, alone ? 1 : 0.1)
    } else if (fell > ELASTIC) {
      if (this.#company > 0.3 && this.#drains > 2) this.#base.blend(Math.min(e.timeMs, base * 1.1), RAISE)
      else {
        this.#base.blend(e.timeMs, fell > 0.96 ? 1 : 0.5)
        this.#drainEveryMs = AGAIN
      }
    }
    const now = this.#base.ms ?? base
    const proportional = before.timeMs * (limit / before.limit)
    if (e.timeMs < proportional * 1.15 + 2 * error && fell < 0.85) {
      this.#drainEveryMs = 0
      this.#base.ms = Math.min(now, e.timeMs)
      return { limit, reason: 'drain: attempts still waited' }
    }
    return { limit: (before.limit * now) / base, reason: 'drain ends' }
  }
}

function pct(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}
