import type { Socket } from 'node:net'
import { Http1Error } from './errors.js'
import type { ExchangeControl, ExchangeHandler, Http1Request } from './exchange.js'
import type { Timeouts } from './timeouts.js'
import { RequestWriter } from './request-writer.js'
import type { ResponseHead } from './response-head.js'
import { ResponseParser, type ResponseListener } from './response-parser.js'
import { receiveFrom, type Receiver } from './shared-window.js'

/** Hears when a connection has nothing to do, and when it is no more; the latter once and last. */
export interface ConnectionOwner {
  connectionFree(connection: Connection): void
  connectionGone(connection: Connection): void
}

/** A request ready to be sent. */
export interface OutgoingRequest {
  method: string
  head: string
  body: Http1Request['body']
  headroomBytes: number
  handler: ExchangeHandler
}

/** Bytes of the body of a GET that end a silence. A store keeps answers to PUT and POST alive by single blanks. */
const MIN_PROGRESS_BYTES = 1024
/** The whole head, with interim answers before it, must arrive within this many times the wait for its first byte. */
const MAX_HEAD_SILENCES = 15

/**
 * One socket, and at most one request at a time.
 *
 * 1. A handler hears exactly one of end and error, and nothing after it.
 * 2. The socket serves another request only if the answer was whole, the request was sent whole, nothing came behind the answer, and both sides want it.
 * 3. While its handler pauses, the socket is not read. What the last read brought still arrives: TLS decrypts it record by record.
 */
export class Connection implements ResponseListener, Receiver {
  readonly #socket: Socket
  readonly #timeouts: Timeouts
  readonly #owner: ConnectionOwner
  readonly #parser = new ResponseParser(this)
  readonly #writer: RequestWriter
  #exchange: Exchange | null = null
  #head: ResponseHead | null = null
  #answered = false
  /** The socket is not read. */
  #stopped = false
  #gone = false
  #quietTicks = 0
  /** Since the request was sent whole, as long as its answer has no head. */
  #headTicks = 0
  #isGet = false
  /** Bytes of a body since the last that counted as progress. */
  #freshBytes = 0
  #keepAliveTicks = 1

  /** @param socket connected */
  constructor(socket: Socket, timeouts: Timeouts, owner: ConnectionOwner) {
    this.#socket = socket
    this.#timeouts = timeouts
    this.#owner = owner
    this.#writer = new RequestWriter(socket, () => (this.#quietTicks = this.#headTicks = 0))
    receiveFrom(socket, this)
    const ended = (): void => this.#ended()
    socket.on('end', ended).on('close', ended)
    socket.on('error', (error) => this.destroy(error))
  }

  /** Sends a request; the connection is free. */
  send({ method, head, body, headroomBytes, handler }: OutgoingRequest): void {
    const exchange = new Exchange(this, handler)
    this.#exchange = exchange
    this.#head = null
    this.#answered = false
    this.#quietTicks = 0
    this.#headTicks = 0
    this.#isGet = method === 'GET'
    this.#freshBytes = 0
    this.#socket.ref()
    handler.onRequestStart(exchange)
    if (this.#gone) return
    this.#parser.expect(method)
    this.#writer.send(head, body, headroomBytes)
  }

  received(bytes: Buffer): boolean {
    if (this.#gone) return false
    this.#progress(bytes.length)
    this.#parse(bytes)
    this.#stopped = this.#exchange?.paused === true
    return !this.#stopped
  }

  /** Single bytes of the body of a GET are no progress. Interim answers and bits of a head are, for a while. */
  #progress(bytes: number): void {
    this.#freshBytes += bytes
    if (this.#head !== null && this.#isGet && this.#freshBytes < MIN_PROGRESS_BYTES) return
    this.#quietTicks = 0
    this.#freshBytes = 0
  }

  #parse(bytes: Buffer): void {
    let taken = 0
    try {
      taken = this.#parser.execute(bytes)
    } catch (error) {
      this.destroy(error as Error)
    }
    if (this.#gone) return
    if (this.#answered) this.#finish(taken === bytes.length)
    // No request asked for it.
    else if (taken < bytes.length) this.destroy(null)
  }

  get isGone(): boolean {
    return this.#gone
  }

  head(head: ResponseHead): void {
    this.#head = head
    this.#quietTicks = 0
    this.#exchange!.handler.onResponseStart(this.#exchange!, head.status, head.headers)
  }

  data(chunk: Buffer): void {
    this.#exchange!.handler.onResponseData(this.#exchange!, chunk)
  }

  answerEnd(): void {
    if (!this.#gone) this.#answered = true
  }

  /** @param clean nothing came behind the answer */
  #finish(clean: boolean): void {
    const { handler } = this.#exchange!
    const { keepAlive, keepAliveMs } = this.#head!
    this.#exchange = null
    this.#answered = false
    this.#quietTicks = 0
    this.#keepAliveTicks = this.#timeouts.keepAliveTicks(keepAliveMs)
    const reusable = clean && keepAlive && this.#writer.isDone
    if (reusable && this.#keepAliveTicks > 0) {
      this.#socket.unref()
      this.readAgain()
      this.#owner.connectionFree(this)
    } else this.destroy(null)
    handler.onResponseEnd()
  }

  /** The other side has closed, or the socket is gone. */
  #ended(): void {
    if (this.#gone) return
    if (this.#exchange === null) return this.destroy(null)
    try {
      this.#parser.finish()
    } catch (error) {
      return this.destroy(error as Error)
    }
    this.#finish(false)
  }

  carries(exchange: Exchange): boolean {
    return this.#exchange === exchange
  }

  /** The handler wants more. */
  readAgain(): void {
    if (!this.#stopped) return
    this.#stopped = false
    this.#socket.resume()
  }

  /** A moment has passed: {@link Timeouts}. Where the other side is not what is waited for, its clock stops. */
  tick(): void {
    const exchange = this.#exchange
    if (exchange !== null && (exchange.paused || this.#writer.isWaiting)) return
    this.#quietTicks++
    if (exchange === null) {
      if (this.#quietTicks >= this.#keepAliveTicks) this.destroy(null)
    } else if (this.#head === null) {
      const { firstByteTicks } = this.#timeouts
      if (this.#quietTicks >= firstByteTicks || ++this.#headTicks >= MAX_HEAD_SILENCES * firstByteTicks)
        this.destroy(new Http1Error('HTTP1_FIRST_BYTE_TIMEOUT', 'timed out waiting for the response'))
    } else if (this.#quietTicks >= this.#timeouts.idleTicks)
      this.destroy(new Http1Error('HTTP1_IDLE_TIMEOUT', 'the response stalled'))
  }

  /** @param error for the handler of the request, if there is one */
  destroy(error: Error | null): void {
    if (this.#gone) return
    this.#gone = true
    const handler = this.#exchange?.handler
    this.#exchange = null
    this.#socket.destroy()
    this.#writer.stop()
    this.#owner.connectionGone(this)
    if (error !== null) handler?.onResponseError(error)
  }
}

/** One request on a connection, as its handler holds it: once it is over, nothing done to it touches the next one. */
class Exchange implements ExchangeControl {
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
    if (this.#connection.carries(this)) this.#connection.readAgain()
  }
}
