import type { Socket } from 'node:net'
import { Connection, type ConnectionOwner, type OutgoingRequest } from './connection.js'
import { Http1Error } from './errors.js'
import type { ExchangeHandler, Http1Request } from './exchange.js'
import { Timeouts } from './timeouts.js'
import { requestHead } from './request-head.js'

/** Opens a connection to the host of a pool; returns a way to give up. */
export type Connect = (callback: ConnectCallback) => () => void

/** Of error and socket exactly one is given. */
export type ConnectCallback = (error: Error | null, socket?: Socket) => void

export interface PoolOptions {
  connect: Connect
  /** As the `host` header is to have it. */
  host: string
  /** Most connections at a time. */
  limit: number
  firstByteTimeoutMs: number
  idleTimeoutMs: number
}

/**
 * Keep-alive connections to one host.
 *
 * 1. A request has a connection to itself: one that is free, else a new one within the limit, else the first that becomes free, in the order in which
 *    requests came.
 * 2. No request is sent twice.
 */
export class ConnectionPool implements ConnectionOwner {
  readonly #options: PoolOptions
  readonly #timeouts: Timeouts
  readonly #open = new Set<Connection>()
  readonly #free: Connection[] = []
  /** Requests whose connection is being opened, and how to give up. */
  readonly #opening = new Map<OutgoingRequest, () => void>()
  readonly #waiting: OutgoingRequest[] = []
  #timer: NodeJS.Timeout | null = null
  #closed = false

  constructor(options: PoolOptions) {
    this.#options = options
    this.#timeouts = new Timeouts(options.firstByteTimeoutMs, options.idleTimeoutMs)
  }

  /** The handler receives every outcome. */
  send(request: Http1Request, handler: ExchangeHandler): void {
    if (this.#closed) return handler.onResponseError(closed())
    let head: string
    try {
      head = requestHead(request, this.#options.host)
    } catch (error) {
      return handler.onResponseError(error as Error)
    }
    const { method, body, headroomBytes = 0 } = request
    const outgoing = { method, head, body, headroomBytes, handler }
    const connection = this.#free.pop()
    if (connection !== undefined) connection.send(outgoing)
    else if (this.#open.size + this.#opening.size < this.#options.limit) this.#openFor(outgoing)
    else this.#waiting.push(outgoing)
  }

  #openFor(request: OutgoingRequest): void {
    this.#opening.set(request, () => undefined)
    const giveUp = this.#options.connect((error, socket) => {
      if (!this.#opening.delete(request)) return
      if (error !== null) {
        this.#openForNext()
        return request.handler.onResponseError(error)
      }
      const connection = new Connection(socket!, this.#timeouts, this)
      this.#open.add(connection)
      this.#timer ??= setInterval(() => this.#tick(), this.#timeouts.tickMs).unref()
      connection.send(request)
    })
    if (this.#opening.has(request)) this.#opening.set(request, giveUp)
  }

  #openForNext(): void {
    const next = this.#waiting.shift()
    if (next !== undefined) this.#openFor(next)
  }

  #tick(): void {
    for (const connection of this.#open) connection.tick()
  }

  connectionFree(connection: Connection): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#free.push(connection)
    else connection.send(next)
  }

  connectionGone(connection: Connection): void {
    this.#open.delete(connection)
    const index = this.#free.indexOf(connection)
    if (index >= 0) this.#free.splice(index, 1)
    if (this.#closed) return
    this.#openForNext()
    if (this.#open.size === 0) this.#stopTimer()
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
  }

  /** Closes all connections; requests in progress or waiting fail with `HTTP1_CLOSED`. */
  close(): void {
    this.#closed = true
    this.#stopTimer()
    for (const connection of this.#open) connection.destroy(closed())
    for (const [{ handler }, giveUp] of this.#opening) {
      giveUp()
      handler.onResponseError(closed())
    }
    this.#opening.clear()
    for (const { handler } of this.#waiting.splice(0)) handler.onResponseError(closed())
  }
}

function closed(): Http1Error {
  return new Http1Error('HTTP1_CLOSED', 'the connections were closed')
}
