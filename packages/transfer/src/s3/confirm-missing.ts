import type { AttemptFailure } from '../contract/attempt.js'
import { readErrorBody } from '../failures/error-body.js'
import { answerFailure } from '../failures/make-failure.js'
import { MAX_ERROR_BYTES } from './refusal.js'
import { bufferedRequest } from './buffered-request.js'
import type { BufferedAnswer } from './buffered-response.js'
import type { Endpoint, EndpointRequest } from './endpoint.js'

/**
 * The verdict on an object that a response without a body called missing. An ingress without a backend may answer so
 * for a moment. A GET of the first byte gives the reason if the store can; if it says nothing either, the bucket has
 * to exist.
 */
export async function confirmMissing(
  endpoint: Endpoint,
  { path, query, withoutCustomerKey = false }: Pick<EndpointRequest, 'path' | 'query' | 'withoutCustomerKey'>,
  failure: AttemptFailure,
  signal: AbortSignal | undefined,
): Promise<AttemptFailure> {
  const unconfirmed: AttemptFailure = { ...failure, class: 'transient', code: 'Http404' }
  const missing = {
    ...failure,
    class: endpoint.side === 'source' ? 'missing' : 'permanent',
    code: 'NoSuchKey',
  } as const
  const name = nameOf(failure)
  const ask = (request: Omit<EndpointRequest, 'method'>) =>
    bufferedRequest(endpoint, { method: 'GET', ...request }, name, MAX_ERROR_BYTES, signal)
  const object = await ask({ path, query, headers: ['range', 'bytes=0-0'], withoutCustomerKey })
  if (!object.ok) return object.failure
  const refused = () => answerFailure(endpoint, name, { method: 'GET', ...object.value })
  if (object.value.status !== 404) return isHealthy(object.value) ? unconfirmed : refused()
  const { kind } = readErrorBody(object.value.body.toString())
  if (kind === 'error') return refused()
  if (kind === 'other') return unconfirmed
  const bucket = await ask({ path: endpoint.bucketPath, query: 'list-type=2&max-keys=1', headers: [] })
  if (!bucket.ok) return bucket.failure
  return isStore(bucket.value) ? missing : unconfirmed
}

function isHealthy({ status }: BufferedAnswer): boolean {
  return status < 300 || status === 416
}

/** True if the store itself answered, even with a refusal. */
function isStore({ status, body }: BufferedAnswer): boolean {
  const text = body.toString()
  return status < 300
    ? text.includes('ListBucketResult')
    : readErrorBody(text).kind === 'error' && status < 500
}

/** The request, in front of its response. */
function nameOf({ message }: AttemptFailure): string {
  return message.split(': ')[0]!
}
