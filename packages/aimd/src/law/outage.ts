import type { WindowSample } from '../types.js'
import type { Wanted } from './wanted.js'

/**
 * Tells an outage from congestion: hardly anything succeeds, far less than so many in flight should bring. The
 * limit goes down to a few attempts that test the backend, and straight back to where it was when they succeed.
 */
export class Outage {
  #resume: number | null = null
  #half = 0

  get ongoing(): boolean {
    return this.#resume !== null
  }

  /** What to do about a window, or null when it has nothing to do with an outage. `known` is the limit to return to. */
  judge(window: WindowSample, limit: number, known: number, baseMs: number | null): Wanted | null {
    const bad = window.failed + window.throttled
    const expected = baseMs === null ? Infinity : (window.inFlight * window.elapsedMs) / baseMs
    if (bad >= 4 && window.succeeded < Math.min(bad * 0.1, expected / 5)) {
      this.#resume ??= known
      this.#half = 0
      const next = Math.max(Math.min(limit, TEST_LIMIT), limit / 4)
      return { limit: next, reason: 'outage: hardly anything succeeds' }
    }
    if (this.#resume === null) return null
    const back = this.#resume
    if (window.succeeded >= bad) {
      this.#resume = null
      return { limit: back, reason: 'the outage is over: back to the limit of before' }
    }
    this.#half += 1
    if (this.#half < 5) return { limit, reason: 'outage: less than half succeeds' }
    this.#resume = null
    return { limit: Math.min(back, limit * 2), reason: 'the outage is half over: growing from here' }
  }
}

const TEST_LIMIT = 4
