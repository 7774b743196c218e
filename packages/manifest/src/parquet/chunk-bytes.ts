import { corrupt } from './bytes/damage.js'
import type { ByteSource } from './byte-source.js'

/** Bytes per request; the next request is in flight while these are decoded. */
export const WINDOW_BYTES = 2 * 1024 * 1024

/**
 * The bytes of one column chunk from front to back. `limit`: how far the last page may extend beyond the end. Holds at most two
 * windows, or one larger page.
 */
export class ChunkBytes {
  readonly #file: ByteSource
  readonly #limit: number
  #end: number
  readonly #signal: AbortSignal
  /** Where the next request begins. */
  #next: number
  #ahead: Promise<Buffer> | null = null
  #held: Buffer = Buffer.alloc(0)
  /** Where `#held` begins in the file: for messages. */
  #position: number

  constructor(file: ByteSource, range: { start: number; end: number; limit?: number }, signal: AbortSignal) {
    this.#file = file
    this.#next = range.start
    this.#position = range.start
    this.#end = range.end
    this.#limit = range.limit ?? range.end
    this.#signal = signal
  }

  /** Offset in the file of the next byte. */
  get position(): number {
    return this.#position
  }

  /** Bytes not taken yet. */
  get left(): number {
    return this.#end - this.#position
  }

  /** Begins to read the next window, unless that has begun. */
  prefetch(): void {
    if (this.#ahead || this.#next >= this.#end) return
    const end = Math.min(this.#end, this.#next + WINDOW_BYTES)
    this.#ahead = this.#file.read(this.#next, end, this.#signal)
    // Anyone who needs these bytes sees the error; until then it is ignored.
    this.#ahead.catch(() => undefined)
    this.#next = end
  }

  /** The next `count` bytes, or all that are left if fewer, without taking them. */
  async peek(count: number): Promise<Buffer> {
    const parts = [this.#held]
    let have = this.#held.length
    while (have < count && have < this.left) {
      this.prefetch()
      const more = await this.#ahead!
      this.#ahead = null
      parts.push(more)
      have += more.length
      this.prefetch()
    }
    if (parts.length > 1) this.#held = have === parts[1]!.length ? parts[1]! : Buffer.concat(parts)
    return this.#held.subarray(0, count)
  }

  /** Takes the next `count` bytes, if necessary up to the limit. Throws `Damage` if there are fewer. */
  async take(count: number): Promise<Buffer> {
    if (count > this.left) {
      if (this.#position + count > this.#limit) {
        throw corrupt(`a page of ${count} bytes where ${this.left} are left`)
      }
      this.#end = this.#position + count
    }
    const bytes = await this.peek(count)
    this.#held = this.#held.subarray(count)
    this.#position += count
    return bytes
  }
}
