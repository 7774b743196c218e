import { ChunkedBody } from './chunked-body.js'
import { Http1Error, malformed } from './errors.js'
import { parseResponseHead, type ResponseHead } from './response-head.js'

const MAX_HEAD_BYTES = 32 * 1024
const HEAD_END = Buffer.from('\r\n\r\n')
const CR = 13
const LF = 10

/** Receives a response as it is parsed. */
export interface ResponseListener {
  /** While this is true the parser takes nothing. */
  readonly isGone: boolean
  head(head: ResponseHead): void
  /** @param chunk valid only within the call */
  data(chunk: Buffer): void
  answerEnd(): void
}

type State = 'idle' | 'head' | 'length' | 'chunked' | 'close'

/**
 * Reads answers of one connection, wherever the network has cut them. It refuses what is not clear, and then the connection is of no use any more.
 */
export class ResponseParser {
  readonly #listener: ResponseListener
  #state: State = 'idle'
  #method = ''
  /** Begin of a head whose end has not come. */
  #held: Buffer | null = null
  #left = 0
  #chunked = new ChunkedBody()

  constructor(listener: ResponseListener) {
    this.#listener = listener
  }

  /** A request was sent: its answer is next. */
  expect(method: string): void {
    this.#method = method
    this.#state = 'head'
  }

  /**
   * Takes bytes, up to the end of an answer or until its listener is gone, and gives how many it took.
   *
   * @throws Http1Error `HTTP1_MALFORMED`
   */
  execute(bytes: Buffer): number {
    let at = 0
    while (at < bytes.length && this.#state !== 'idle' && !this.#listener.isGone) at = this.#step(bytes, at)
    return at
  }

  /**
   * The connection has ended: that ends a body of unknown length.
   *
   * @throws Http1Error `HTTP1_ENDED` if the answer is not whole
   */
  finish(): void {
    if (this.#state !== 'close') throw new Http1Error('HTTP1_ENDED', 'the other side closed the connection')
    this.#end()
  }

  #step(bytes: Buffer, at: number): number {
    switch (this.#state) {
      case 'head':
        return this.#readHead(bytes, at)
      case 'length': {
        const to = Math.min(bytes.length, at + this.#left)
        this.#left -= to - at
        this.#listener.data(to - at === bytes.length ? bytes : bytes.subarray(at, to))
        if (this.#left === 0) this.#end()
        return to
      }
      case 'chunked': {
        const data = (chunk: Buffer): void => this.#listener.data(chunk)
        const to = this.#chunked.execute(bytes, at, data, () => !this.#listener.isGone)
        if (this.#chunked.done) this.#end()
        return to
      }
      default:
        this.#listener.data(at === 0 ? bytes : bytes.subarray(at))
        return bytes.length
    }
  }

  #readHead(bytes: Buffer, at: number): number {
    const held = this.#held
    if (held === null) return this.#readHeadFrom(bytes, at, at)
    this.#held = null
    return this.#readHeadFrom(Buffer.concat([held, bytes]), 0, held.length) - held.length
  }

  /** @param fresh where the bytes begin that were not seen before */
  #readHeadFrom(bytes: Buffer, at: number, fresh: number): number {
    const end = bytes.indexOf(HEAD_END, Math.max(at, fresh - HEAD_END.length + 1))
    if ((end < 0 ? bytes.length : end) - at > MAX_HEAD_BYTES) throw malformed('its head is too long')
    if (end < 0) {
      refuseBareLineFeed(bytes, at, fresh)
      this.#held = Buffer.from(bytes.subarray(at))
      return bytes.length
    }
    const head = parseResponseHead(bytes.toString('latin1', at, end), this.#method)
    if (head.status >= 200) this.#begin(head)
    // No switch of protocols was requested.
    else if (head.status === 101) throw malformed('status 101')
    return end + HEAD_END.length
  }

  #begin(head: ResponseHead): void {
    if (head.framing === 'none') {
      this.#listener.head(head)
      this.#end()
      return
    }
    this.#state = head.framing
    this.#left = head.lengthBytes
    if (head.framing === 'chunked') this.#chunked = new ChunkedBody()
    this.#listener.head(head)
  }

  #end(): void {
    this.#state = 'idle'
    this.#listener.answerEnd()
  }
}

/** Else a head with lines that end by LF alone would be waited for until its time is up. */
function refuseBareLineFeed(bytes: Buffer, start: number, fresh: number): void {
  for (let at = bytes.indexOf(LF, fresh); at >= 0; at = bytes.indexOf(LF, at + 1))
    if (at === start || bytes[at - 1] !== CR) throw malformed('a line that ends without CR')
}
