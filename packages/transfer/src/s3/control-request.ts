import type { Attempt, Side } from '../attempt.js'
import { bufferAnswer, type BufferedAnswer } from './buffered-response.js'
import { abortedFailure, classifyAnswer, classifyTransport } from '../failures/classify-error.js'
import type { Endpoint, EndpointRequest } from './endpoint.js'
import { learnFrom } from '../failures/learn-from.js'
import { readErrorBody } from '../failures/error-body.js'

/**
 * One attempt at a request that carries no object: create, complete, abort and list an upload, HEAD, tags. An error document in an answer of status 200 is
 * the error that it says: CopyObject, UploadPartCopy and CompleteMultipartUpload answer so once they have begun.
 *
 * @param limitBytes longest answer that is taken
 */
export async function controlRequest(
  endpoint: Endpoint,
  side: Side,
  request: EndpointRequest,
  name: string,
  signal: AbortSignal | undefined,
  limitBytes?: number,
): Promise<Attempt<BufferedAnswer>> {
  const startedAt = performance.now()
  let answer: BufferedAnswer
  try {
    await endpoint.prepare()
    answer = await bufferAnswer((handler) => endpoint.send(request, handler), signal, limitBytes)
  } catch (error) {
    if (signal?.aborted) return { ok: false, failure: abortedFailure(side) }
    return { ok: false, failure: classifyTransport(side, name, error) }
  }
  const { status, headers } = answer
  const text = status < 300 && answer.body.length > 64 * 1024 ? '' : answer.body.toString()
  const error = readErrorBody(text)
  if (status < 300 && error.code === '')
    return { ok: true, value: answer, bytes: 0, ttfbMs: performance.now() - startedAt }
  const failure = classifyAnswer(side, { ...error, status, headers, request: name })
  return { ok: false, failure: learnFrom(endpoint, failure) }
}
