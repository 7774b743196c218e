import { readErrorBody } from '../failures/error-body.js'
import { answerFailure, transportFailure } from '../failures/make-failure.js'
import { storeError } from '../failures/store-error.js'
import { MAX_ERROR_BYTES } from './refusal.js'
import { TransferError } from '../contract/errors.js'
import { sendBuffered } from './buffered-request.js'
import type { BufferedAnswer } from './buffered-response.js'
import type { Endpoint } from './endpoint.js'
import { readXml } from '../protocol/xml.js'

const REQUEST = 'list bucket'

/**
 * Lists one entry: the cheapest request whose refusal says what is wrong. (A response to HEAD has no body to say it.)
 *
 * @throws TransferError with the matching code: endpoint unreachable, not S3, credentials refused, clock skew, bucket
 *   missing, access denied, wrong region
 */
export async function probeBucket(endpoint: Endpoint, signal?: AbortSignal): Promise<void> {
  const { settings } = endpoint
  let answer: BufferedAnswer
  try {
    const path = endpoint.bucketPath
    const request = { method: 'GET' as const, path, query: 'list-type=2&max-keys=1', headers: [] }
    answer = await sendBuffered(endpoint, request, MAX_ERROR_BYTES, signal)
  } catch (error) {
    if (error instanceof TransferError || signal?.aborted) throw error
    throw storeError(transportFailure(endpoint, REQUEST, error), settings)
  }

  const { status, body } = answer
  const text = body.toString()
  if (status === 200 && readXml(text, 'ListBucketResult') !== null) return
  let failure = answerFailure(endpoint, REQUEST, { method: 'GET', ...answer })
  if (failure.region !== undefined && endpoint.settings !== settings) return probeBucket(endpoint, signal)
  // Only an S3 store sends such codes; a proxy in front of one may answer 503 in its own words.
  const isSilent = readErrorBody(text).kind !== 'error'
  if (isSilent && failure.class !== 'throttle' && status !== 500 && status !== 502 && status !== 504)
    failure = { ...failure, code: status === 301 || status === 307 ? 'PermanentRedirect' : 'MalformedAnswer' }
  throw storeError(failure, settings)
}
