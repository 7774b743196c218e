const SPAN_MS = 10_000

/** Means over the last ten seconds, from totals noted about once a second. */
export class RateMeter {
  readonly #notes: { at: number; objects: number; bytes: number }[] = []

  /** Notes the totals at `now` (ms) and returns the rates since the oldest note within ten seconds. */
  note(now: number, objects: number, bytes: number): { objectsPerSecond: number; bytesPerSecond: number } {
    this.#notes.push({ at: now, objects, bytes })
    while (this.#notes.length > 2 && now - this.#notes[1]!.at >= SPAN_MS) this.#notes.shift()
    const first = this.#notes[0]!
    const seconds = (now - first.at) / 1000
    if (seconds <= 0) return { objectsPerSecond: 0, bytesPerSecond: 0 }
    return {
      objectsPerSecond: (objects - first.objects) / seconds,
      bytesPerSecond: (bytes - first.bytes) / seconds,
    }
  }
}
