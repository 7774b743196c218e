import type { WindowSample } from '../types.js'
import { FIRST_WALL_MS, LAST_WALL_MS, THROTTLED } from './constants.js'

const NOTHING = { elapsedMs: 0, throttled: 0, succeeded: 0, all: 0 }

/**
 * Throttles. It tells when too many are refused, remembers the rate at which that began, and how gently to come back to it: up to just
 * below it, then by small steps at intervals that double with every refusal (as CUBIC remembers where the last loss was).
 */
export class Wall {
  /** The last step went beyond what the wall is known to let through. */
  beyond = false
  /** Attempts a ms that went through when it refused last. */
  throughPerMs = 0
  /** The rate at which it refuses, attempts a ms; null when no wall is known. */
  #ratePerMs: number | null = null
  #hitLimit = Infinity
  #sinceHitMs = Infinity
  #waitMs = FIRST_WALL_MS
  #seen = { ...NOTHING }

  passed(elapsedMs: number): void {
    this.#sinceHitMs += elapsedMs
  }

  /**
   * Counts a window; the share of refusals where they are no chance. Many of them are clear at once, unless they are a burst under a limit
   * that is `known` to pass, and in the startup or `beyond` any are; a few have to add up over a second.
   */
  refused(window: WindowSample, starting: boolean, known: boolean): number | null {
    const { elapsedMs, succeeded, failed, throttled } = window
    const seen = this.#seen
    if (throttled + seen.throttled === 0) return null
    seen.elapsedMs += elapsedMs
    seen.throttled += throttled
    seen.succeeded += succeeded
    seen.all += succeeded + failed + throttled
    const share = seen.throttled / seen.all
    const sure = seen.elapsedMs >= 1000 || (share > 0.2 && !known) || this.beyond || starting
    const clear = sure && seen.throttled >= 2 && share > THROTTLED
    if (clear || seen.elapsedMs >= 2000) this.#seen = { ...NOTHING }
    this.throughPerMs = seen.succeeded / seen.elapsedMs
    return clear ? share : null
  }

  /** It refused under a limit. A rate that is much like the known one corrects it, another one replaces it. */
  hit(limit: number): void {
    const [ratePerMs, known] = [this.throughPerMs, this.#ratePerMs]
    if (ratePerMs > 0) {
      const same = known !== null && Math.abs(ratePerMs / known - 1) < 0.2
      this.#ratePerMs = same ? known + 0.3 * (ratePerMs - known) : ratePerMs
      this.#waitMs = same ? Math.min(LAST_WALL_MS, 2 * this.#waitMs) : FIRST_WALL_MS
    }
    this.#hitLimit = limit
    this.#sinceHitMs = 0
    this.beyond = false
  }

  /** Has it refused within so many ms? */
  hitWithin(ms: number): boolean {
    return this.#sinceHitMs < ms
  }

  /** The limit that keeps clear of the wall when an attempt takes `timeMs`; infinite without a wall. */
  cap(timeMs: number): number {
    if (this.#ratePerMs === null) return Infinity
    const cap = this.#ratePerMs * timeMs * 0.99
    return this.hitWithin(this.#waitMs) ? Math.min(cap, Math.max(1, this.#hitLimit - 1)) : cap
  }

  /** A step beyond the cap while `ratePerMs` goes through, or null where it is too early. */
  step(limit: number, ratePerMs: number): number | null {
    if (this.hitWithin(this.#waitMs)) return null
    this.beyond = true
    if (ratePerMs > (this.#ratePerMs ?? Infinity)) {
      this.#ratePerMs = ratePerMs
      this.#waitMs = FIRST_WALL_MS
    }
    return limit + Math.max(1, limit / 100)
  }

  forget(): void {
    this.#ratePerMs = null
    this.#waitMs = FIRST_WALL_MS
  }
}
