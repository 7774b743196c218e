import type { ExchangeControl, ExchangeHandler } from '../http1/exchange.js'
import type { Endpoint } from '../s3/endpoint.js'
import { Refusal } from '../s3/refusal.js'
import type { ResponseHeaders } from '../protocol/response-headers.js'

/** The events of a PUT that a relay handles. */
interface DestinationListener {
  destinationStarted(control: ExchangeControl): void
  destinationEnded(status: number, headers: ResponseHeaders, refused: Refusal | null): void
  destinationFailed(error: Error): void
}

/** Hears the answer to the PUT. */
export class DestinationHandler implements ExchangeHandler {
  readonly #relay: DestinationListener
  readonly #destination: Endpoint
  #status = 0
  #headers: ResponseHeaders = {}
  #refused: Refusal | null = null

  constructor(relay: DestinationListener, destination: Endpoint) {
    this.#relay = relay
    this.#destination = destination
  }

  onRequestStart(control: ExchangeControl): void {
    this.#relay.destinationStarted(control)
  }

  onResponseStart(_control: ExchangeControl, status: number, headers: ResponseHeaders): void {
    this.#status = status
    this.#headers = headers
    if (status >= 300) this.#refuse(status, headers)
  }

  #refuse(status: number, headers: ResponseHeaders): Refusal {
    const enough = (): void => this.onResponseEnd()
    return (this.#refused = new Refusal(this.#destination, 'PUT', status, headers, enough))
  }

  /** A PUT is answered without a body: one that has another than blanks is no good answer, whatever its status. */
  onResponseData(control: ExchangeControl, chunk: Buffer): void {
    const refused = this.#refused ?? this.#refuse(this.#status, this.#headers)
    refused.add(control, chunk)
  }

  onResponseEnd(): void {
    const isBlank = this.#status < 300 && this.#refused?.isBlank === true
    this.#refused?.stop()
    this.#relay.destinationEnded(this.#status, this.#headers, isBlank ? null : this.#refused)
  }

  onResponseError(error: Error): void {
    this.#refused?.stop()
    this.#relay.destinationFailed(error)
  }
}
