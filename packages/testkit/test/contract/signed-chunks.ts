import { createHash, createHmac } from 'node:crypto'
import type { S3Request, StoreEndpoint } from '../../src/index.js'

const ALGORITHM = 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD'

/**
 * A body in signed chunks of `chunkBytes`: each signature continues from the one before, the first from that of the request. Independent of
 * any client, so that a server can get requests that no client would send. See "Signature Calculations … Transferring Payload in Multiple
 * Chunks" of the S3 API.
 */
export function inSignedChunks(
  endpoint: StoreEndpoint,
  body: Buffer,
  chunkBytes: number,
): Partial<S3Request> {
  return {
    payload: ALGORITHM,
    headers: { 'x-amz-decoded-content-length': String(body.length) },
    body(signed) {
      const date = signed['x-amz-date']!
      const day = date.slice(0, 8)
      const authorization = signed['authorization']!
      let previous = authorization.slice(authorization.lastIndexOf('=') + 1)
      const key = [day, endpoint.region, 's3', 'aws4_request'].reduce<Buffer>(
        (secret, part) => createHmac('sha256', secret).update(part).digest(),
        Buffer.from(`AWS4${endpoint.secretAccessKey}`),
      )
      const framed: Buffer[] = []
      for (let at = 0; at < body.length + chunkBytes; at += chunkBytes) {
        // The last chunk is empty.
        const chunk = body.subarray(Math.min(at, body.length), at + chunkBytes)
        const scope = `${day}/${endpoint.region}/s3/aws4_request`
        const text = [`AWS4-HMAC-SHA256-PAYLOAD`, date, scope, previous, sha256(''), sha256(chunk)].join('\n')
        previous = createHmac('sha256', key).update(text).digest('hex')
        framed.push(
          Buffer.from(`${chunk.length.toString(16)};chunk-signature=${previous}\r\n`),
          chunk,
          Buffer.from('\r\n'),
        )
      }
      return Buffer.concat(framed)
    },
  }
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex')
}
