import type { Attempt, AttemptFailure } from '../attempt.js'
import { bufferAnswer, type BufferedAnswer } from './buffered-response.js'
import { abortedFailure, classifyAnswer, classifyTransport } from '../failures/classify-error.js'
import type { Endpoint } from './endpoint.js'
import { learnFrom } from '../failures/learn-from.js'
import { readErrorBody } from '../failures/error-body.js'
import { unquoteEtag } from '../verify/etag.js'

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
  const failure =
    status === 206 || status === 200
      ? contradiction({ name, path, query, start, end, ifMatch }, answer, request)
      : refused()
  if (failure !== null) return { ok: false, failure }
  return { ok: true, value: body, bytes: body.length, ttfbMs: performance.now() - startedAt }

  function refused(): AttemptFailure {
    const error = readErrorBody(body.toString())
    const failure = classifyAnswer('source', { ...error, status, headers: answer.headers, request })
    return learnFrom(endpoint, failure)
  }
}

/**
 * What an answer says against the question, or null: another range (RFC 9110 § 14.4), another length, another version. A gateway or a cache in
 * between may ignore a condition or give bytes of another place; taken for those that were asked for, they would be other keys.
 */
function contradiction(
  { start, end, ifMatch, query }: RangedRead,
  { status, headers, body }: BufferedAnswer,
  request: string,
): AttemptFailure | null {
  const { etag, 'content-range': range, 'x-amz-version-id': version } = headers
  const versionAsked = new URLSearchParams(query).get('versionId')
  if (ifMatch !== undefined && etag !== undefined && plain(etag) !== plain(ifMatch)) {
    return failed(
      'permanent',
      'PreconditionFailed',
      `answered with ETag ${etag} where ${ifMatch} was asked for`,
    )
  }
  if (versionAsked !== null && version !== undefined && version !== versionAsked) {
    return failed('permanent', 'PreconditionFailed', `answered with version ${version}`)
  }
  // A store that ignores ranges gives the whole object, which may be what was asked for.
  const given = status === 206 ? /^bytes (\d+)-(\d+)\//.exec(String(range)) : ['', 0, body.length - 1]
  const [, first, last] = given ?? []
  if (Number(first) === start && Number(last) === end - 1 && body.length === end - start) return null
  const short = status === 206 && Number(first) === start && body.length < end - start
  const code = short ? 'ShortBody' : 'WrongRange'
  return failed('transient', code, `answered ${status} with ${body.length} bytes, range ${range}`)

  function failed(kind: 'transient' | 'permanent', code: string, how: string): AttemptFailure {
    return { class: kind, side: 'source', code, message: `${request}: ${how}`, status }
  }
}

/** Stores write the digits of the same ETag in either case. */
function plain(etag: string | readonly string[]): string {
  return unquoteEtag(String(etag)).toLowerCase()
}
