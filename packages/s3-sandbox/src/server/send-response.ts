import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Writable } from 'node:stream'
import { TLSSocket } from 'node:tls'
import { BodyCut, responseBodyFaults, withBodyFaults } from '../faults/body-faults.js'
import type { FaultAction } from '../faults/fault-rule.js'
import type { AppliedFault } from '../faults/faults.js'
import { dripHead, dripped, sendInterim } from '../faults/slow-response.js'
import type { RequestRecord } from '../log/request-record.js'
import type { Shaper } from '../shape/shaper.js'
import { readBlobs } from '../store/blob.js'
import { MemoryBlob } from '../store/memory-blobs.js'
import { buildXml } from '../message/build-xml.js'
import type { XmlStyle } from '../message/xml-style.js'
import {
  disposeResponse,
  isBlobBody,
  isDocumentBody,
  isStreamBody,
  type S3Response,
  type DocumentBody,
} from '../message/s3-response.js'
import { HOST_ID } from '../message/error-response.js'

interface SendEffects {
  applied: readonly AppliedFault[]
  shaper: Shaper
  now: () => number
  /** The style of documents. */
  xml: XmlStyle
}

/** The body to send, with its document written. */
type WrittenBody = Exclude<S3Response['body'], DocumentBody>

/** Sends a response with its faults. Status 0 means no response: the connection is reset. */
export async function sendResponse(
  message: IncomingMessage,
  response: ServerResponse,
  record: RequestRecord,
  answer: S3Response,
  effects: SendEffects,
): Promise<void> {
  const body = writtenBody(answer.body, effects.xml)
  const { socket } = message
  try {
    // The client is gone.
    if (response.destroyed) return
    if (answer.status === 0) throw new BodyCut('reset')
    for (const { action, removed } of effects.applied) {
      if (action.type === 'reset-response' && typeof action.atByte !== 'number') throw new BodyCut('reset')
      const stalls = action.type === 'stall' && action.side !== 'request' && typeof action.atByte !== 'number'
      if (stalls) await Promise.race([removed, closed(response)])
    }
    for (const { action } of effects.applied) {
      if (action.type === 'interim') await sendInterim(response, action, closed(response))
    }
    record.status = answer.status
    const headers = headersOf(message, record, { ...answer, body }, effects)
    const drip = dripsOf(effects).find(({ part }) => part === 'head')
    if (drip !== undefined) {
      record.end = 'answered'
      await dripHead(response, answer.status, headers, drip, closed(response))
      if (message.method !== 'HEAD' && body !== null && !drip.endless) {
        for await (const chunk of chunksOf(body)) socket.write(chunk)
      }
      socket.end()
      return
    }
    response.writeHead(answer.status, headers)
    if (message.method === 'HEAD' || body === null) response.end()
    else await writeBody(response, record, body, effects)
  } catch (error) {
    record.end = 'cut'
    if (!(error instanceof BodyCut)) response.destroy()
    else if (error.how === 'reset') resetSocket(socket)
    else if (error.how === 'end') response.end()
    // The head announced more, so Node would wait for it: the connection is ended below HTTP.
    else socket?.end()
  } finally {
    disposeResponse(answer)
  }
}

/** Only a plain TCP connection can be reset; one with TLS is closed without its closing alert. */
function resetSocket(socket: Socket | null): void {
  if (socket instanceof TLSSocket) socket.destroy()
  else socket?.resetAndDestroy()
}

function headersOf(
  message: IncomingMessage,
  record: RequestRecord,
  answer: S3Response,
  effects: SendEffects,
): Record<string, string | number> {
  const headers: Record<string, string | number> = {
    'x-amz-request-id': record.id,
    'x-amz-id-2': HOST_ID,
    server: 'LagoonSandbox',
    date: new Date(effects.now()).toUTCString(),
    ...answer.headers,
  }
  const { body } = answer
  const endless = dripsOf(effects).some((drip) => drip.part !== 'head' && drip.endless)
  if (answer.withoutLength || endless) delete headers['content-length']
  // A failed HEAD has no body to describe.
  else if (message.method === 'HEAD') headers['content-length'] ??= 0
  else if (typeof body === 'string') headers['content-length'] = Buffer.byteLength(body)
  else if (body instanceof Uint8Array) headers['content-length'] = body.length
  else if (body === null && answer.status !== 204 && answer.status !== 304) headers['content-length'] = 0
  for (const { action } of effects.applied) {
    const shortened = action.type === 'truncate' && action.contentLength === 'shortened'
    if (shortened) headers['content-length'] = Math.min(Number(headers['content-length'] ?? 0), action.atByte)
  }
  return headers
}

async function writeBody(
  response: ServerResponse,
  record: RequestRecord,
  body: NonNullable<WrittenBody>,
  effects: SendEffects,
): Promise<void> {
  const faults = responseBodyFaults(effects.applied)
  const drips = dripsOf(effects).filter(({ part }) => part !== 'head')
  const shaped = effects.shaper.send(() => chunksOf(body))
  const asItIs = faults.length === 0 && drips.length === 0 && shaped === null
  const whole = asItIs ? bufferOf(body) : null
  if (whole !== null) {
    record.bytesSent += whole.length
    response.end(whole)
    return
  }
  let chunks = shaped ?? chunksOf(body)
  if (faults.length > 0) chunks = withBodyFaults(chunks, faults, closed(response))
  for (const drip of drips) chunks = dripped(chunks, drip, closed(response))
  for await (const chunk of chunks) {
    if (response.destroyed) return
    record.bytesSent += chunk.length
    // Waiting for each write sends the bytes before a fault ahead of it.
    if (faults.length > 0) await written(response, chunk)
    else if (!response.write(chunk)) await drained(response)
  }
  response.end()
}

function writtenBody(body: S3Response['body'], style: XmlStyle): WrittenBody {
  return isDocumentBody(body) ? buildXml(body.document, style) : body
}

function dripsOf({ applied }: SendEffects): readonly (FaultAction & { type: 'drip' })[] {
  return applied.map(({ action }) => action).filter((action) => action.type === 'drip')
}

function bufferOf(body: NonNullable<WrittenBody>): Uint8Array | null {
  if (typeof body === 'string') return Buffer.from(body)
  if (isStreamBody(body)) return null
  if (!isBlobBody(body)) return body
  const [blob, ...more] = body.blobs
  if (blob === undefined) return Buffer.alloc(0)
  if (more.length > 0 || !(blob instanceof MemoryBlob) || blob.buffer === null) return null
  return blob.buffer.subarray(body.start, body.end)
}

async function* chunksOf(body: NonNullable<WrittenBody>): AsyncGenerator<Uint8Array, void, undefined> {
  if (isBlobBody(body)) yield* readBlobs(body.blobs, body.start, body.end)
  else if (isStreamBody(body)) yield* body.stream
  else yield bufferOf(body)!
}

function written(response: ServerResponse, chunk: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    response.once('close', resolve)
    response.write(chunk, () => {
      response.off('close', resolve)
      resolve()
    })
  })
}

/** Resolves when more can be written, or the reader is gone. */
export function drained(writable: Writable): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      writable.off('drain', done)
      writable.off('close', done)
      resolve()
    }
    writable.once('drain', done)
    writable.once('close', done)
  })
}

/** Resolves when the response is finished, or its client is gone. */
export function closed(response: ServerResponse): Promise<void> {
  if (response.destroyed || response.closed) return Promise.resolve()
  return new Promise((resolve) => response.once('close', () => resolve()))
}
