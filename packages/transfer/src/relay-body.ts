import { EventEmitter } from 'node:events'
import type { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'

/**
 * The body of a PUT that is the body of a GET as it arrives. undici takes anything with `pipe` and `on` for a stream and asks
 * of it only `data`, `end`, `error`, `close`, `pause`, `resume` and `destroy`; this class is those and nothing else, so a chunk goes from one
 * socket to the other by one call, and backpressure is the GET's own: no second buffer, no promise.
 */
export class RelayBody extends EventEmitter {
  destroyed = false
  #source: Dispatcher.DispatchController | null

  constructor(source: Dispatcher.DispatchController) {
    super()
    this.#source = source
  }

  /** For undici's `dispatch`, whose type asks for all of a Readable. */
  asBody(): Readable {
    return this as unknown as Readable
  }

  push(chunk: Buffer): void {
    if (!this.destroyed) this.emit('data', chunk)
  }

  end(): void {
    this.#source = null
    if (!this.destroyed) this.emit('end')
  }

  pause(): void {
    this.#source?.pause()
  }

  resume(): void {
    this.#source?.resume()
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
