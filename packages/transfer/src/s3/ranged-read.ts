import type { Attempt, AttemptFailure } from '../attempt.js'
import { bufferAnswer, type BufferedAnswer } from './buffered-response.js'
import { abortedFailure, classifyAnswer, classifyTransport } from '../failures/classify-error.js'
import type { Endpoint } from './endpoint.js'
import { learnFrom } from '../failures/learn-from.js'
import { readErrorBody } from '../failures/error-body.js'

/** Bytes of an object to read: from `start` up to, not including, `end`. */
export interface RangedRead {
  /** The key as people write it, for messages. */
  name: string
  /** Encoded. */
  path: string
  /** `versionId=…` or ''. */
  query: string
  start: number
  end: number
  /** ETag as a header has it: the read fails if the object has another one by now. */
  ifMatch?: string | undefined
}

/** One attempt at reading a range over the data path's own connections. */
export async function readRange(
  endpoint: Endpoint,
  { name, path, query, start, end, ifMatch }: RangedRead,
  signal: AbortSignal | undefined,
): Promise<Attempt<Uint8Array>> {
  const request = `GET ${JSON.stringify(name)} bytes ${start} to ${end}`
  const headers = ['range', `bytes=${start}-${end - 1}`]
  if (ifMatch !== undefined) headers.push('if-match', ifMatch)
  const startedAt = performance.now()
  let answer: BufferedAnswer
  try {
    await endpoint.prepare()
    answer = await bufferAnswer(
      (handler) => endpoint.send({ method: 'GET', path, query, headers }, handler),
      signal,
      Math.max(end - start, 64 * 1024),
    )
  } catch (error) {
    if (signal?.aborted) return { ok: false, failure: abortedFailure('source') }
    return { ok: false, failure: classifyTransport('source', request, error) }
  }
  const { status, body } = answer
  if (status === 206 && body.length === end - start)
    return { ok: true, value: body, bytes: body.length, ttfbMs: performance.now() - startedAt }
  return {
    ok: false,
    failure: status === 206 || status === 200 ? short(request, status, body.length) : refused(),
  }

  function refused(): AttemptFailure {
    const error = readErrorBody(body.toString())
    const failure = classifyAnswer('source', { ...error, status, headers: answer.headers, request })
    return learnFrom(endpoint, failure)
  }
}

function short(request: string, status: number, bytes: number): AttemptFailure {
  const message = `${request}: answered ${status} with ${bytes} bytes`
  return { class: 'transient', side: 'source', code: 'ShortBody', message, status }
}
