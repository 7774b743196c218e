/**
 * Remembers the request rate at which the store began to throttle, and how gently to come back to it: fast up to
 * just below it, then by small steps at intervals that double with every hit.
 */
export class Wall {
  /** Attempts a ms that the store let through when it throttled; null when no wall is known. */
  ratePerMs: number | null = null
  #sinceHitMs = 0
  #passes = 0
  #hitLimit = Infinity
  #hitRate = 0
  #waitMs = FIRST_WAIT_MS

  /** Time passes. */
  passed(elapsedMs: number): void {
    this.#sinceHitMs += elapsedMs
  }

  /** The store throttled at a limit while it let `ratePerMs` through. */
  hit(ratePerMs: number, limit: number, succeeded: number): void {
    const known = this.ratePerMs
    // A rate seen while far over the wall may be cut by rejections; one seen close to it is the wall.
    const same = known !== null && Math.abs(ratePerMs / known - 1) < 0.2
    const weight = same ? Math.max(0.1, Math.min(0.5, succeeded / 4000)) : 1
    this.ratePerMs = known === null ? ratePerMs : known + weight * (ratePerMs - known)
    this.#waitMs = same ? Math.min(MOST_WAIT_MS, this.#waitMs * 2) : FIRST_WAIT_MS
    this.#sinceHitMs = 0
    this.#passes = 0
    this.#hitLimit = limit
    this.#hitRate = this.ratePerMs
  }

  /** The limit that keeps clear of the wall when an attempt takes `timeMs`; infinite without a wall. */
  cap(timeMs: number): number {
    if (this.ratePerMs === null) return Infinity
    const cap = this.ratePerMs * timeMs * CLEARANCE
    return this.mayProbe ? cap : Math.min(cap, Math.max(1, this.#hitLimit - 1))
  }

  /** Is it time to try a little more than the cap? */
  get mayProbe(): boolean {
    return this.#sinceHitMs >= this.#waitMs
  }

  /** A rate above the wall went through: raise it; a store that takes much more has no wall there. */
  went(ratePerMs: number): void {
    const known = this.ratePerMs
    if (known === null || ratePerMs <= known) return
    this.ratePerMs = ratePerMs
    this.#waitMs = FIRST_WAIT_MS
    if (ratePerMs > 1.05 * this.#hitRate) this.#passes += 1
    if (this.#passes > 6) this.forget()
  }

  /** By how much of the limit the next probe goes up: doubled with every one that passed. */
  get step(): number {
    return 0.01 * 2 ** this.#passes
  }

  forget(): void {
    this.#passes = 0
    this.ratePerMs = null
    this.#waitMs = FIRST_WAIT_MS
  }
}

const CLEARANCE = 0.99
const FIRST_WAIT_MS = 15_000
const MOST_WAIT_MS = 90_000
