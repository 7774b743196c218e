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
  #full = false
  #held = false

  constructor(source: Dispatcher.DispatchController) {
    super()
    this.#source = source
  }

  /** For undici's `dispatch`, whose type asks for all of a Readable. */
  asBody(): Readable {
    return this as unknown as Readable
  }

  /** @param chunk the writer's from now on */
  push(chunk: Buffer): void {
    if (!this.destroyed) this.emit('data', chunk)
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

  /** undici's writer wants more. */
  resume(): void {
    this.#full = false
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
