import { abortGroup } from '../relay/abort-group.js'
import type { ExchangeControl, ExchangeHandler } from '../http1/exchange.js'
import type { ResponseHeaders } from './object-headers.js'

/** A whole answer in memory. */
export interface BufferedAnswer {
  status: number
  headers: ResponseHeaders
  body: Buffer
}

/** More than any listing page or error document; a body that exceeds it is not what was asked for. */
const DEFAULT_LIMIT_BYTES = 64 * 1024 * 1024

/**
 * Sends one request and gathers its answer. Rejects with the connection's error, or with the signal's reason.
 *
 * @param send hands the handler to a connection
 */
export function bufferAnswer(
  send: (handler: ExchangeHandler) => void,
  signal?: AbortSignal,
  limitBytes = DEFAULT_LIMIT_BYTES,
): Promise<BufferedAnswer> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const gatherer = new Gatherer(resolve, reject, signal, limitBytes)
    send(gatherer)
  })
}

class Gatherer implements ExchangeHandler {
  groupIndex = -1
  readonly #resolve: (answer: BufferedAnswer) => void
  readonly #reject: (error: unknown) => void
  readonly #signal: AbortSignal | undefined
  readonly #limitBytes: number
  readonly #chunks: Buffer[] = []
  #bytes = 0
  #status = 0
  #headers: ResponseHeaders = {}
  #control: ExchangeControl | null = null

  constructor(
    resolve: (answer: BufferedAnswer) => void,
    reject: (error: unknown) => void,
    signal: AbortSignal | undefined,
    limitBytes: number,
  ) {
    this.#resolve = resolve
    this.#reject = reject
    this.#signal = signal
    this.#limitBytes = limitBytes
    if (signal !== undefined) abortGroup(signal).add(this)
  }

  abort(): void {
    this.#reject(this.#signal!.reason)
    this.#control?.abort(new Error('the request was aborted'))
  }

  onRequestStart(control: ExchangeControl): void {
    this.#control = control
    if (this.#signal?.aborted) control.abort(new Error('the request was aborted'))
  }

  onResponseStart(_control: ExchangeControl, status: number, headers: ResponseHeaders): void {
    this.#status = status
    this.#headers = headers
  }

  onResponseData(control: ExchangeControl, chunk: Buffer): void {
    this.#bytes += chunk.length
    if (this.#bytes > this.#limitBytes) control.abort(new Error('the answer is longer than asked for'))
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
    if (this.#signal !== undefined) abortGroup(this.#signal).delete(this)
  }
}
