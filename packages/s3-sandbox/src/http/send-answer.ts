import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { BodyCut, responseBodyFaults, withBodyFaults } from '../faults/body-faults.js'
import type { AppliedFault } from '../faults/faults.js'
import type { RequestRecord } from '../log/request-record.js'
import type { Shaper } from '../shape/shaper.js'
import { readBlobs } from '../store/blob.js'
import { MemoryBlob } from '../store/memory-blobs.js'
import { disposeAnswer, isBlobBody, isStreamBody, type Answer } from './answer.js'
import { HOST_ID } from './error-answer.js'

export interface SendEffects {
  applied: readonly AppliedFault[]
  shaper: Shaper
  now: () => number
}

/** Sends an answer with whatever is to go wrong about it. Status 0 means no answer: the connection is reset. */
export async function sendAnswer(
  message: IncomingMessage,
  response: ServerResponse,
  record: RequestRecord,
  answer: Answer,
  effects: SendEffects,
): Promise<void> {
  const { body } = answer
  const { socket } = message
  try {
    // The client has gone: there is nobody to answer.
    if (response.destroyed) return
    if (answer.status === 0) throw new BodyCut('reset')
    for (const { action, removed } of effects.applied) {
      if (action.type === 'reset-response' && typeof action.atByte !== 'number') throw new BodyCut('reset')
      const stalls = action.type === 'stall' && action.side !== 'request' && typeof action.atByte !== 'number'
      if (stalls) await Promise.race([removed, closed(response)])
    }
    record.status = answer.status
    writeHead(message, response, record, answer, effects)
    if (message.method === 'HEAD' || body === null) response.end()
    else await writeBody(response, record, body, effects)
  } catch (error) {
    record.end = 'cut'
    if (!(error instanceof BodyCut)) response.destroy()
    else if (error.how === 'reset') resetSocket(socket)
    else if (error.how === 'end') response.end()
    // The head promised more, so that Node would wait for it: the connection is ended below HTTP.
    else socket?.end()
  } finally {
    disposeAnswer(answer)
  }
}

/** Only a bare TCP connection can be reset; one with TLS is cut off without its farewell. */
function resetSocket(socket: Socket | null): void {
  if (socket instanceof TLSSocket) socket.destroy()
  else socket?.resetAndDestroy()
}

function writeHead(
  message: IncomingMessage,
  response: ServerResponse,
  record: RequestRecord,
  answer: Answer,
  effects: SendEffects,
): void {
  const headers: Record<string, string | number> = {
    'x-amz-request-id': record.id,
    'x-amz-id-2': HOST_ID,
    server: 'LagoonSandbox',
    date: new Date(effects.now()).toUTCString(),
    ...answer.headers,
  }
  const { body } = answer
  // A HEAD that fails says nothing of the body it doesn't have.
  if (message.method === 'HEAD') headers['content-length'] ??= 0
  else if (typeof body === 'string') headers['content-length'] = Buffer.byteLength(body)
  else if (body instanceof Uint8Array) headers['content-length'] = body.length
  else if (body === null && answer.status !== 204 && answer.status !== 304) headers['content-length'] = 0
  for (const { action } of effects.applied) {
    const shortened = action.type === 'truncate' && action.contentLength === 'shortened'
    if (shortened) headers['content-length'] = Math.min(Number(headers['content-length'] ?? 0), action.atByte)
  }
  response.writeHead(answer.status, headers)
}

async function writeBody(
  response: ServerResponse,
  record: RequestRecord,
  body: NonNullable<Answer['body']>,
  effects: SendEffects,
): Promise<void> {
  const faults = responseBodyFaults(effects.applied)
  const shaped = effects.shaper.send(() => chunksOf(body))
  const whole = faults.length === 0 && shaped === null ? bufferOf(body) : null
  if (whole !== null) {
    record.bytesSent += whole.length
    response.end(whole)
    return
  }
  const chunks = shaped ?? chunksOf(body)
  for await (const chunk of faults.length === 0 ? chunks : withBodyFaults(chunks, faults, closed(response))) {
    if (response.destroyed) return
    record.bytesSent += chunk.length
    // Waiting for each write makes the bytes before a fault leave before it.
    if (faults.length > 0) await written(response, chunk)
    else if (!response.write(chunk)) await drained(response)
  }
  response.end()
}

function bufferOf(body: NonNullable<Answer['body']>): Uint8Array | null {
  if (typeof body === 'string') return Buffer.from(body)
  if (isStreamBody(body)) return null
  if (!isBlobBody(body)) return body
  const [blob, ...more] = body.blobs
  if (blob === undefined) return Buffer.alloc(0)
  if (more.length > 0 || !(blob instanceof MemoryBlob) || blob.buffer === null) return null
  return blob.buffer.subarray(body.start, body.end)
}

async function* chunksOf(body: NonNullable<Answer['body']>): AsyncGenerator<Uint8Array, void, undefined> {
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

/** Resolves when more may be written, or when nobody reads any more. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done)
      response.off('close', done)
      resolve()
    }
    response.once('drain', done)
    response.once('close', done)
  })
}

/** Resolves when the answer is finished, or its client gone. */
export function closed(response: ServerResponse): Promise<void> {
  if (response.destroyed || response.closed) return Promise.resolve()
  return new Promise((resolve) => response.once('close', () => resolve()))
}
