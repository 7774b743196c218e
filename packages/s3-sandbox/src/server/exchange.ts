import type { IncomingMessage, ServerResponse } from 'node:http'
import { BodyCut } from '../faults/body-faults.js'
import { alteredResponse } from '../faults/alter-response.js'
import { codeOf, faultResponse, isApplied } from '../faults/fault-response.js'
import type { AppliedFault, Faults } from '../faults/faults.js'
import type { Holds } from '../log/holds.js'
import type { RequestLog } from '../log/request-log.js'
import type { RequestRecord } from '../log/request-record.js'
import { S3Error } from '../s3/s3-error.js'
import type { Shaper } from '../shape/shaper.js'
import type { XmlStyle } from '../message/xml-style.js'
import { disposeResponse, type S3Response } from '../message/s3-response.js'
import { errorResponse } from '../message/error-response.js'
import { operationOf } from '../s3/operation.js'
import { bucketOfHost, parseRequestTarget, type RequestTarget } from '../s3/request-target.js'
import { closed, sendResponse } from './send-response.js'

/** One request in progress. */
export interface ServerExchange {
  message: IncomingMessage
  record: RequestRecord
  target: RequestTarget
  applied: readonly AppliedFault[]
  /** Resolves when the client has its response, or is gone. */
  over: Promise<void>
}

/** Everything around the operation, the same for a server and for a proxy in front of one. */
export interface ExchangeParts {
  /** Numbers the requests of one sandbox, from 1. */
  nextId: () => number
  /** Handles a request that no fault has answered. */
  serve: (exchange: ServerExchange) => Promise<S3Response>
  /** False accepts operations that only the server behind a proxy may know. */
  knowsAllOperations: boolean
  domain: string
  now: () => number
  log: RequestLog
  faults: Faults
  holds: Holds
  shaper: Shaper
  onRequest: ((request: RequestRecord) => void | Promise<void>) | null
  /** The present style of documents. */
  xmlStyle: () => XmlStyle
}

/**
 * One request from arrival to response: parse, hold, shape, apply fault rules, serve, respond. Never throws; an internal error of this
 * server is answered with 500 InternalError.
 */
export async function exchange(
  message: IncomingMessage,
  response: ServerResponse,
  record: RequestRecord,
  parts: ExchangeParts,
): Promise<void> {
  let applied: readonly AppliedFault[] = []
  let release: (() => void) | null = null
  let answer: S3Response
  let begun = false
  try {
    const target = understand(message, record, parts)
    begun = true
    parts.log.begin(record)
    const hook = parts.onRequest?.(record)
    if (hook !== undefined) await hook
    const held = parts.holds.admit(record)
    if (held !== null) await held
    const admitted = parts.shaper.admit()
    if (admitted !== null) release = await admitted
    applied = parts.faults.apply(record)
    const over = applied.length === 0 ? NEVER : closed(response)
    answer = await serveOrFail({ message, record, target, applied, over }, parts)
  } catch (error) {
    if (!begun) parts.log.begin(record)
    answer = responseToError(error, record)
  }
  try {
    const { shaper, now } = parts
    await sendResponse(message, response, record, answer, { applied, shaper, now, xml: parts.xmlStyle() })
  } finally {
    release?.()
  }
}

const NEVER = new Promise<void>(() => {})

function understand(
  message: IncomingMessage,
  record: RequestRecord,
  { domain, knowsAllOperations }: ExchangeParts,
): RequestTarget {
  const target = parseRequestTarget(record.target, bucketOfHost(message.headers.host, domain))
  record.bucket = target.bucket
  record.key = target.key
  record.query = target.query
  const copies = message.headers['x-amz-copy-source'] !== undefined
  try {
    record.operation = operationOf(record.method, target, copies)
  } catch (error) {
    if (knowsAllOperations) throw error
  }
  return target
}

async function serveOrFail(exchange: ServerExchange, parts: ExchangeParts): Promise<S3Response> {
  const { applied, record } = exchange
  for (const { action } of applied) {
    if (action.type === 'delay') await new Promise((resolve) => setTimeout(resolve, action.ms))
    const instead = isApplied(action) ? null : faultResponse(action, record)
    if (instead !== null) return recorded(instead, record)
  }
  const answer = await parts.serve(exchange)
  for (const { action } of applied) {
    const instead = isApplied(action) ? faultResponse(action, record) : null
    if (instead === null) continue
    disposeResponse(answer)
    return recorded(instead, record)
  }
  if (applied.length === 0) return answer
  const actions = applied.map(({ action }) => action)
  return alteredResponse(answer, actions, record)
}

function recorded(instead: S3Response, record: RequestRecord): S3Response {
  record.code = codeOf(instead)
  return instead
}

function responseToError(error: unknown, record: RequestRecord): S3Response {
  const mark = record.target.indexOf('?')
  const asked = { id: record.id, rawPath: mark === -1 ? record.target : record.target.slice(0, mark) }
  if (error instanceof S3Error) {
    record.code = error.code
    return errorResponse(error, asked)
  }
  // A cut connection has no response: status 0.
  if (error instanceof BodyCut) return { status: 0, headers: {}, body: null }
  record.code = 'InternalError'
  return errorResponse({ code: 'InternalError', status: 500, message: String(error) }, asked)
}
