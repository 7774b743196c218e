/**
 * Remembers the last limit under which all was well before it was cut, to go back to it at once when nothing waits right
 * afterwards: the store had only paused for a moment. TCP undoes a spurious timeout in the same way (RFC 5682). A
 * mistake costs a queue for one measurement, so it is not made often.
 */
export class Undo {
  #well = 0
  #back = 0
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

  /** The limit is cut. */
  cut(): void {
    this.#back = this.#sinceCutMs > MEMORY_MS ? this.#well : Math.max(this.#back, this.#well)
    this.#sinceCutMs = 0
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
const MEMORY_MS = 20_000
const EVERY_MS = 10_000
