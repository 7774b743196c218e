import type { BufferPool } from './buffer-pool.js'
import type { BodyWriter, ExchangeControl, StreamedBody } from '../http1/exchange.js'

/**
 * The body of a PUT that is the body of a GET as it arrives: a chunk goes from one socket to the other by one call, and backpressure is the GET's own. No
 * queue, no promise.
 *
 * A chunk is copied into a buffer of the pool, which serves again when the chunk has left. Until then the GET is paused.
 */
export class RelayBody implements StreamedBody {
  /** Never here at once. */
  readonly whole = null
  readonly headroomBytes = 0
  readonly #buffers: BufferPool
  #source: ExchangeControl | null
  #writer: BodyWriter | null = null
  /** Of the chunk that has not left. */
  #lent: Buffer | null = null
  #held = false

  /** @param source paused */
  constructor(source: ExchangeControl, buffers: BufferPool) {
    this.#source = source
    this.#buffers = buffers
  }

  start(writer: BodyWriter): void {
    this.#writer = writer
    this.#resume()
  }

  /** @param chunk valid only within this call */
  push(chunk: Buffer): void {
    if (this.#writer === null) return
    const buffer = this.#buffers.take(chunk.length)
    chunk.copy(buffer)
    if (this.#writer.write(buffer.subarray(0, chunk.length))) return this.#buffers.giveBack(buffer)
    this.#lent = buffer
    this.#source?.pause()
  }

  written(): void {
    if (this.#lent !== null) this.#buffers.giveBack(this.#lent)
    this.#lent = null
    this.#resume()
  }

  /** All bytes were pushed. The GET may end even if the last of them have not left. */
  end(): void {
    const source = this.#source
    this.#source = null
    source?.resume()
    this.#writer?.end()
  }

  /** Lets nothing more arrive for a while, whatever the writer wants. */
  hold(waitMs: number): void {
    this.#held = true
    this.#source?.pause()
    setTimeout(() => {
      this.#held = false
      this.#resume()
    }, waitMs)
  }

  stop(): void {
    this.#source = null
    this.#writer = null
  }

  #resume(): void {
    if (this.#writer !== null && this.#lent === null && !this.#held) this.#source?.resume()
  }
}
