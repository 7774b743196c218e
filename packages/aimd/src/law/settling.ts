import type { WindowSample } from '../types.js'
import type { Evidence } from './evidence.js'

/** After a larger change of the limit, what was begun under the old one is not counted: it has to end first. */
export class Settling {
  #ongoing = false

  /** Is it still waited for? */
  get ongoing(): boolean {
    return this.#ongoing
  }

  begin(): void {
    this.#ongoing = true
  }

  /** Ends it when what was begun before has ended, or has taken too long; `evidence` is of the time since the change. */
  update({ inFlight }: WindowSample, limit: number, { elapsedMs }: Evidence, baseMs: number): void {
    const tooMany = inFlight > limit * 1.1 + 0.5 && elapsedMs < 4 * LONGEST_MS
    const begun = elapsedMs < Math.min(LONGEST_MS, baseMs) && inFlight > 0.5
    this.#ongoing = tooMany || begun
  }
}

const LONGEST_MS = 15_000
