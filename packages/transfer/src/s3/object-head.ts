import type { Attempt, AttemptFailure } from '../contract/attempt.js'
import { malformedAnswer, UNCONFIRMED } from '../failures/make-failure.js'
import { controlRequest } from './control-request.js'
import type { Endpoint } from './endpoint.js'
import { objectAt, readSourceObject, type SourceObject } from '../protocol/object-headers.js'
import { otherVersion, type ResponseHeaders } from '../protocol/response-headers.js'
import { pushChecksumMode, pushStoredForm, type ObjectLocation } from './object-request.js'
import { confirmMissing } from './confirm-missing.js'

/** The object of a HEAD. */
export interface HeadRequest {
  /** Encoded. */
  path: string
  /** Canonical; '' for none. */
  query?: string
  headers?: readonly string[]
  /** The object in readable form, for messages. */
  name: string
  /** True to ask for the checksums that the store keeps, too; a second request if it does not support that. Default false. */
  checksums?: boolean
  /** True to accept gzip. Default: where the store is known to unpack it otherwise. */
  takesGzip?: boolean
  /** See `EndpointRequest`. */
  withoutCustomerKey?: boolean
}

/** Statuses with which a HEAD that asks for checksums may be refused for that: its answer has no body to say so. */
const MAY_CONCERN_CHECKSUMS = new Set([400, 403, 501])

/** What a HEAD says of an object. */
interface HeadAnswer {
  headers: ResponseHeaders
  object: SourceObject
}

/**
 * One attempt at the headers of an object. Every S3 store sends an ETag, except that the ETag of an empty object may
 * be missing. A response without one is a page from something in between, and says nothing about the object. Unless
 * the store itself said that an object is missing, a second request confirms it.
 */
export async function headObject(
  endpoint: Endpoint,
  head: HeadRequest,
  signal: AbortSignal | undefined,
): Promise<Attempt<HeadAnswer>> {
  const { path, query = '', headers = [], name, checksums, takesGzip, withoutCustomerKey = false } = head
  const request = { method: 'HEAD' as const, path, query, headers: [...headers], withoutCustomerKey }
  pushStoredForm(endpoint, request.headers, takesGzip)
  const asked = checksums === true && pushChecksumMode(endpoint, request.headers)
  const what = `HEAD ${name}`
  const answer = await controlRequest(endpoint, request, what, signal)
  if (!answer.ok) {
    const { failure } = answer
    if (asked && MAY_CONCERN_CHECKSUMS.has(failure.status ?? 0)) {
      const plain = await headObject(endpoint, { ...head, checksums: false }, signal)
      // To show checksums takes a permission to decrypt, which concerns the object; any other refusal concerns all.
      if (plain.ok && failure.status !== 403) endpoint.capabilities.observe({ asksChecksums: false })
      return plain
    }
    if (failure.code !== UNCONFIRMED) return answer
    return {
      ok: false,
      failure: await confirmMissing(endpoint, { path, query, withoutCustomerKey }, failure, signal),
    }
  }
  const { status, headers: responseHeaders } = answer.value
  const object = objectAt(endpoint, responseHeaders)
  const isNamed = object.etag !== '' || isEmptyFolder(path, responseHeaders)
  const version = otherVersion(query, responseHeaders)
  const why = !isNamed
    ? 'without an ETag'
    : version !== null
      ? `with version ${version}`
      : 'with a page that is not S3'
  if (isNamed && version === null && !endpoint.capabilities.isPage(responseHeaders))
    return { ...answer, value: { headers: responseHeaders, object } }
  return { ok: false, failure: malformedAnswer(endpoint, `${what}: answered ${status} ${why}`, status) }
}

/** Some gateways to file systems send no ETag for objects that stand for folders. */
export function isEmptyFolder(
  path: string,
  { 'content-length': length = '0', etag }: ResponseHeaders,
): boolean {
  return etag === undefined && path.endsWith('/') && length === '0'
}

/**
 * True if the store said that there is no such object. A missing bucket, or a page from something in between, says
 * nothing about it.
 */
export function isAbsent({ status, code, class: kind }: AttemptFailure): boolean {
  return status === 404 && code !== 'NoSuchBucket' && kind !== 'transient'
}

/** One attempt at a HEAD of the source, with the checksums that it keeps. */
export async function headSource(
  location: ObjectLocation,
  signal: AbortSignal | undefined,
  form: Pick<HeadRequest, 'takesGzip'> = {},
): Promise<Attempt<SourceObject>> {
  const { endpoint, path, query, name } = location
  const request = { path, query, name: JSON.stringify(name), checksums: true, ...form }
  const head = await headObject(endpoint, request, signal)
  return head.ok ? { ...head, value: head.value.object } : head
}

/**
 * The object that is at a path of the destination now; null if there is none.
 *
 * @param mayBeHidden true if a refusal counts as no object: without the permission to list, S3 answers 403 for a
 *   missing object
 */
export async function headDestination(
  destination: Endpoint,
  path: string,
  name: string,
  signal: AbortSignal | undefined,
  mayBeHidden = false,
): Promise<Attempt<SourceObject | null>> {
  const head = await headObject(destination, { path, name: JSON.stringify(name) }, signal)
  if (head.ok) return { ...head, value: head.value.object }
  // There is an object that is encrypted differently, and nothing more can be known about it.
  if (head.failure.status === 400 && destination.customerKey !== null)
    return { ok: true, value: readSourceObject({}) }
  if (!isAbsent(head.failure) && !(mayBeHidden && head.failure.status === 403)) return head
  return { ok: true, value: null }
}
