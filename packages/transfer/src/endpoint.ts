import type { Dispatcher } from 'undici'
import { createDispatcher } from './connections.js'
import {
  defaultCredentialChain,
  staticCredentials,
  type Credentials,
  type CredentialSource,
} from './credentials.js'
import type { ResolvedEndpoint } from './options.js'
import { RateCap } from './rate-cap.js'
import { inRegion } from './resolve-endpoint.js'
import { RequestSigner } from './sign-request.js'
import type { TrafficLimits } from './traffic-limits.js'

/** What one request to a store needs. */
export interface EndpointRequest {
  method: 'GET' | 'PUT' | 'HEAD' | 'POST' | 'DELETE'
  /** Encoded path, from {@link Endpoint.pathOf}. */
  path: string
  /** Canonical query without `?`: names sorted, values encoded; '' for none. */
  query: string
  /** Flat list of lower-case names and values; the endpoint appends to it. */
  headers: string[]
  body?: Dispatcher.DispatchOptions['body']
}

const KEEP_OPEN = { reset: false }

type DispatchTo = Dispatcher.DispatchOptions & { origin: string }

/**
 * One bucket as the data path sees it: connections, signing, and a count of the requests sent.
 *
 * 1. A request is counted when it is handed to a connection, before any answer.
 * 2. Signing happens right before sending, so a request that waited has a fresh date.
 */
export class Endpoint {
  settings: ResolvedEndpoint
  readonly credentials: CredentialSource
  /** HTTP requests sent so far. */
  requests = 0
  /** Cap on the bytes of objects; null for none. */
  byteCap: RateCap | null
  #requestCap: RateCap | null
  /** True once an object's ETag turned out to prove nothing about its bytes. */
  wantsChecksums: boolean
  #dispatcher: Dispatcher
  readonly #others = new Map<string, Dispatcher>()
  readonly #connections: number
  #signer: RequestSigner
  #keys: Credentials | null = null
  #learned = false

  /** @param connections most connections to hold open at once */
  constructor(settings: ResolvedEndpoint, connections: number) {
    this.settings = settings
    this.wantsChecksums = settings.etags === 'opaque'
    this.#connections = connections
    this.byteCap = capOf(settings.maxBytesPerSecond)
    this.#requestCap = capOf(settings.maxRequestsPerSecond)
    this.credentials =
      settings.credentials === undefined ? defaultCredentialChain() : staticCredentials(settings.credentials)
    this.#dispatcher = createDispatcher(settings, connections)
    this.#signer = new RequestSigner(settings.host, settings.region)
  }

  /**
   * Gets credentials ready for {@link send}; null if they are at hand, which is the rule.
   *
   * @throws (rejects) TransferError `LAGOON_TRANSFER_CREDENTIALS_MISSING`
   */
  prepare(): Promise<void> | null {
    const credentials = this.credentials.get()
    if (credentials instanceof Promise) return this.#await(credentials)
    this.#keys = credentials
    return null
  }

  async #await(credentials: Promise<Credentials>): Promise<void> {
    this.#keys = await credentials
  }

  /**
   * Takes the region that the store says the bucket is in. AWS's own endpoint changes with it, a custom one does not. True if that is news
   * and the request is worth sending again.
   */
  learnRegion(region: string): boolean {
    if (region === '' || region === this.settings.region || this.#learned) return false
    this.#learned = true
    const moved = inRegion(this.settings, region)
    if (moved.origin !== this.settings.origin) {
      this.#others.set(this.settings.origin, this.#dispatcher)
      this.#dispatcher = createDispatcher(moved, this.#connections)
    }
    this.settings = moved
    this.#signer = new RequestSigner(moved.host, region)
    return true
  }

  /** Changes the caps; what waits by the old ones waits to its end. */
  limitTraffic({ maxBytesPerSecond, maxRequestsPerSecond }: TrafficLimits): void {
    if (maxBytesPerSecond !== undefined) this.byteCap = capOf(maxBytesPerSecond)
    if (maxRequestsPerSecond !== undefined) this.#requestCap = capOf(maxRequestsPerSecond)
  }

  /** The path of a request for a key: the key encoded once, nothing folded. */
  pathOf(encodedKey: string): string {
    return `${this.settings.pathPrefix}/${encodedKey}`
  }

  /** Signs and sends. {@link prepare} has been called. The handler hears of every outcome. */
  send(request: EndpointRequest, handler: Dispatcher.DispatchHandler): void {
    const { method, path, query, headers } = request
    if (this.settings.requesterPays) headers.push('x-amz-request-payer', 'requester')
    this.#signer.sign(this.#keys!, method, path, query, headers)
    this.dispatch(
      {
        origin: this.settings.origin,
        path: query === '' ? path : `${path}?${query}`,
        method,
        headers,
        body: request.body ?? null,
        // undici closes the connection after a HEAD unless told otherwise.
        ...(method === 'HEAD' && KEEP_OPEN),
      },
      handler,
    )
  }

  /** Sends a request that is signed already. */
  dispatch(options: DispatchTo, handler: Dispatcher.DispatchHandler): void {
    const waitMs = this.#requestCap?.take(1) ?? 0
    if (waitMs > 0) setTimeout(() => this.#dispatchNow(options, handler), waitMs)
    else this.#dispatchNow(options, handler)
  }

  #dispatchNow(options: DispatchTo, handler: Dispatcher.DispatchHandler): void {
    this.requests++
    const { origin } = options
    if (origin === this.settings.origin) this.#dispatcher.dispatch(options, handler)
    else this.#elsewhere(origin).dispatch(options, handler)
  }

  /** The SDK may find that another host serves the bucket, such as that of its region. */
  #elsewhere(origin: string): Dispatcher {
    let dispatcher = this.#others.get(origin)
    if (dispatcher === undefined) {
      dispatcher = createDispatcher({ ...this.settings, origin }, this.#connections)
      this.#others.set(origin, dispatcher)
    }
    return dispatcher
  }

  /** Closes all connections; what is still under way fails. */
  async close(): Promise<void> {
    await Promise.all([this.#dispatcher, ...this.#others.values()].map((dispatcher) => dispatcher.destroy()))
  }
}

function capOf(perSecond: number | null | undefined): RateCap | null {
  return perSecond === undefined || perSecond === null ? null : new RateCap(perSecond)
}
