import type { IncomingMessage, ServerResponse } from 'node:http'
import { verifyRequest, type Credentials, type VerifiedRequest } from '../auth/verify-request.js'
import { BodyCut, requestBodyFaults, withBodyFaults } from '../faults/body-faults.js'
import { errorInBody, faultAnswer } from '../faults/fault-answer.js'
import type { AppliedFault, Faults } from '../faults/faults.js'
import type { Holds } from '../log/holds.js'
import type { RequestLog } from '../log/request-log.js'
import type { RequestRecord } from '../log/request-record.js'
import { HANDLERS } from '../operations/handlers.js'
import { S3Error } from '../s3-error.js'
import type { Shaper } from '../shape/shaper.js'
import type { Answer } from './answer.js'
import type { ServerContext } from './context.js'
import { errorAnswer } from './error-answer.js'
import { operationOf } from './operation.js'
import { isChunkedPayload, requestBody } from './request-body.js'
import { bucketOfHost, parseRequestTarget, type RequestTarget } from './request-target.js'
import { sendAnswer } from './send-answer.js'

/** Everything one exchange needs of its server. */
export interface ServerParts {
  context: ServerContext
  credentials: () => Credentials | null
  domain: string
  log: RequestLog
  faults: Faults
  holds: Holds
  shaper: Shaper
  onRequest: ((request: RequestRecord) => void | Promise<void>) | null
}

/**
 * One request from arrival to answer: understand, hold, shape, go wrong by rule, verify, do, answer. Never throws; a defect
 * of this server is answered with 500 InternalError.
 */
export async function exchange(
  message: IncomingMessage,
  response: ServerResponse,
  record: RequestRecord,
  parts: ServerParts,
): Promise<void> {
  let applied: readonly AppliedFault[] = []
  let leave: (() => void) | null = null
  let answer: Answer
  try {
    const target = understand(message, record, parts.domain)
    parts.log.begin(record)
    const hook = parts.onRequest?.(record)
    if (hook !== undefined) await hook
    const held = parts.holds.admit(record)
    if (held !== null) await held
    const admitted = parts.shaper.admit()
    if (admitted !== null) leave = await admitted
    applied = parts.faults.apply(record)
    answer = await answerOf(message, record, target, applied, parts)
  } catch (error) {
    if (record.operation === 'Unknown') parts.log.begin(record)
    answer = answerToError(error, record)
  }
  try {
    await sendAnswer(message, response, record, answer, {
      applied,
      shaper: parts.shaper,
      now: parts.context.now,
    })
  } finally {
    leave?.()
  }
}

function understand(message: IncomingMessage, record: RequestRecord, domain: string): RequestTarget {
  const target = parseRequestTarget(record.target, bucketOfHost(message.headers.host, domain))
  record.bucket = target.bucket
  record.key = target.key
  record.query = target.query
  record.operation = operationOf(record.method, target, message.headers['x-amz-copy-source'] !== undefined)
  return target
}

async function answerOf(
  message: IncomingMessage,
  record: RequestRecord,
  target: RequestTarget,
  applied: readonly AppliedFault[],
  parts: ServerParts,
): Promise<Answer> {
  const asked = { id: record.id, rawPath: target.rawPath, bucket: target.bucket }
  for (const { action } of applied) {
    if (action.type === 'delay') await new Promise((resolve) => setTimeout(resolve, action.ms))
    const instead = faultAnswer(action, asked)
    if (instead !== null) return instead
  }
  const { context } = parts
  const region = context.store.buckets.get(target.bucket ?? '')?.region ?? context.region
  const verified = verifyRequest(
    { method: record.method, target: record.target, query: target.query, headers: message.headers },
    { credentials: parts.credentials(), region, now: context.now() },
  )
  if (!context.limits.chunkedBodies && isChunkedPayload(message)) {
    throw new S3Error('NotImplemented', { fields: { Header: 'x-amz-content-sha256' } })
  }
  const answer = await HANDLERS[record.operation as keyof typeof HANDLERS](
    {
      id: record.id,
      method: record.method,
      operation: record.operation as keyof typeof HANDLERS,
      rawPath: target.rawPath,
      bucket: target.bucket ?? '',
      key: target.key ?? '',
      query: target.query,
      headers: message.headers,
      ...bodyOf(message, record, verified, applied, parts.shaper),
    },
    context,
  )
  const late = applied.find(({ action }) => action.type === 'error-in-body')
  return late === undefined ? answer : errorInBody(late.action as Parameters<typeof errorInBody>[0], asked)
}

function bodyOf(
  message: IncomingMessage,
  record: RequestRecord,
  verified: VerifiedRequest,
  applied: readonly AppliedFault[],
  shaper: Shaper,
): ReturnType<typeof requestBody> {
  const faults = requestBodyFaults(applied)
  const received = counted(shaper.receive(message), record)
  return requestBody(message, faults.length === 0 ? received : withBodyFaults(received, faults), verified)
}

async function* counted(
  body: AsyncIterable<Uint8Array>,
  record: RequestRecord,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of body) {
    record.bytesReceived += chunk.length
    yield chunk
  }
}

function answerToError(error: unknown, record: RequestRecord): Answer {
  const mark = record.target.indexOf('?')
  const asked = { id: record.id, rawPath: mark === -1 ? record.target : record.target.slice(0, mark) }
  if (error instanceof S3Error) {
    record.code = error.code
    return errorAnswer(error, asked)
  }
  // A cut is not an answer at all; what the client tore down itself can't be answered either.
  if (error instanceof BodyCut) return { status: 0, headers: {}, body: null }
  record.code = 'InternalError'
  return errorAnswer({ code: 'InternalError', status: 500, message: `${String(error)}` }, asked)
}
