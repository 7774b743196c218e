import type { Attempt, Side } from '../attempt.js'
import { controlRequest } from './control-request.js'
import type { Endpoint } from './endpoint.js'
import type { ResponseHeaders } from './object-headers.js'

/** What a HEAD is of. */
export interface HeadRequest {
  /** Encoded. */
  path: string
  /** Canonical; '' for none. */
  query?: string
  headers?: readonly string[]
  /** The object as people write it, for messages. */
  name: string
}

/**
 * One attempt at the headers of an object. Every S3 store names its ETag; an answer without one is a page of something in between, and tells
 * nothing of the object.
 */
export async function headObject(
  endpoint: Endpoint,
  side: Side,
  { path, query = '', headers = [], name }: HeadRequest,
  signal: AbortSignal | undefined,
): Promise<Attempt<ResponseHeaders>> {
  const request = { method: 'HEAD' as const, path, query, headers: [...headers] }
  const what = `HEAD ${name}`
  const answer = await controlRequest(endpoint, side, request, what, signal)
  if (!answer.ok) return answer
  const { status, headers: told } = answer.value
  if (typeof told['etag'] === 'string') return { ...answer, value: told }
  const message = `${what}: answered ${status} without an ETag`
  return { ok: false, failure: { class: 'transient', side, code: 'MalformedAnswer', message, status } }
}
