import type { WindowSample } from '../types.js'
import { OUTAGE_LIMIT } from './constants.js'

/** A limit that a part of the law wants, not yet rounded or clamped, and why. */
export interface Wanted {
  limit: number
  reason: string
}

/** Errors that are not throttles. Above the threshold the limit is halved; where that doesn't help no limit would, and it comes back. */
export class ErrorWatch {
  readonly #threshold: number
  #tolerated = 0
  #uncut: { limit: number; share: number } | null = null

  constructor(threshold: number) {
    this.#threshold = threshold
  }

  judge({ succeeded, failed }: WindowSample, limit: number): Wanted | null {
    const all = succeeded + failed
    const share = failed / Math.max(1, all)
    // Few attempts prove little: a handful of errors among twenty can be chance.
    if (all < 20 || share <= this.#tolerated + this.#threshold + 0.45 / Math.sqrt(all)) return null
    const uncut = this.#uncut
    this.#uncut = uncut === null ? { limit, share } : null
    if (uncut === null || share < 0.75 * uncut.share)
      return { limit: limit / 2, reason: `${percent(share)} failed, down to ${Math.round(limit / 2)}` }
    this.#tolerated = share
    return {
      limit: uncut.limit,
      reason: `${percent(share)} fail at any limit, back to ${Math.round(uncut.limit)}`,
    }
  }
}

/** Tells an outage from congestion: hardly anything succeeds. A few attempts test the backend; when they succeed the limit is as before. */
export class Outage {
  #back: number | null = null

  get ongoing(): boolean {
    return this.#back !== null
  }

  /** What to do about a window, or null when it has nothing to do with an outage. `back` is the limit to return to. */
  judge(window: WindowSample, limit: number, back: number, baseMs: number | null): Wanted | null {
    const { succeeded, inFlight, elapsedMs } = window
    const bad = window.failed + window.throttled
    const expected = baseMs === null ? Infinity : (inFlight * elapsedMs) / baseMs
    if (bad >= 4 && succeeded < Math.min(bad / 10, expected / 5)) {
      this.#back ??= back
      const next = Math.max(Math.min(limit, OUTAGE_LIMIT), limit / 4)
      return { limit: next, reason: `hardly any attempt succeeds, testing with ${Math.round(next)}` }
    }
    if (this.#back === null) return null
    const before = this.#back
    this.#back = null
    return { limit: before, reason: `the outage is over, back to ${Math.round(before)}` }
  }
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`
}
