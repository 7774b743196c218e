import type { Connection } from './connection.js'
import type { ExchangeControl, ExchangeHandler } from './exchange.js'

/** One request on a connection, as its handler holds it: once it is over, nothing done to it touches the next one. */
export class Exchange implements ExchangeControl {
  readonly handler: ExchangeHandler
  paused = false
  readonly #connection: Connection

  constructor(connection: Connection, handler: ExchangeHandler) {
    this.#connection = connection
    this.handler = handler
  }

  abort(error: Error): void {
    if (this.#connection.carries(this)) this.#connection.destroy(error)
  }

  pause(): void {
    this.paused = true
  }

  resume(): void {
    if (!this.paused) return
    this.paused = false
    if (this.#connection.carries(this)) this.#connection.readOn()
  }
}
