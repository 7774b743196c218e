import type { ExchangeControl, ExchangeHandler } from '../http1/exchange.js'
import { Refusal } from '../failures/refusal.js'
import type { ResponseHeaders } from '../s3/object-headers.js'

/** What a relay wants to hear of its PUT. */
export interface DestinationListener {
  destinationStarted(control: ExchangeControl): void
  destinationEnded(status: number, headers: ResponseHeaders, refused: Refusal | null): void
  destinationFailed(error: Error): void
}

/** Hears the answer to the PUT. */
export class DestinationHandler implements ExchangeHandler {
  readonly #relay: DestinationListener
  #status = 0
  #headers: ResponseHeaders = {}
  #refused: Refusal | null = null

  constructor(relay: DestinationListener) {
    this.#relay = relay
  }

  onRequestStart(control: ExchangeControl): void {
    this.#relay.destinationStarted(control)
  }

  onResponseStart(_control: ExchangeControl, status: number, headers: ResponseHeaders): void {
    this.#status = status
    this.#headers = headers
    if (status >= 300) this.#refused = new Refusal(status, headers)
  }

  onResponseData(_control: ExchangeControl, chunk: Buffer): void {
    this.#refused?.add(chunk)
  }

  onResponseEnd(): void {
    this.#relay.destinationEnded(this.#status, this.#headers, this.#refused)
  }

  onResponseError(error: Error): void {
    this.#relay.destinationFailed(error)
  }
}
