import type { Side } from '../contract/attempt.js'
import { Redactor } from '../failures/redact.js'
import { openConnections } from '../http1/connections.js'
import { sessionCredentials } from './create-session.js'
import { credentialsFor, type Credentials, type CredentialSource } from '../options/credentials.js'
import { customerKeyHeaders, needsCustomerKey, type CustomerKeyHeaders } from '../options/customer-key.js'
import { Capabilities } from './capabilities.js'
import type { ConnectionPool } from '../http1/connection-pool.js'
import type { ExchangeHandler, Http1Request, StreamedBody } from '../http1/exchange.js'
import type { ResolvedEndpoint } from '../options/endpoint-options.js'
import { capCells, RateCap, type CapCells } from './rate-cap.js'
import { proxyFor } from '../options/proxy-for.js'
import { inRegion } from '../options/resolve-endpoint.js'
import { RequestSigner } from './sign.js'
import type { TrafficLimits } from '../contract/copier.js'

/**
 * Timeouts for responses that blanks keep alive, and the least bytes per millisecond of a response with a bounded
 * length.
 */
const KEPT_ALIVE = 15
const SLOWEST_BYTES_PER_MS = 16

/** Codes of failures that only one store knows, at most; the codes of others are those of their status. */
const MAX_OWN_CODES = 64

/** What one request to a store needs. */
export interface EndpointRequest {
  method: 'GET' | 'PUT' | 'HEAD' | 'POST' | 'DELETE'
  /** Encoded path, from {@link Endpoint.pathOf}. */
  path: string
  /** Canonical query without `?`: names sorted, values encoded; '' for none. */
  query: string
  /** Flat list of lower-case names and values; the endpoint appends to it. */
  headers: string[]
  body?: Uint8Array | StreamedBody | string
  /** See `Http1Request`. */
  headroomBytes?: number
  /** True for an object that is not encrypted with the customer-provided key. Default false: the key is sent where it is needed. */
  withoutCustomerKey?: boolean
}

/**
 * One bucket as the data path sees it: connections, signing, and a count of the requests sent.
 *
 * 1. A request is counted when it is handed to a connection, before any response.
 * 2. Signing happens right before sending, so a request that waited has a fresh date.
 */
export class Endpoint {
  /** Which of the two stores of a copy it is. */
  readonly side: Side
  #settings: ResolvedEndpoint
  readonly credentials: CredentialSource
  #requests = 0
  #byteCap: RateCap | null
  #requestCap: RateCap | null
  readonly #cells: CapCells
  readonly #ownCodes = new Set<string>()
  #redactor: { keys: Credentials | null; redactor: Redactor } | null = null
  /** What its responses to writes have shown. */
  readonly capabilities: Capabilities
  /** The customer-provided key that objects are encrypted with; null for none. */
  readonly customerKey: CustomerKeyHeaders | null
  #pool: ConnectionPool
  /** To the host that served the bucket before its region was learned, for requests that were signed for it. */
  #former: ConnectionPool | null = null
  readonly #connections: number
  #signer: RequestSigner
  #keys: Credentials | null = null
  #redirected = false

  /**
   * @param connections most connections to hold open at once
   * @param cells state of the caps
   */
  constructor(settings: ResolvedEndpoint, side: Side, connections: number, cells: CapCells = capCells()) {
    this.side = side
    this.#settings = settings
    this.#cells = cells
    this.customerKey =
      settings.sseCustomerKey === undefined ? null : customerKeyHeaders(settings.sseCustomerKey)
    this.capabilities = new Capabilities(settings)
    this.#connections = connections
    this.#byteCap = capOf(settings.maxBytesPerSecond, cells.bytes)
    this.#requestCap = capOf(settings.maxRequestsPerSecond, cells.requests)
    const account = credentialsFor(settings)
    this.credentials = settings.directoryBucket
      ? sessionCredentials(this, account, (keys, handler) => this.#sendCreateSession(keys, handler))
      : account
    this.#pool = openConnections(settings, connections)
    this.#signer = signerOf(settings)
  }

  /** As given, but for the region that the store has named. */
  get settings(): ResolvedEndpoint {
    return this.#settings
  }

  /** HTTP requests sent so far. */
  get requests(): number {
    return this.#requests
  }

  /** Cap on the bytes of objects; null for none. */
  get byteCap(): RateCap | null {
    return this.#byteCap
  }

  /**
   * Gets credentials ready for {@link send}; null if they are already available, which is the rule.
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
   * Continues in the region that the store names for the bucket. AWS's own endpoint changes with it, a custom one does
   * not. True if that is new and the request is worth sending again.
   */
  redirectToRegion(region: string): boolean {
    if (region === '' || region === this.settings.region || this.#redirected) return false
    this.#redirected = true
    const moved = inRegion(this.settings, region)
    if (moved.origin !== this.settings.origin) {
      this.#former = this.#pool
      this.#pool = openConnections(moved, this.#connections)
    }
    this.#settings = moved
    this.#signer = signerOf(moved)
    return true
  }

  /**
   * When to give up on a response to a control request, in milliseconds. A store keeps a PUT or POST alive with
   * blanks while it copies or completes, for minutes; for other responses a byte now and then is not enough.
   */
  endOf(method: EndpointRequest['method'], limitBytes: number): number {
    const { firstByteTimeoutMs, idleTimeoutMs } = this.settings
    if (method === 'PUT' || method === 'POST') return firstByteTimeoutMs + KEPT_ALIVE * idleTimeoutMs
    return firstByteTimeoutMs + idleTimeoutMs + limitBytes / SLOWEST_BYTES_PER_MS
  }

  /** A text without the secrets that requests carry, for messages that quote a store or a proxy. */
  redact(text: string): string {
    const keys = this.#keys
    if (this.#redactor === null || this.#redactor.keys !== keys) {
      const { proxy, origin, sseCustomerKey: customerKey } = this.settings
      const credentials = keys ?? this.settings.credentials
      const secrets = { credentials, customerKey, proxy: proxyFor(proxy, new URL(origin)) }
      this.#redactor = { keys, redactor: new Redactor(secrets) }
    }
    return this.#redactor.redactor.redact(text)
  }

  /** True for a code that only this store knows and that is kept as it is: logs and metrics hold a line each, so that they are bounded. */
  keepsCode(code: string): boolean {
    if (!this.#ownCodes.has(code) && this.#ownCodes.size >= MAX_OWN_CODES) return false
    this.#ownCodes.add(code)
    return true
  }

  /** Changes the caps; waits that began under the old ones run to their end. */
  limitTraffic({ maxBytesPerSecond, maxRequestsPerSecond }: TrafficLimits): void {
    if (maxBytesPerSecond !== undefined) this.#byteCap = capOf(maxBytesPerSecond, this.#cells.bytes)
    if (maxRequestsPerSecond !== undefined)
      this.#requestCap = capOf(maxRequestsPerSecond, this.#cells.requests)
  }

  /** The path of a request for a key: the key encoded once, nothing folded. */
  pathOf(encodedKey: string): string {
    return `${this.settings.pathPrefix}/${encodedKey}`
  }

  /** The path of a request for the bucket itself. */
  get bucketPath(): string {
    return this.settings.pathPrefix || '/'
  }

  /** Signs and sends. {@link prepare} has been called. The handler is called with every outcome. */
  send(request: EndpointRequest, handler: ExchangeHandler): void {
    const { headers } = request
    if (this.settings.requesterPays) headers.push('x-amz-request-payer', 'requester')
    if (this.customerKey !== null && request.withoutCustomerKey !== true) this.#pushCustomerKey(request)
    this.#sendSigned(this.#signer, this.#keys!, request, handler)
  }

  #pushCustomerKey({ method, path, query, headers }: EndpointRequest): void {
    const isObject = path.length > this.settings.pathPrefix.length + 1
    if (needsCustomerKey(method, query, isObject)) headers.push(...this.customerKey!.object)
  }

  /** A session of a directory bucket is requested with the account's own keys, at the bucket itself. */
  #sendCreateSession(keys: Credentials, handler: ExchangeHandler): void {
    const { host, region } = this.settings
    const signer = new RequestSigner({ host, region, service: 's3express' })
    const request = { method: 'GET' as const, path: this.bucketPath, query: 'session=', headers: [] }
    this.#sendSigned(signer, keys, request, handler)
  }

  #sendSigned(
    signer: RequestSigner,
    keys: Credentials,
    request: EndpointRequest,
    handler: ExchangeHandler,
  ): void {
    const { method, path, query, headers } = request
    const body = typeof request.body === 'string' ? Buffer.from(request.body) : (request.body ?? null)
    if ((method === 'PUT' || method === 'POST') && !headers.includes('content-length'))
      headers.push('content-length', String(body instanceof Uint8Array ? body.length : 0))
    if (!this.settings.anonymous) signer.sign(keys, method, path, query, headers)
    const target = query === '' ? path : `${path}?${query}`
    const ready = { method, target, headers, body, headroomBytes: request.headroomBytes ?? 0 }
    const pool = this.#pool
    const waitMs = this.#requestCap?.take(1) ?? 0
    if (waitMs > 0) setTimeout(() => this.#sendNow(pool, ready, handler), waitMs)
    else this.#sendNow(pool, ready, handler)
  }

  #sendNow(pool: ConnectionPool, request: Http1Request, handler: ExchangeHandler): void {
    this.#requests++
    pool.send(request, handler)
  }

  /** Closes all connections; what is still in flight fails. */
  async close(): Promise<void> {
    this.#pool.close()
    this.#former?.close()
  }
}

function signerOf({ host, region, directoryBucket }: ResolvedEndpoint): RequestSigner {
  if (!directoryBucket) return new RequestSigner({ host, region })
  return new RequestSigner({ host, region, service: 's3express', tokenHeader: 'x-amz-s3session-token' })
}

function capOf(perSecond: number | null | undefined, cell: BigInt64Array): RateCap | null {
  return perSecond === undefined || perSecond === null ? null : new RateCap(perSecond, cell)
}
