import type { Socket } from 'node:net'
import type { BodyWriter, Http1Request, StreamedBody } from './exchange.js'

/** Sends the requests of one connection, one after the other. */
export class RequestWriter implements BodyWriter {
  readonly #socket: Socket
  readonly #progress: () => void
  /** Not yet given whole. */
  #body: StreamedBody | null = null
  #writing = false

  /** @param progress hears that bytes have left */
  constructor(socket: Socket, progress: () => void) {
    this.#socket = socket
    this.#progress = progress
  }

  send(head: string, body: Http1Request['body'], headroomBytes: number): void {
    const socket = this.#socket
    if (body instanceof Uint8Array && head.length <= headroomBytes) {
      const all = Buffer.from(body.buffer, body.byteOffset - head.length, head.length + body.length)
      all.write(head, 'latin1')
      socket.write(all)
      return
    }
    if (body instanceof Uint8Array) {
      // One call of the system for both.
      socket.cork()
      socket.write(head, 'latin1')
      socket.write(body)
      socket.uncork()
      return
    }
    socket.write(head, 'latin1')
    this.#body = body
    body?.start(this)
  }

  /** True if the request has left whole. */
  get isDone(): boolean {
    return this.#body === null && this.#socket.writableLength === 0
  }

  /** True if it is the body that is waited for, and not the other side. */
  get isWaiting(): boolean {
    return this.#body !== null && !this.#writing
  }

  write(chunk: Uint8Array): boolean {
    this.#socket.write(chunk, this.#written)
    this.#writing = this.#socket.writableLength > 0
    if (!this.#writing) this.#progress()
    return !this.#writing
  }

  /** Node calls this for every chunk, also for one that left at once. */
  readonly #written = (): void => {
    if (!this.#writing || this.#socket.writableLength > 0) return
    this.#writing = false
    this.#progress()
    this.#body?.written()
  }

  end(): void {
    this.#body = null
  }

  stop(): void {
    const body = this.#body
    this.#body = null
    body?.stop()
  }
}
