import { bufferAnswer, type BufferedAnswer } from './buffered-response.js'
import { classifyAnswer, classifyTransport } from '../failures/classify-error.js'
import type { Endpoint } from './endpoint.js'
import { readErrorBody } from '../failures/error-body.js'
import { TransferError } from '../errors.js'
import { storeError } from '../failures/store-error.js'

/**
 * Asks for one entry of a listing: the cheapest request whose refusal says what is wrong. (The answer to HEAD has no body to say it.)
 *
 * @throws TransferError with the code that fits: endpoint unreachable, not S3, credentials refused, clock skew, bucket missing, access denied, wrong region
 */
export async function probeBucket(endpoint: Endpoint, signal?: AbortSignal): Promise<void> {
  const { settings } = endpoint
  const request = `list bucket`
  let answer: BufferedAnswer
  try {
    await endpoint.prepare()
    const path = endpoint.bucketPath
    answer = await bufferAnswer(
      (handler) =>
        endpoint.send({ method: 'GET', path, query: 'list-type=2&max-keys=1', headers: [] }, handler),
      signal,
    )
  } catch (error) {
    if (error instanceof TransferError || signal?.aborted) throw error
    throw storeError(classifyTransport('source', request, error), settings)
  }

  const { status, headers } = answer
  const body = answer.body.toString()
  if (status === 200 && body.includes('<ListBucketResult')) return
  const error = readErrorBody(body)
  const failure = classifyAnswer('source', { ...error, status, headers, request })
  if (failure.region !== undefined && endpoint.learnRegion(failure.region))
    return probeBucket(endpoint, signal)
  // Only an S3 store names its codes; a proxy in front of one may well say 503 in its own words.
  if (error.code === '' && failure.class !== 'throttle' && status !== 500 && status !== 502 && status !== 504)
    failure.code = status === 301 || status === 307 ? 'PermanentRedirect' : 'MalformedAnswer'
  throw storeError(failure, settings)
}
