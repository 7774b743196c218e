import type { Attempt } from '../contract/attempt.js'
import { controlRequest } from '../s3/control-request.js'
import { encodeKey, encodeQueryValue } from '../protocol/encode-key.js'
import type { Endpoint } from '../s3/endpoint.js'
import { unquoteEtag } from '../protocol/etag.js'
import { headObject } from '../s3/object-head.js'
import { readRange } from '../s3/ranged-read.js'
import { createSimpleRunner } from '../contract/simple-runner.js'
import type { ResponseHeaders } from '../protocol/response-headers.js'
import { storeError } from '../failures/store-error.js'

/** What a HEAD says about an object. */
export interface ObjectHead {
  sizeBytes: number
  /** Without quotes. */
  etag: string
  lastModified?: Date
  contentType?: string
  metadata: Record<string, string>
}

const ATTEMPTS = 4

/** Requests for objects of one bucket, each repeated until it ends well. */
export class ObjectRequests {
  readonly #endpoint: Endpoint
  /** The way that was right last. */
  #withoutCustomerKey = false

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint
  }

  /** @throws TransferError, or the signal's reason */
  read(
    key: string,
    { start, end, ifMatch }: { start: number; end: number; ifMatch: string | undefined },
    signal: AbortSignal | undefined,
  ): Promise<Uint8Array> {
    const range = { name: key, path: this.#pathOf(key), query: '', start, end, ifMatch }
    return this.#run(signal, (way, given) => readRange(this.#endpoint, { ...range, ...way }, given))
  }

  /** @throws TransferError, or the signal's reason */
  async head(key: string, signal: AbortSignal | undefined): Promise<ObjectHead> {
    const request = { path: this.#pathOf(key), name: JSON.stringify(key) }
    const { headers } = await this.#run(signal, (way, given) =>
      headObject(this.#endpoint, { ...request, ...way }, given),
    )
    return readHead(headers)
  }

  /** @throws TransferError, or the signal's reason */
  async put(
    key: string,
    { body, contentType }: { body: Uint8Array; contentType: string },
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const request = { method: 'PUT' as const, path: this.#pathOf(key), query: '', body }
    const headers = ['content-type', contentType]
    await this.#run(signal, (_, given) =>
      controlRequest(
        this.#endpoint,
        { ...request, headers: [...headers], withoutCustomerKey: true },
        `PUT ${JSON.stringify(key)}`,
        given,
      ),
    )
  }

  /** @throws TransferError, or the signal's reason */
  async delete(key: string, versionId: string | undefined, signal: AbortSignal | undefined): Promise<void> {
    const query = versionId === undefined ? '' : `versionId=${encodeQueryValue(versionId)}`
    const request = { method: 'DELETE' as const, path: this.#pathOf(key), query }
    await this.#run(signal, (way, given) =>
      controlRequest(
        this.#endpoint,
        { ...request, headers: [], ...way },
        `DELETE ${JSON.stringify(key)}`,
        given,
      ),
    )
  }

  #pathOf(key: string): string {
    return this.#endpoint.pathOf(encodeKey(key))
  }

  /**
   * Manifests may lie unencrypted beside objects with a customer-provided key: a request that is refused with the key, or without it, is tried the
   * other way, and the way that was right is taken first from then on.
   */
  async #run<T>(
    signal: AbortSignal | undefined,
    attempt: (way: { withoutCustomerKey: boolean }, signal: AbortSignal | undefined) => Promise<Attempt<T>>,
  ): Promise<T> {
    const runner = createSimpleRunner({ maxAttempts: ATTEMPTS, ...(signal && { signal }) })
    const withoutCustomerKey = this.#withoutCustomerKey
    let run = await runner.run((given) => attempt({ withoutCustomerKey }, given))
    if (!run.ok && run.failure.status === 400 && this.#endpoint.customerKey !== null) {
      const otherWay = { withoutCustomerKey: !withoutCustomerKey }
      const tried = await runner.run((given) => attempt(otherWay, given))
      if (tried.ok) {
        run = tried
        this.#withoutCustomerKey = otherWay.withoutCustomerKey
      }
    }
    if (run.ok) return run.value
    if (signal?.aborted) throw signal.reason
    throw storeError(run.failure, this.#endpoint.settings)
  }
}

function readHead(headers: ResponseHeaders): ObjectHead {
  const text = (name: string) => (typeof headers[name] === 'string' ? headers[name] : undefined)
  const head: ObjectHead = {
    sizeBytes: Number(text('content-length') ?? 0),
    etag: unquoteEtag(text('etag') ?? ''),
    metadata: {},
  }
  const lastModified = new Date(text('last-modified') ?? '')
  if (!Number.isNaN(lastModified.getTime())) head.lastModified = lastModified
  const contentType = text('content-type')
  if (contentType !== undefined) head.contentType = contentType
  for (const name in headers)
    if (name.startsWith('x-amz-meta-'))
      head.metadata[name.slice('x-amz-meta-'.length)] = String(headers[name])
  return head
}
