import { MAX_ERROR_BYTES } from './refusal.js'
import { Http1Error } from '../http1/errors.js'
import type { ExchangeControl, ExchangeHandler } from '../http1/exchange.js'
import { abortGroup } from './abort-group.js'
import type { ResponseHeaders } from '../protocol/response-headers.js'

/** A whole response in memory; of an error, as much as a verdict needs. */
export interface BufferedAnswer {
  status: number
  headers: ResponseHeaders
  body: Buffer
}

/** The limits of a response. */
interface AnswerBounds {
  /** Longest body. */
  limitBytes: number
  /** Time from sending the request to the end of the response, in milliseconds. */
  endsAfterMs: number
}

/**
 * Sends one request and collects its response. Rejects with the connection's error, or with the signal's reason.
 *
 * @param send passes the handler to a connection
 */
export function bufferAnswer(
  send: (handler: ExchangeHandler) => void,
  bounds: AnswerBounds,
  signal?: AbortSignal,
): Promise<BufferedAnswer> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const gatherer = new Gatherer(resolve, reject, signal, bounds)
    send(gatherer)
  })
}

class Gatherer implements ExchangeHandler {
  groupIndex = -1
  readonly #resolve: (answer: BufferedAnswer) => void
  readonly #reject: (error: unknown) => void
  readonly #signal: AbortSignal | undefined
  readonly #bounds: AnswerBounds
  readonly #chunks: Buffer[] = []
  #bytes = 0
  #status = 0
  #headers: ResponseHeaders = {}
  #control: ExchangeControl | null = null
  #timer: NodeJS.Timeout | null = null

  constructor(
    resolve: (answer: BufferedAnswer) => void,
    reject: (error: unknown) => void,
    signal: AbortSignal | undefined,
    bounds: AnswerBounds,
  ) {
    this.#resolve = resolve
    this.#reject = reject
    this.#signal = signal
    this.#bounds = bounds
    if (signal !== undefined) abortGroup(signal).add(this)
  }

  abort(): void {
    this.#reject(this.#signal!.reason)
    this.#control?.abort(new Error('the request was aborted'))
  }

  onRequestStart(control: ExchangeControl): void {
    this.#control = control
    if (this.#signal?.aborted) return control.abort(new Error('the request was aborted'))
    this.#timer = setTimeout(() => control.abort(tooLong()), this.#bounds.endsAfterMs).unref()
  }

  onResponseStart(_control: ExchangeControl, status: number, headers: ResponseHeaders): void {
    this.#status = status
    this.#headers = headers
  }

  onResponseData(control: ExchangeControl, chunk: Buffer): void {
    const { limitBytes } = this.#bounds
    this.#bytes += chunk.length
    if (this.#status >= 300 && this.#bytes > MAX_ERROR_BYTES) {
      this.#chunks.push(Buffer.from(chunk))
      // Settled first: nobody listens to what the connection reports about its end.
      this.onResponseEnd()
      control.abort(new Error('the rest of an error does not matter'))
    } else if (this.#bytes > limitBytes) control.abort(new Error('the response is longer than expected'))
    else this.#chunks.push(Buffer.from(chunk))
  }

  onResponseEnd(): void {
    this.#leave()
    this.#resolve({
      status: this.#status,
      headers: this.#headers,
      body: this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks),
    })
  }

  onResponseError(error: Error): void {
    this.#leave()
    this.#reject(error)
  }

  #leave(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    if (this.#signal !== undefined) abortGroup(this.#signal).delete(this)
  }
}

function tooLong(): Http1Error {
  return new Http1Error('HTTP1_TOO_SLOW', 'the response did not end in time')
}
