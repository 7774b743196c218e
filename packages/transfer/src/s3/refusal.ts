import type { AttemptFailure } from '../contract/attempt.js'
import type { ExchangeControl } from '../http1/exchange.js'
import type { FailureOrigin } from '../failures/failure-origin.js'
import type { ResponseHeaders } from '../protocol/response-headers.js'
import { answerFailure } from '../failures/make-failure.js'

/** Bytes of an error's body that are read. */
export const MAX_ERROR_BYTES = 64 * 1024

/**
 * An unexpected response, with as much of its body as a verdict needs. Anything that arrives after the idle timeout,
 * or beyond the limit, is not waited for.
 */
export class Refusal {
  readonly status: number
  readonly #endpoint: FailureOrigin
  readonly #method: string
  readonly #headers: ResponseHeaders
  readonly #onEnough: () => void
  readonly #chunks: Buffer[] = []
  #bytes = 0
  #timer: NodeJS.Timeout | null = null

  /** @param onEnough called once enough has arrived, although the response has not ended */
  constructor(
    endpoint: FailureOrigin,
    method: string,
    status: number,
    headers: ResponseHeaders,
    onEnough: () => void,
  ) {
    this.#method = method
    this.#endpoint = endpoint
    this.status = status
    this.#headers = headers
    this.#onEnough = onEnough
  }

  /** @param chunk valid only within the call */
  add(control: ExchangeControl, chunk: Buffer): void {
    if (this.#bytes >= MAX_ERROR_BYTES) return
    this.#timer ??= setTimeout(() => this.#enough(control), this.#endpoint.settings.idleTimeoutMs)
    this.#chunks.push(Buffer.from(chunk.subarray(0, MAX_ERROR_BYTES - this.#bytes)))
    this.#bytes += chunk.length
    if (this.#bytes >= MAX_ERROR_BYTES) this.#enough(control)
  }

  #enough(control: ExchangeControl): void {
    this.stop()
    this.#bytes = MAX_ERROR_BYTES
    this.#onEnough()
    control.abort(new Error('the rest of an error does not matter'))
  }

  /** True if the body received so far is only blanks. */
  get isBlank(): boolean {
    return this.#chunks.every((chunk) => /^\s*$/.test(chunk.toString('latin1')))
  }

  /** Stops waiting for more. */
  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
  }

  judge(request: string): AttemptFailure {
    this.stop()
    const body = Buffer.concat(this.#chunks)
    const answer = { method: this.#method, status: this.status, headers: this.#headers, body }
    return answerFailure(this.#endpoint, request, answer)
  }
}
