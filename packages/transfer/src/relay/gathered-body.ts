import { HEADROOM_BYTES, type BufferPool } from './buffer-pool.js'
import type { ExchangeControl } from '../http1/exchange.js'

/** Bodies up to here are gathered in one buffer if the budget has room: one write instead of many, and a digest before sending. */
export const GATHER_LIMIT_BYTES = 1024 * 1024

/** The body of a GET that is small enough to be sent when all of it is here. */
export class GatheredBody {
  readonly #source: ExchangeControl
  readonly #buffers: BufferPool
  readonly #sizeBytes: number
  #buffer: Buffer | null = null
  #filled = 0
  /** Waits that have not ended. */
  #holds = 0

  /** Null if it is too large, or the budget is spent. An empty body needs none. */
  static of(source: ExchangeControl, buffers: BufferPool, sizeBytes: number): GatheredBody | null {
    if (sizeBytes > GATHER_LIMIT_BYTES || (sizeBytes > 0 && !buffers.reserve(sizeBytes))) return null
    return new GatheredBody(source, buffers, sizeBytes)
  }

  private constructor(source: ExchangeControl, buffers: BufferPool, sizeBytes: number) {
    this.#source = source
    this.#buffers = buffers
    this.#sizeBytes = sizeBytes
  }

  /** Bytes before {@link whole} that may be overwritten. */
  get headroomBytes(): number {
    return this.#buffer === null ? 0 : HEADROOM_BYTES
  }

  /** All bytes; those that have not come are whatever was there. */
  get whole(): Buffer {
    return this.#buffer?.subarray(HEADROOM_BYTES, HEADROOM_BYTES + this.#sizeBytes) ?? EMPTY
  }

  /** @param chunk valid only within this call */
  push(chunk: Buffer): void {
    this.#buffer ??= this.#buffers.take(this.#sizeBytes)
    this.#filled += chunk.copy(this.#buffer, HEADROOM_BYTES + this.#filled)
  }

  /** Lets nothing more arrive for a while. */
  hold(waitMs: number): void {
    this.#holds += 1
    this.#source.pause()
    setTimeout(() => {
      this.#holds -= 1
      if (this.#holds === 0) this.#source.resume()
    }, waitMs)
  }

  end(): void {}

  /** Nothing is sent any more. */
  stop(): void {
    if (this.#sizeBytes > 0) this.#buffers.release(this.#sizeBytes)
  }

  /** The store has read every byte: the buffer serves again. */
  written(): void {
    if (this.#buffer !== null) this.#buffers.giveBack(this.#buffer)
  }
}

const EMPTY = Buffer.alloc(0)
