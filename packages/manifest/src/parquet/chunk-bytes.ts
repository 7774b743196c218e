import { corrupt } from './damage.js'
import type { ByteSource } from './byte-source.js'

/** Bytes asked for in one request; the next request is under way while these are decoded. */
export const WINDOW_BYTES = 2 * 1024 * 1024

/**
 * The bytes of one column chunk from front to back. `limit`: how far the last page may reach beyond the end. Holds at most two windows, or the one page that is larger.
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

  /** Begins to read the next window, unless that is under way. */
  prefetch(): void {
    if (this.#ahead || this.#next >= this.#end) return
    const end = Math.min(this.#end, this.#next + WINDOW_BYTES)
    this.#ahead = this.#file.read(this.#next, end, this.#signal)
    // Whoever needs these bytes sees the error; until then nobody has to.
    this.#ahead.catch(() => undefined)
    this.#next = end
  }

  /** The next `count` bytes, or all that are left when those are fewer, without taking them. */
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

  /** Takes the next `count` bytes, if need be up to the limit. Throws `Damage` when there are fewer. */
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
