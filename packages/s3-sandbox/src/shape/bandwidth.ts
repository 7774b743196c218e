/**
 * A line shared by all who send over it. Each chunk is booked after those booked before it, so that senders with chunks
 * of like size get like shares. Arithmetic only: the caller brings the time and waits.
 */
export class Line {
  readonly #bytesPerMs: number
  #freeAt = 0

  constructor(bytesPerSecond: number) {
    this.#bytesPerMs = bytesPerSecond / 1000
  }

  /** Books `bytes`; returns how many milliseconds from now they are through. */
  book(bytes: number, nowMs: number): number {
    this.#freeAt = Math.max(this.#freeAt, nowMs - CATCH_UP_MS) + bytes / this.#bytesPerMs
    return Math.max(0, this.#freeAt - nowMs)
  }
}

/** Timers fire late on a busy machine. So much of the time the line stood idle is made up for. */
const CATCH_UP_MS = 20

/** Chunks are cut to this size on a shaped line, so that a large one doesn't keep the others waiting. */
export const LINE_CHUNK_BYTES = 16 * 1024
