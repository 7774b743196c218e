import type { Attempt, AttemptFailure } from '../attempt.js'
import { malformedAnswer, UNCONFIRMED } from '../failures/make-failure.js'
import { controlRequest } from './control-request.js'
import type { Endpoint } from './endpoint.js'
import { readSourceObject, type ResponseHeaders } from './object-headers.js'
import { pushStoredForm } from './object-request.js'
import { confirmMissing } from './second-look.js'

/** The object of a HEAD. */
export interface HeadRequest {
  /** Encoded. */
  path: string
  /** Canonical; '' for none. */
  query?: string
  headers?: readonly string[]
  /** The object in readable form, for messages. */
  name: string
  /** True to ask for it as whoever takes gzip. Default: where the store is known to unpack it otherwise. */
  takesGzip?: boolean
  /** See `EndpointRequest`. */
  withoutCustomerKey?: boolean
}

/**
 * One attempt at the headers of an object. Every S3 store sends an ETag, except that the ETag of an empty object may
 * be missing. A response without one is a page from something in between, and says nothing about the object. Unless
 * the store itself said that an object is missing, a second request confirms it.
 */
export async function headObject(
  endpoint: Endpoint,
  { path, query = '', headers = [], name, takesGzip, withoutCustomerKey = false }: HeadRequest,
  signal: AbortSignal | undefined,
): Promise<Attempt<ResponseHeaders>> {
  const request = { method: 'HEAD' as const, path, query, headers: [...headers], withoutCustomerKey }
  pushStoredForm(endpoint, request.headers, takesGzip)
  const what = `HEAD ${name}`
  const answer = await controlRequest(endpoint, request, what, signal)
  if (!answer.ok) {
    const { failure } = answer
    if (failure.code !== UNCONFIRMED) return answer
    return {
      ok: false,
      failure: await confirmMissing(endpoint, { path, query, withoutCustomerKey }, failure, signal),
    }
  }
  const { status, headers: told } = answer.value
  const isNamed = readSourceObject(told).etag !== '' || isEmptyFolder(path, told)
  if (isNamed && !endpoint.capabilities.isPage(told)) return { ...answer, value: told }
  const why = isNamed ? 'with a page that is not S3' : 'without an ETag'
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
