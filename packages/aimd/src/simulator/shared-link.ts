import { EventHeap } from './event-heap.js'

/**
 * A link whose bandwidth all transfers share equally. Time is kept as the bytes that each of them has been given
 * since the start, so that a change in their number moves no entry of the heap.
 */
export class SharedLink<T extends object> {
  readonly #heap = new EventHeap<{ atMs: number; item: T }>()
  #given = 0
  #lastMs = 0

  get busy(): number {
    return this.#heap.size
  }

  add(nowMs: number, bytesPerMs: number, item: T, bytes: number): void {
    this.advance(nowMs, bytesPerMs)
    this.#heap.push({ atMs: this.#given + bytes, item })
  }

  /** When the next transfer ends if nothing changes; infinite when there is none. */
  nextMs(bytesPerMs: number): number {
    const first = this.#heap.first
    if (first === undefined) return Infinity
    return this.#lastMs + (Math.max(0, first.atMs - this.#given) * this.#heap.size) / bytesPerMs
  }

  /** Ends the transfer that is first; call at the time `nextMs` said. */
  finish(nowMs: number, bytesPerMs: number): T | undefined {
    this.advance(nowMs, bytesPerMs)
    const first = this.#heap.pop()
    if (first !== undefined) this.#given = Math.max(this.#given, first.atMs)
    return first?.item
  }

  /** Brings the account up to a time; call also before the bandwidth changes. */
  advance(nowMs: number, bytesPerMs: number): void {
    if (this.#heap.size > 0) this.#given += ((nowMs - this.#lastMs) * bytesPerMs) / this.#heap.size
    this.#lastMs = nowMs
  }
}
