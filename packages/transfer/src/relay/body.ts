import type { BufferPool } from './buffer-pool.js'
import { READ_BYTES, type BodyWriter, type ExchangeControl, type StreamedBody } from '../http1/exchange.js'

/** What one buffer gathers, widest first. Each counts twice against the budget: one buffer fills while the other leaves. */
const GATHER_BYTES = [256 * 1024, 128 * 1024, 64 * 1024]
/** A chunk of this size is worth a write of its own. */
const LARGE_CHUNK_BYTES = 64 * 1024

/**
 * The body of a PUT that is the body of a GET as it arrives, with the backpressure of both sockets.
 *
 * TLS hands out records of 16 KiB, and a write, a pause and a resume for each would cost more than the bytes do. Small chunks therefore gather in a buffer of
 * the pool. It is written when it is full, or when the event loop has brought all that there was. While one buffer leaves, the next one fills; the GET is
 * paused when that one has only room for what may still arrive after a pause. What arrives before the PUT has a connection is gathered too.
 *
 * Where the budget of the pool is spent nothing gathers: each chunk is written as it comes, and the GET is paused until it has left.
 */
export class RelayBody implements StreamedBody {
  /** Never in memory as a whole. */
  readonly whole = null
  readonly headroomBytes = 0
  readonly #buffers: BufferPool
  /** What a buffer gathers; 0 where nothing gathers. */
  readonly #gatherBytes: number
  #source: ExchangeControl | null
  #writer: BodyWriter | null = null
  #leaving: Buffer | null = null
  #filling: Buffer | null = null
  #filledBytes = 0
  #flushing: NodeJS.Immediate | null = null
  #ended = false
  #stopped = false
  /** Waits that have not ended. */
  #holds = 0

  /**
   * @param source paused
   * @param sizeBytes of the whole body
   */
  constructor(source: ExchangeControl, buffers: BufferPool, sizeBytes: number) {
    this.#source = source
    this.#buffers = buffers
    this.#gatherBytes = GATHER_BYTES.find((bytes) => bytes <= sizeBytes && buffers.reserve(2 * bytes)) ?? 0
  }

  start(writer: BodyWriter): void {
    this.#writer = writer
    if (this.#filledBytes > 0) this.#write()
    else if (this.#ended) writer.end()
    this.#resume()
  }

  /** @param chunk valid only within this call */
  push(chunk: Buffer): void {
    if (this.#stopped) return
    this.#fill(chunk)
    if (this.#writer !== null && this.#leaving === null) {
      if (this.#gatherBytes === 0 || this.#filledBytes >= LARGE_CHUNK_BYTES) this.#write()
      else this.#flushing ??= setImmediate(this.#flush)
    }
    if (this.#full) this.#source?.pause()
  }

  #fill(chunk: Buffer): void {
    const filled = this.#filledBytes
    const needed = filled + chunk.length
    let buffer = this.#filling
    if (buffer === null || buffer.length < needed) {
      const larger = this.#buffers.take(Math.max(needed, this.#gatherBytes))
      if (buffer !== null) {
        buffer.copy(larger, 0, 0, filled)
        this.#buffers.giveBack(buffer)
      }
      this.#filling = buffer = larger
    }
    chunk.copy(buffer, filled)
    this.#filledBytes = needed
  }

  #write(): void {
    const buffer = this.#filling!
    const bytes = buffer.subarray(0, this.#filledBytes)
    this.#filling = null
    this.#filledBytes = 0
    const writer = this.#writer!
    if (writer.write(bytes)) this.#buffers.giveBack(buffer)
    else this.#leaving = buffer
    if (this.#ended) writer.end()
  }

  readonly #flush = (): void => {
    this.#flushing = null
    if (this.#writer !== null && this.#leaving === null && this.#filledBytes > 0) this.#write()
  }

  written(): void {
    if (this.#leaving !== null) this.#buffers.giveBack(this.#leaving)
    this.#leaving = null
    this.#flush()
    this.#resume()
  }

  /** All bytes were pushed. The GET may end even if the last of them have not left. */
  end(): void {
    const source = this.#source
    this.#source = null
    source?.resume()
    this.#ended = true
    if (this.#filledBytes > 0) this.#flush()
    else this.#writer?.end()
  }

  /** Lets nothing more arrive for a while, whatever the writer wants. */
  hold(waitMs: number): void {
    this.#holds += 1
    this.#source?.pause()
    setTimeout(() => {
      this.#holds -= 1
      this.#resume()
    }, waitMs)
  }

  stop(): void {
    this.#source = null
    this.#writer = null
    if (this.#stopped) return
    this.#stopped = true
    if (this.#flushing !== null) clearImmediate(this.#flushing)
    if (this.#filling !== null) this.#buffers.giveBack(this.#filling)
    this.#filling = null
    this.#filledBytes = 0
    if (this.#gatherBytes > 0) this.#buffers.release(2 * this.#gatherBytes)
  }

  get #full(): boolean {
    return this.#leaving !== null && this.#filledBytes + READ_BYTES > this.#gatherBytes
  }

  #resume(): void {
    if (this.#writer !== null && !this.#full && this.#holds === 0) this.#source?.resume()
  }
}
