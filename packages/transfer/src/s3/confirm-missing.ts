import type { AttemptFailure } from '../contract/attempt.js'
import { abortedFailure } from '../failures/classify-error.js'
import { readErrorBody } from '../failures/error-body.js'
import { answerFailure, transportFailure } from '../failures/make-failure.js'
import { MAX_ERROR_BYTES } from './refusal.js'
import { bufferAnswer, type BufferedAnswer } from './buffered-response.js'
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
  try {
    const object = await ask(
      endpoint,
      { path, query, headers: ['range', 'bytes=0-0'], withoutCustomerKey },
      signal,
    )
    if (object.status !== 404)
      return isHealthy(object) ? unconfirmed : answerFailure(endpoint, nameOf(failure), object)
    const { kind } = readErrorBody(object.body.toString())
    if (kind === 'error') return answerFailure(endpoint, nameOf(failure), object)
    if (kind === 'other') return unconfirmed
    const bucket = await ask(
      endpoint,
      { path: endpoint.bucketPath, query: 'list-type=2&max-keys=1', headers: [] },
      signal,
    )
    return isStore(bucket) ? missing : unconfirmed
  } catch (error) {
    if (signal?.aborted) return abortedFailure(endpoint.side)
    return transportFailure(endpoint, nameOf(failure), error)
  }
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

async function ask(
  endpoint: Endpoint,
  request: Omit<EndpointRequest, 'method'>,
  signal: AbortSignal | undefined,
): Promise<BufferedAnswer & { method: 'GET' }> {
  const limitBytes = MAX_ERROR_BYTES
  await endpoint.prepare()
  const answer = await bufferAnswer(
    (handler) => endpoint.send({ method: 'GET', ...request }, handler),
    { limitBytes, endsAfterMs: endpoint.endOf('GET', limitBytes) },
    signal,
  )
  return { ...answer, method: 'GET' }
}
