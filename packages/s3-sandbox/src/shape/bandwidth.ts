/**
 * A line that all senders share. Each chunk is booked after the ones booked before it, so that senders with chunks of similar size get
 * similar shares. Pure arithmetic: the caller supplies the time and waits.
 */
export class Line {
  readonly #bytesPerMs: number
  #freeAt = 0

  constructor(bytesPerSecond: number) {
    this.#bytesPerMs = bytesPerSecond / 1000
  }

  /** Books `bytes`; returns in how many milliseconds they are through. */
  reserve(bytes: number, nowMs: number): number {
    this.#freeAt = Math.max(this.#freeAt, nowMs - CATCH_UP_MS) + bytes / this.#bytesPerMs
    return Math.max(0, this.#freeAt - nowMs)
  }
}

/** Timers fire late on a busy machine. Up to this much idle time of the line is made up for. */
const CATCH_UP_MS = 20

/** On a shaped line chunks are cut to this size, so that a large one does not delay the others. */
export const LINE_CHUNK_BYTES = 16 * 1024
