import type { WindowSample } from '../types.js'
import { percent } from './failures.js'
import type { Wanted } from './failures.js'
import {
  FIRST_WALL_MS,
  MAX_WALL_MS,
  MIN_STEP,
  STANDING_QUEUE_MS,
  SEGMENT_MS,
  THROTTLED,
} from './constants.js'

const NOTHING = { elapsedMs: 0, throttled: 0, succeeded: 0, all: 0 }

/**
 * Throttles. It tells when too many are refused, remembers the rate at which that began, and how gently to come back to it: up to just
 * below it, then by small steps at intervals that double with every refusal (as CUBIC remembers where the last loss was). Where the store
 * lets more and more through, the steps grow, and in the end the wall is forgotten.
 */
export class Wall {
  /** The limit is above what the store is known to let through. */
  beyond = true
  /** The rate at which it refuses, attempts a ms; null when no wall is known. */
  #ratePerMs: number | null = null
  #sinceHitMs = Infinity
  #sinceStepMs = Infinity
  #hitLimit = Infinity
  #waitMs = FIRST_WALL_MS
  #seen = { ...NOTHING }

  passed(elapsedMs: number): void {
    this.#sinceHitMs += elapsedMs
    this.#sinceStepMs += elapsedMs
  }

  /**
   * Counts a window; what to do where refusals are no chance. Many of them are clear at once, and `beyond` any are; a few have to add up
   * over a second. `kneeMs` is how long attempts take at the knee, `part` how much of what goes through is kept.
   */
  refused(window: WindowSample, limit: number, kneeMs: number | null, part: number): Wanted | null {
    const { elapsedMs, succeeded, failed, throttled } = window
    const seen = this.#seen
    if (throttled + seen.throttled === 0) return null
    seen.elapsedMs += elapsedMs
    seen.throttled += throttled
    seen.succeeded += succeeded
    seen.all += succeeded + failed + throttled
    const share = seen.throttled / seen.all
    const sure = seen.elapsedMs >= 1000 || share > 0.2 || this.beyond
    const clear = sure && seen.throttled >= 2 && share > THROTTLED
    if (clear || seen.elapsedMs >= 2000) this.#seen = { ...NOTHING }
    if (!clear) return null
    this.#hitLimit = limit
    const through = this.#hit(seen.succeeded / seen.elapsedMs)
    const fits = (kneeMs === null ? limit * (1 - share) : through * kneeMs) * part
    const next = Math.max(limit / 16, Math.min(limit - 1, fits))
    const reason = `${percent(share)} throttled at ${limit}, down to ${Math.max(1, Math.round(next))}`
    return { limit: next, reason }
  }

  /** What the cuts of the last seconds were for was the beginning of an outage, and no wall. */
  retract(): void {
    if (this.#sinceHitMs < STANDING_QUEUE_MS) this.#ratePerMs = null
  }

  /** A rate that is much like the known one corrects it, another one replaces it; more may go through, from what the store saved up. */
  #hit(ratePerMs: number): number {
    const known = this.#ratePerMs
    this.#sinceHitMs = 0
    this.beyond = false
    if (ratePerMs === 0) return 0
    const same = known !== null && Math.abs(ratePerMs / known - 1) < 0.2
    this.#ratePerMs = same ? known + 0.3 * (ratePerMs - known) : ratePerMs
    this.#waitMs = same ? Math.min(MAX_WALL_MS, 2 * this.#waitMs) : FIRST_WALL_MS
    return Math.min(ratePerMs, this.#ratePerMs)
  }

  /** The limit that keeps clear of the wall when an attempt takes `timeMs`; infinite without a wall. */
  cap(timeMs: number): number {
    const most = this.#sinceHitMs < this.#waitMs ? Math.max(1, this.#hitLimit - 1) : Infinity
    return this.#ratePerMs === null ? Infinity : Math.min(most, 0.99 * this.#ratePerMs * timeMs)
  }

  /** Grows to `next`, or where that is beyond the wall, by a small step when it is time to try one. */
  grow(limit: number, next: number, kneeMs: number): Wanted {
    const cap = this.cap(kneeMs)
    this.beyond &&= next > cap
    if (next <= cap) return { limit: next, reason: `the queue is short, up to ${Math.round(next)}` }
    if (this.#sinceHitMs < this.#waitMs || this.#sinceStepMs < SEGMENT_MS)
      return { limit: Math.max(limit, cap), reason: 'close to where the store throttled' }
    this.beyond = true
    this.#sinceStepMs = 0
    // So much more than the wall let through is not refused: the wall is gone.
    if (limit > MIN_STEP * cap) this.#ratePerMs = null
    const beyond = limit + Math.max(limit / 100, (limit - cap) / 6)
    return { limit: beyond, reason: `does the store still throttle? trying ${Math.round(beyond)}` }
  }
}
