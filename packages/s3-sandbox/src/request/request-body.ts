import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { decodeChunkedBody } from '../auth/chunked-body.js'
import type { VerifiedRequest } from '../auth/verify-request.js'
import { S3Error } from '../s3/s3-error.js'
import type { S3Request } from './s3-request.js'

type RequestBody = Pick<S3Request, 'body' | 'trailers' | 'sizeBytes'>

/** The payload of a request: without framing; its length and signed hash are checked at its end. */
export function requestBody(
  message: IncomingMessage,
  source: AsyncIterable<Uint8Array>,
  verified: VerifiedRequest,
): RequestBody {
  const trailers = new Map<string, string>()
  const chunked = verified.payloadHash.startsWith('STREAMING-')
  const announced = chunked
    ? message.headers['x-amz-decoded-content-length']
    : message.headers['content-length']
  const sizeBytes = typeof announced === 'string' && /^\d+$/.test(announced) ? Number(announced) : null
  const payload = chunked ? decodeChunkedBody(source, verified, trailers) : source
  return { body: checked(payload, sizeBytes, verified.payloadHash), trailers, sizeBytes }
}

/** Whether a body is `aws-chunked`. */
export function isChunkedPayload(message: IncomingMessage): boolean {
  return String(message.headers['x-amz-content-sha256'] ?? '').startsWith('STREAMING-')
}

async function* checked(
  payload: AsyncIterable<Uint8Array>,
  sizeBytes: number | null,
  payloadHash: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  const hash = /^[0-9a-f]{64}$/i.test(payloadHash) ? createHash('sha256') : null
  let received = 0
  for await (const chunk of payload) {
    received += chunk.length
    hash?.update(chunk)
    yield chunk
  }
  if (sizeBytes !== null && received !== sizeBytes) {
    throw new S3Error('IncompleteBody', {
      fields: { NumberBytesExpected: sizeBytes, NumberBytesProvided: received },
    })
  }
  const computed = hash?.digest('hex')
  if (computed !== undefined && computed !== payloadHash.toLowerCase()) {
    throw new S3Error('XAmzContentSHA256Mismatch', {
      fields: { ClientComputedContentSHA256: payloadHash, S3ComputedContentSHA256: computed },
    })
  }
}
