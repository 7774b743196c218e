import type { Attempt } from '../contract/attempt.js'
import { createSimpleRunner } from '../contract/simple-runner.js'
import { readErrorBody } from '../failures/error-body.js'
import { answerFailure } from '../failures/make-failure.js'
import { storeError } from '../failures/store-error.js'
import { MAX_ERROR_BYTES } from './refusal.js'
import { TransferError } from '../contract/errors.js'
import { decodedBody } from '../protocol/content-coding.js'
import { hasStoreMark } from '../protocol/response-headers.js'
import { bufferedRequest } from './buffered-request.js'
import type { BufferedAnswer } from './buffered-response.js'
import type { Endpoint } from './endpoint.js'
import { readXml } from '../protocol/xml.js'

const REQUEST = 'list bucket'
const ATTEMPTS = 4

/**
 * Lists one entry: the cheapest request whose refusal says what is wrong. (A response to HEAD has no body to say it.) What
 * may pass is tried again.
 *
 * @throws TransferError with the matching code: endpoint unreachable, not S3, credentials refused, clock skew, bucket
 *   missing, access denied, wrong region
 */
export async function probeBucket(endpoint: Endpoint, signal?: AbortSignal): Promise<void> {
  const runner = createSimpleRunner({ maxAttempts: ATTEMPTS, ...(signal && { signal }) })
  const run = await runner.run((given) => listOne(endpoint, given))
  if (run.ok) return
  if (signal?.aborted) throw signal.reason
  if (run.failure.cause instanceof TransferError) throw run.failure.cause
  throw storeError(run.failure, endpoint.settings)
}

async function listOne(endpoint: Endpoint, signal: AbortSignal | undefined): Promise<Attempt<null>> {
  const path = endpoint.bucketPath
  const request = { method: 'GET' as const, path, query: 'list-type=2&max-keys=1', headers: [] }
  const answer = await bufferedRequest(endpoint, request, REQUEST, MAX_ERROR_BYTES, signal)
  if (!answer.ok) return answer
  const { status, headers, body } = answer.value
  const text = decodedBody(headers, body).toString()
  if (status === 200 && readXml(text, 'ListBucketResult') !== null) return { ok: true, value: null }
  const failure = answerFailure(endpoint, REQUEST, { method: 'GET', ...answer.value })
  // Only an S3 store sends such codes; a proxy in front of one may answer 503 in its own words.
  const isSilent = readErrorBody(text).kind !== 'error'
  const isBusy = failure.class === 'throttle' || status === 500 || status === 502 || status === 504
  if (!isSilent || isBusy) return { ok: false, failure }
  return { ok: false, failure: { ...failure, code: codeOfSilence(answer.value) } }
}

/** What an answer without an S3 document means for the endpoint. */
function codeOfSilence({ status, headers }: BufferedAnswer): string {
  if (status < 300 || status >= 400) return 'MalformedAnswer'
  if (headers['location'] !== undefined) return 'Redirected'
  return hasStoreMark(headers) ? 'PermanentRedirect' : 'MalformedAnswer'
}
