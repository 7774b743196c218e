import type { AttemptFailure, Side } from '../contract/attempt.js'
import type { FailureOrigin } from './failure-origin.js'
import { type ResponseHeaders, hasStoreMark } from '../protocol/response-headers.js'
import { decodedBody } from '../protocol/content-coding.js'
import { classifyAnswer, hasRule } from './classify-error.js'
import { classifyTransport } from './classify-transport.js'
import { readErrorBody } from './error-body.js'
import { followRegion } from './region-redirect.js'
import { isExpiredCredentials } from './whole-run.js'

/** Longest message that is kept: a store may send 64 KiB with every refusal. */
const MAX_MESSAGE = 1000
const CODE = /^[A-Za-z0-9_.:-]{1,64}$/

/** Code of a 404 that does not show who sent it: see `confirmMissing`. */
export const UNCONFIRMED = 'NotFound'

/** An unexpected response. */
interface UnwantedAnswer {
  method: string
  status: number
  /** By lower-case name. */
  headers: ResponseHeaders
  body: Uint8Array
}

/** Makes the failure of a response: classified, bounded, without secrets, after the endpoint has learned from it. */
export function answerFailure(
  endpoint: FailureOrigin,
  request: string,
  { method, status, headers, body }: UnwantedAnswer,
): AttemptFailure {
  const error = readErrorBody(decodedBody(headers, body).toString())
  const code = boundedCode(endpoint, error.code)
  const isWrite = method === 'PUT' || method === 'POST'
  const kind = error.kind === 'empty' && !hasStoreMark(headers) ? 'other' : error.kind
  const failure = classifyAnswer(endpoint.side, { ...error, kind, code, status, headers, request, isWrite })
  const isBare404 = status === 404 && error.kind === 'empty' && !isWrite
  const isUnconfirmed = isBare404 && !(method === 'HEAD' && hasStoreMark(headers))
  const judged = isUnconfirmed ? ({ ...failure, class: 'transient', code: UNCONFIRMED } as const) : failure
  return applyToEndpoint(endpoint, presentable(endpoint, judged))
}

/** Makes the failure of a request that got no response, or of credentials that could not be obtained. */
export function transportFailure(endpoint: FailureOrigin, request: string, error: unknown): AttemptFailure {
  return presentable(endpoint, classifyTransport(endpoint.side, request, error))
}

/** The caller's signal ended the attempt. */
export function abortedFailure(side: Side): AttemptFailure {
  return { class: 'aborted', side, code: 'Aborted', message: 'the copy was aborted' }
}

/** Makes the failure of a successful response that does not match the request. */
export function malformedAnswer(endpoint: FailureOrigin, message: string, status?: number): AttemptFailure {
  const failure = { class: 'transient', side: endpoint.side, code: 'MalformedAnswer', message } as const
  return presentable(endpoint, status === undefined ? failure : { ...failure, status })
}

function presentable(endpoint: FailureOrigin, failure: AttemptFailure): AttemptFailure {
  const message = endpoint.redact(failure.message)
  const bounded = message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE)}…` : message
  return bounded === failure.message ? failure : { ...failure, message: bounded }
}

function boundedCode(endpoint: FailureOrigin, code: string): string {
  if (code === '' || hasRule(code)) return code
  return CODE.test(code) && endpoint.redact(code) === code && endpoint.keepsCode(code) ? code : ''
}

/** The failure as the next attempt makes of it: expired credentials are fetched again, and a region that the store names is followed. */
function applyToEndpoint(endpoint: FailureOrigin, failure: AttemptFailure): AttemptFailure {
  if (!isExpiredCredentials(failure.code)) return followRegion(endpoint, failure)
  return endpoint.credentials.renew() ? failure : { ...failure, class: 'permanent' }
}
