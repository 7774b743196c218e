import type { Attempt, AttemptFailure } from '../contract/attempt.js'
import { answerFailure, UNCONFIRMED } from '../failures/make-failure.js'
import { otherVersion } from '../protocol/response-headers.js'
import { parseContentRange } from '../protocol/content-range.js'
import { sameEtag, unquoteEtag } from '../protocol/etag.js'
import { bufferedRequest } from './buffered-request.js'
import type { BufferedAnswer } from './buffered-response.js'
import type { Endpoint } from './endpoint.js'
import { isFailedCondition } from '../failures/source-changed.js'
import { headObject } from './object-head.js'
import { pushIfMatch, pushStoredForm } from './object-request.js'
import { confirmMissing } from './confirm-missing.js'

/** Bytes of an object to read: from `start` up to, but not including, `end`. */
interface RangedRead {
  /** The key in readable form, for messages. */
  name: string
  /** Encoded. */
  path: string
  /** `versionId=…` or ''. */
  query: string
  start: number
  end: number
  /** ETag as in a header: the read fails if the object has another one by now. */
  ifMatch?: string | undefined
  /** See `EndpointRequest`. */
  withoutCustomerKey?: boolean
}

/**
 * One attempt at reading a range over the data path's own connections. It returns bytes only if they belong to the
 * requested range and version.
 */
export async function readRange(
  endpoint: Endpoint,
  read: RangedRead,
  signal: AbortSignal | undefined,
): Promise<Attempt<Uint8Array>> {
  const { name, path, query, start, end, ifMatch, withoutCustomerKey = false } = read
  const what = `GET ${JSON.stringify(name)} bytes ${start} to ${end}`
  const headers = ['range', `bytes=${start}-${end - 1}`]
  const isConditional = ifMatch !== undefined && pushIfMatch(endpoint, headers, ifMatch)
  pushStoredForm(endpoint, headers)
  const limitBytes = Math.max(end - start, 64 * 1024)
  const startedAt = performance.now()
  const request = { method: 'GET', path, query, headers, withoutCustomerKey } as const
  const answer = await bufferedRequest(endpoint, request, what, limitBytes, signal)
  if (!answer.ok) return answer
  const { status, body } = answer.value
  if (status >= 300) {
    const failure = answerFailure(endpoint, what, { method: 'GET', ...answer.value })
    if (isConditional && isFailedCondition(failure) && (await isUnchanged(endpoint, read, signal))) {
      endpoint.capabilities.observe({ honoursIfMatch: false })
      return readRange(endpoint, read, signal)
    }
    if (failure.code !== UNCONFIRMED) return { ok: false, failure }
    return {
      ok: false,
      failure: await confirmMissing(endpoint, { path, query, withoutCustomerKey }, failure, signal),
    }
  }
  const failure = contradiction(endpoint, what, answer.value, read)
  if (failure !== null) return { ok: false, failure }
  return { ok: true, value: body, bytes: body.length, ttfbMs: performance.now() - startedAt }
}

/** True if the object still has the ETag that the store refuses as a condition. */
async function isUnchanged(
  endpoint: Endpoint,
  { name, path, query, ifMatch = '', withoutCustomerKey = false }: RangedRead,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const request = { path, query, name: JSON.stringify(name), withoutCustomerKey }
  const head = await headObject(endpoint, request, signal)
  return head.ok && sameEtag(head.value.object.etag, unquoteEtag(ifMatch))
}

/**
 * How a response contradicts the request, or null: another range (RFC 9110 § 14.4), another length, another version.
 * A gateway or cache in between may ignore a condition or return bytes from another place; mistaken for the requested
 * ones, they would be other keys.
 */
function contradiction(
  { side }: Endpoint,
  request: string,
  { status, headers, body }: BufferedAnswer,
  { start, end, ifMatch, query }: RangedRead,
): AttemptFailure | null {
  const { etag, 'content-range': range } = headers
  if (
    ifMatch !== undefined &&
    etag !== undefined &&
    !sameEtag(unquoteEtag(String(etag)), unquoteEtag(ifMatch))
  )
    return changed(`returned ETag ${etag} instead of ${ifMatch}`)
  const version = otherVersion(query, headers)
  if (version !== null) return changed(`answered with version ${version}`)
  // A store that ignores ranges returns the whole object, which may be what was requested.
  const given =
    status === 206 ? parseContentRange(range) : { first: 0, last: body.length - 1, total: body.length }
  if (given?.first === start && given.last === end - 1 && body.length === end - start) return null
  const short = status === 206 && given?.first === start && body.length < end - start
  const code = short ? 'ShortBody' : 'WrongRange'
  const message = `${request}: answered ${status} with ${body.length} bytes, range ${range}`
  return { class: 'transient', side, code, message, status }

  function changed(how: string): AttemptFailure {
    const message = `${request}: ${how}`
    return { class: 'permanent', side, code: 'PreconditionFailed', message, status: 412 }
  }
}
