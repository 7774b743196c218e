/**
 * Remembers the last limit under which all was well before it was cut, to go back to it at once when nothing waits right
 * afterwards: the store had only paused for a moment. TCP undoes a spurious timeout in the same way (RFC 5682). A
 * mistake costs a queue for one measurement, so it is not made often; nor after small cuts, for they follow a store that
 * serves less, mostly because others take their share of it.
 */
export class Undo {
  #well = 0
  #back = 0
  /** Since the first of the sudden cuts. */
  #sinceCutMs = Infinity
  #sinceUndoMs = Infinity

  passed(elapsedMs: number): void {
    this.#sinceCutMs += elapsedMs
    this.#sinceUndoMs += elapsedMs
  }

  /** Under this limit no more waited than may. */
  well(limit: number): void {
    this.#well = limit
  }

  /** The limit is cut to `next`: attempts took so many times the base time. */
  cut(next: number, times: number): void {
    if (times < SUDDEN) this.#well = next
    else if (this.#sinceCutMs > MEMORY_MS) {
      this.#back = this.#well
      this.#sinceCutMs = 0
    }
  }

  /** Nothing waits: the limit to go back to, or null where the cuts were small or long ago. */
  take(limit: number): number | null {
    if (this.#sinceCutMs > MEMORY_MS || this.#sinceUndoMs < EVERY_MS || limit > this.#back * LARGE)
      return null
    this.#sinceCutMs = Infinity
    this.#sinceUndoMs = 0
    return this.#back
  }
}

const LARGE = 0.7
/** A pause makes attempts take so many times the base time at once. */
const SUDDEN = 1.5
const MEMORY_MS = 20_000
const EVERY_MS = 10_000
