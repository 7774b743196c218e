import type { Attempt } from '../contract/attempt.js'
import { readErrorBody } from '../failures/error-body.js'
import { answerFailure, malformedAnswer } from '../failures/make-failure.js'
import { bufferedRequest } from './buffered-request.js'
import type { BufferedAnswer } from './buffered-response.js'
import type { Endpoint, EndpointRequest } from './endpoint.js'
import { decodedBody } from '../protocol/content-coding.js'
import { documentText, readXml, type XmlElement } from '../protocol/xml.js'

/** Longest response to a request with a short one. */
const SHORT_BYTES = 256 * 1024
/** A page of 1,000 keys of 1,024 bytes, each encoded, with everything that may accompany them. */
const LONG_BYTES = 16 * 1024 * 1024

/**
 * One attempt at a request that carries no object and expects no body: abort an upload, HEAD, DELETE, a part that is
 * in memory. A body means that the response is not the store's, or an error document: CopyObject, UploadPartCopy and
 * CompleteMultipartUpload may return one with status 200.
 *
 * @param name what is being done, for messages, such as `HEAD "key"`
 */
export async function controlRequest(
  endpoint: Endpoint,
  request: EndpointRequest,
  name: string,
  signal: AbortSignal | undefined,
): Promise<Attempt<BufferedAnswer>> {
  const answer = await ask(endpoint, request, name, signal, SHORT_BYTES)
  if (!answer.ok || /^\s*$/.test(answer.value.body.toString('latin1'))) return answer
  return { ok: false, failure: unexpected(endpoint, request, name, answer.value) }
}

/** A response that is a document. */
export interface DocumentAnswer extends BufferedAnswer {
  document: XmlElement
}

/** With what the name of a root may end, or not: rclone serve leaves it out, moto says `Response`, AWS's models `Output`. */
const ROOT_END = /(?:Result|Response|Output)$/

/**
 * One attempt at a request that is answered with an XML document with one of these roots, whatever they end with.
 *
 * @param roots such as `ListBucketResult`
 * @param emptyMeans the root that an empty response stands for, if it names the object's ETag
 */
export async function documentRequest(
  endpoint: Endpoint,
  request: EndpointRequest,
  roots: readonly string[],
  name: string,
  signal: AbortSignal | undefined,
  emptyMeans?: string,
): Promise<Attempt<DocumentAnswer>> {
  const answer = await ask(endpoint, request, name, signal, LONG_BYTES)
  if (!answer.ok) return answer
  const { body, headers } = answer.value
  const standsFor = body.length === 0 && typeof headers['etag'] === 'string' ? emptyMeans : undefined
  const document = readXml(standsFor === undefined ? documentText(body) : `<${standsFor}/>`)
  const stem = document?.name.replace(ROOT_END, '')
  if (document !== null && roots.some((root) => root.replace(ROOT_END, '') === stem))
    return { ...answer, value: { ...answer.value, document } }
  return { ok: false, failure: unexpected(endpoint, request, name, answer.value) }
}

function unexpected(endpoint: Endpoint, request: EndpointRequest, name: string, answer: BufferedAnswer) {
  const { status, body } = answer
  const { method } = request
  if (body.length <= SHORT_BYTES && readErrorBody(body.toString()).kind === 'error')
    return answerFailure(endpoint, name, { method, ...answer })
  return malformedAnswer(endpoint, `${name}: answered ${status} with something that is not S3`, status)
}

async function ask(
  endpoint: Endpoint,
  request: EndpointRequest,
  name: string,
  signal: AbortSignal | undefined,
  limitBytes: number,
): Promise<Attempt<BufferedAnswer>> {
  const answer = await bufferedRequest(endpoint, request, name, limitBytes, signal)
  if (answer.ok && answer.value.status < 300) {
    const { headers, body } = answer.value
    return { ...answer, value: { ...answer.value, body: decodedBody(headers, body) } }
  }
  if (!answer.ok) return answer
  const refused = { method: request.method, ...answer.value }
  return { ok: false, failure: answerFailure(endpoint, name, refused) }
}
