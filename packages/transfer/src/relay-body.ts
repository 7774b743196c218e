import { EventEmitter } from 'node:events'
import type { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import type { BufferPool } from './buffer-pool.js'

/** With connections that ask for each chunk one is out at a time; through a proxy there may be more, and those are left to the collector. */
const MOST_LENT = 4

/**
 * The body of a PUT that is the body of a GET as it arrives. undici takes anything with `pipe` and `on` for a stream and asks
 * of it only `data`, `end`, `error`, `close`, `pause`, `resume` and `destroy`; this class is those and nothing else, so a chunk goes from one
 * socket to the other by one call, and backpressure is the GET's own: no queue, no promise.
 *
 * A chunk is copied into a buffer of the pool, and the buffer serves again when undici asks for more: that it does when its connection has written all.
 */
export class RelayBody extends EventEmitter {
  destroyed = false
  readonly #buffers: BufferPool
  readonly #lent: Buffer[] = []
  #source: Dispatcher.DispatchController | null
  #full = false
  #held = false

  constructor(source: Dispatcher.DispatchController, buffers: BufferPool) {
    super()
    this.#buffers = buffers
    this.#source = source
  }

  /** For undici's `dispatch`, whose type asks for all of a Readable. */
  asBody(): Readable {
    return this as unknown as Readable
  }

  /** @param chunk valid only within this call */
  push(chunk: Buffer): void {
    if (this.destroyed) return
    const buffer = this.#buffers.take(chunk.length)
    chunk.copy(buffer)
    if (this.#lent.push(buffer) > MOST_LENT) this.#lent.shift()
    this.emit('data', buffer.subarray(0, chunk.length))
  }

  /** Everything that was pushed has been written: its buffers serve again. */
  written(): void {
    for (const buffer of this.#lent.splice(0)) this.#buffers.giveBack(buffer)
  }

  /** All bytes were pushed. The GET may end even if the writer has enough. */
  end(): void {
    this.#source?.resume()
    this.#source = null
    if (!this.destroyed) this.emit('end')
  }

  /** undici's writer has enough for now. */
  pause(): void {
    this.#full = true
    this.#source?.pause()
  }

  /** undici's writer has written all and wants more. */
  resume(): void {
    this.#full = false
    this.written()
    if (!this.#held) this.#source?.resume()
  }

  /** Lets nothing more arrive for a while, whatever the writer wants. */
  hold(waitMs: number): void {
    this.#held = true
    this.#source?.pause()
    setTimeout(() => {
      this.#held = false
      if (!this.#full) this.#source?.resume()
    }, waitMs)
  }

  destroy(error?: Error): void {
    if (this.destroyed) return
    this.destroyed = true
    this.#source = null
    if (error !== undefined && this.listenerCount('error') > 0) this.emit('error', error)
    this.emit('close')
  }

  /** Only marks this as a stream; undici never calls it. */
  pipe(): never {
    throw new Error('a relayed body cannot be piped')
  }
}
