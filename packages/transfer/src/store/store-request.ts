import type { Attempt } from '../attempt.js'
import { controlRequest } from '../s3/control-request.js'
import { encodeKey, encodeQueryValue } from '../s3/encode-key.js'
import type { Endpoint } from '../s3/endpoint.js'
import { unquoteEtag } from '../verify/etag.js'
import { headObject } from '../s3/object-head.js'
import { createSimpleRunner } from '../simple-runner.js'
import type { ResponseHeaders } from '../s3/object-headers.js'
import { storeError } from '../failures/store-error.js'

/** What a HEAD tells of an object. */
export interface ObjectHead {
  sizeBytes: number
  /** Without quotes. */
  etag: string
  lastModified?: Date
  contentType?: string
  metadata: Record<string, string>
}

const ATTEMPTS = 4

/**
 * Runs a request for an object until it ends well. Manifests may lie unencrypted beside objects with a key of the customer's own: a request that is
 * refused with the key, or without it, is tried the other way, and the way that was right is taken first from then on.
 *
 * @throws TransferError, or the signal's reason
 */
export async function runStoreRequest<T>(
  endpoint: Endpoint,
  signal: AbortSignal | undefined,
  attempt: (signal: AbortSignal | undefined) => Promise<Attempt<T>>,
): Promise<T> {
  const runner = createSimpleRunner({ maxAttempts: ATTEMPTS, ...(signal && { signal }) })
  const withKey = endpoint.sendsCustomerKey
  let run = await runner.run(attempt)
  if (!run.ok && run.failure.status === 400 && endpoint.customerKey !== null) {
    endpoint.sendsCustomerKey = !withKey
    const otherWay = await runner.run(attempt)
    if (otherWay.ok) run = otherWay
    else endpoint.sendsCustomerKey = withKey
  }
  if (run.ok) return run.value
  if (signal?.aborted) throw signal.reason
  throw storeError(run.failure, endpoint.settings)
}

/** @throws TransferError, or the signal's reason */
export async function headStoredObject(
  endpoint: Endpoint,
  key: string,
  signal: AbortSignal | undefined,
): Promise<ObjectHead> {
  const path = endpoint.pathOf(encodeKey(key))
  const name = JSON.stringify(key)
  const headers = await runStoreRequest(endpoint, signal, (given) =>
    headObject(endpoint, { path, name }, given),
  )
  return readHead(headers)
}

/** @throws TransferError, or the signal's reason */
export async function deleteStoredObject(
  endpoint: Endpoint,
  key: string,
  versionId: string | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  const path = endpoint.pathOf(encodeKey(key))
  const query = versionId === undefined ? '' : `versionId=${encodeQueryValue(versionId)}`
  await runStoreRequest(endpoint, signal, (given) => {
    const request = { method: 'DELETE' as const, path, query, headers: [] }
    return controlRequest(endpoint, request, `DELETE ${JSON.stringify(key)}`, given)
  })
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
