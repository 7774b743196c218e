import type { ControllerOptions } from '../options.js'
import type { Law, LawState, WindowSample } from '../types.js'
import { Evidence } from './evidence.js'
import { Wall } from './wall.js'

type Phase = 'ramp' | 'steady' | 'drain' | 'outage'
type Wanted = { limit: number; reason: string }

export class AdaptiveLaw implements Law {
  readonly #o: ControllerOptions
  readonly #evidence = new Evidence()
  readonly #wall = new Wall()
  #phase: Phase = 'ramp'
  #target: number
  #change = 0
  #baseMs: number | null = null
  #rampInFlightMs = 0
  #rampEnded = 0
  #timeMs: number | null = null
  #streak = 0
  #sinceDrainMs = 0
  #drainEveryMs = 0
  #before: { limit: number; timeMs: number } | null = null
  #resume: number | null = null

  constructor(options: ControllerOptions) {
    this.#o = options
    this.#target = options.startConcurrency
  }

  get state(): LawState {
    const base = this.#baseMs
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
    const times = this.#phase === 'ramp' ? 2.2 : 3
    const least = this.#phase === 'steady' && this.#streak === 0 ? 2 * minIntervalMs : minIntervalMs
    return Math.min(intervalMs, Math.max(least, times * time))
  }

  update(window: WindowSample, limit: number): Wanted {
    const wanted = this.#decide(window, limit)
    const o = this.#o
    this.#target = Math.min(o.maxConcurrency, Math.max(o.minConcurrency, wanted.limit))
    const next = Math.round(this.#target)
    if (next !== limit) {
      this.#evidence.reset()
      this.#change = next - limit
    } else this.#change = 0
    return { limit: this.#target, reason: wanted.reason }
  }

  #decide(window: WindowSample, limit: number): Wanted {
    this.#wall.tick(window.elapsedMs)
    this.#sinceDrainMs += window.elapsedMs
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
    if (!this.#enough()) return { limit: this.#target, reason: 'measuring' }
    this.#timeMs = this.#evidence.timeMs
    const wanted = this.#phase === 'ramp' ? this.#ramp(limit, bound) : this.#settled(limit, bound)
    this.#evidence.reset()
    return wanted
  }

  #nothingEnded(window: WindowSample): Wanted {
    const base = this.#baseMs
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
    const down = window.succeeded < bad * 0.1 && bad >= 4
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
    this.#phase = this.#baseMs === null ? 'ramp' : 'steady'
    this.#evidence.reset()
    return { limit: resume, reason: 'outage is over: back to the limit of before' }
  }

  #throttled(window: WindowSample, limit: number): Wanted | null {
    const e = this.#evidence
    const share = e.throttledShare
    const rate = e.succeeded / e.elapsedMs
    if (share > 0.01 && e.throttled >= 2) {
      this.#wall.hit(rate)
      const fit = this.#baseMs === null ? limit * (1 - share) : rate * this.#baseMs
      if (this.#phase === 'ramp') this.#baseMs ??= e.timeMs
      this.#phase = 'steady'
      this.#streak = 0
      const next = Math.max(limit / 4, Math.min(limit - 1, fit * this.#o.decreaseFactor))
      return { limit: next, reason: `${pct(share)} throttled at ${limit}` }
    }
    if (window.throttled > 0 && share > 0.003)
      return { limit: this.#target, reason: `${pct(share)} throttled` }
    return null
  }

  #enough(): boolean {
    const e = this.#evidence
    if (e.ended < 8) return false
    if (this.#phase === 'ramp') return e.elapsedMs >= 2 * e.timeMs * (this.#baseMs === null ? 0.9 : 0.95)
    return e.elapsedMs >= 2 * Math.min(e.timeMs, 2 * (this.#baseMs ?? Infinity))
  }

  #ramp(limit: number, bound: boolean): Wanted {
    const e = this.#evidence
    const base = this.#rampEnded === 0 ? e.timeMs : this.#rampInFlightMs / this.#rampEnded
    if (e.timeMs > base * 1.35) {
      this.#baseMs = base
      this.#phase = 'steady'
      this.#drainEveryMs = 0
      return { limit: this.#fit(limit), reason: 'ramp ends: attempts wait' }
    }
    this.#rampInFlightMs += e.inFlightMs
    this.#rampEnded += e.ended
    this.#baseMs = this.#rampInFlightMs / this.#rampEnded
    if (!bound) return { limit: this.#target, reason: 'too little work to need more' }
    if (limit >= this.#o.maxConcurrency) this.#phase = 'steady'
    return { limit: Math.min(limit * 2, Math.max(limit, this.#wall.cap(this.#baseMs))), reason: 'ramp' }
  }

  /** What the store serves at once, and a standing queue that is small, fair and visible. */
  #fit(limit: number): number {
    const e = this.#evidence
    const served = e.rate * (this.#baseMs ?? e.timeMs)
    return Math.max(limit / 2, served + queue(served))
  }

  #settled(limit: number, bound: boolean): Wanted {
    const e = this.#evidence
    const base = this.#baseMs ?? e.timeMs
    this.#baseMs = base
    if (this.#phase === 'drain') return this.#drained(limit)
    if (e.timeMs < base * 0.8) this.#baseMs = base + this.#o.rttSmoothing * (e.timeMs - base)
    if (!bound) return { limit: this.#target, reason: 'too little work to need more' }
    if (this.#sinceDrainMs >= this.#drainEveryMs) return this.#drain(limit)
    const waiting = e.inFlight * (1 - base / e.timeMs)
    const allowed = queue(limit)
    if (waiting > allowed) {
      this.#streak = 0
      const next = this.#fit(limit)
      return { limit: Math.min(limit, next), reason: `${waiting.toFixed(1)} of ${limit} wait` }
    }
    this.#streak += 1
    const step = Math.max(1, allowed - waiting) * 2 ** Math.max(0, this.#streak - 3)
    const wanted = limit + Math.min(limit, step)
    const cap = this.#wall.cap(base)
    if (wanted <= cap) return { limit: wanted, reason: 'nothing waits' }
    if (!this.#wall.mayProbe) return { limit: Math.max(limit, cap), reason: 'close to the wall' }
    this.#wall.passed(e.rate)
    return { limit: limit + Math.max(1, limit * 0.01), reason: 'probing the wall' }
  }

  #drain(limit: number): Wanted {
    const e = this.#evidence
    this.#before = { limit, timeMs: e.timeMs }
    this.#phase = 'drain'
    const served = e.rate * (this.#baseMs ?? e.timeMs)
    return { limit: Math.floor(Math.min(limit, served) * 0.75), reason: 'short drain to learn the base time' }
  }

  #drained(limit: number): Wanted {
    const e = this.#evidence
    const before = this.#before ?? { limit, timeMs: e.timeMs }
    const base = this.#baseMs ?? e.timeMs
    this.#before = null
    this.#phase = 'steady'
    this.#sinceDrainMs = 0
    this.#drainEveryMs = Math.max(45_000, 60 * e.elapsedMs)
    const fell = e.timeMs / before.timeMs
    if (e.timeMs < base) this.#baseMs = base + 0.5 * (e.timeMs - base)
    else if (fell > 0.95) this.#baseMs = Math.min(base * 1.25, e.timeMs)
    if (fell < 0.85 && e.timeMs < base * 0.9) {
      this.#baseMs = e.timeMs
      this.#drainEveryMs = 0
      return { limit, reason: 'drain: attempts still waited' }
    }
    return { limit: (before.limit * (this.#baseMs ?? base)) / base, reason: 'drain ends' }
  }
}

function queue(limit: number): number {
  return Math.min(Math.sqrt(limit), 0.3 * limit)
}

function pct(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}
