import type { Dispatcher } from 'undici'
import { Refusal } from './refusal.js'
import type { ResponseHeaders } from './source-object.js'

/** What a relay wants to hear of its PUT. */
export interface DestinationListener {
  destinationStarted(controller: Dispatcher.DispatchController): void
  destinationEnded(status: number, headers: ResponseHeaders, refused: Refusal | null): void
  destinationFailed(error: Error): void
}

/** Hears the answer to the PUT. */
export class DestinationHandler implements Dispatcher.DispatchHandler {
  readonly #relay: DestinationListener
  #status = 0
  #headers: ResponseHeaders = {}
  #refused: Refusal | null = null

  constructor(relay: DestinationListener) {
    this.#relay = relay
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#relay.destinationStarted(controller)
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: ResponseHeaders,
  ): void {
    this.#status = status
    this.#headers = headers
    if (status >= 300) this.#refused = new Refusal(status, headers)
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#refused?.add(chunk)
  }

  onResponseEnd(): void {
    this.#relay.destinationEnded(this.#status, this.#headers, this.#refused)
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    this.#relay.destinationFailed(error)
  }
}
