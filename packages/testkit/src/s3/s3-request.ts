import { createHash } from 'node:crypto'
import { request as httpRequest, type Agent, type IncomingHttpHeaders } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { signS3 } from './sign.js'
import type { StoreEndpoint } from './store-endpoint.js'

export interface S3Request {
  method?: string
  bucket?: string
  key?: string
  /** Already escaped, without the question mark. */
  query?: string
  headers?: Record<string, string>
  /** A function receives the signed headers: chunk signatures continue from there. */
  body?: Uint8Array | string | ((signed: Record<string, string>) => Buffer)
  /** The signed hash of the body; default its SHA-256. */
  payload?: string
  /** Instead of bucket and key: the whole target as sent. */
  target?: string
  /** Unix milliseconds by the client's clock; default now. */
  time?: number
  /** Without a signature. */
  unsigned?: boolean
  /** Default Node's own. */
  agent?: Agent
}

export interface S3Reply {
  status: number
  headers: IncomingHttpHeaders
  body: Buffer
  /** The code of an S3 error in the body, or null. */
  code: string | null
}

/**
 * Sends one request to an S3 server over plain `node:http`: the target is sent byte for byte as given, unlike by clients that parse URLs,
 * and nothing is retried.
 */
export function s3Request(endpoint: StoreEndpoint, asked: S3Request): Promise<S3Reply> {
  const { method = 'GET', bucket, key, query, time, agent } = asked
  const target =
    asked.target ??
    `/${bucket ?? ''}${key === undefined ? '' : `/${escapeKey(key)}`}${query ? `?${query}` : ''}`
  const url = new URL(endpoint.url)
  const plain = typeof asked.body === 'function' ? Buffer.alloc(0) : Buffer.from(asked.body ?? '')
  const payload = asked.payload ?? createHash('sha256').update(plain).digest('hex')
  const bare = { host: url.host, ...asked.headers }
  const headers = asked.unsigned
    ? bare
    : signS3(endpoint, { method, target, headers: { 'x-amz-content-sha256': payload, ...bare }, time })
  const body = typeof asked.body === 'function' ? asked.body(headers) : plain
  const { certificateAuthority: ca } = endpoint
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest
    const request = send(
      {
        host: url.hostname,
        port: url.port,
        method,
        path: target,
        headers: { ...headers, 'content-length': String(body.length) },
        ...(agent !== undefined && { agent }),
        ...(ca !== undefined && { ca }),
      },
      (response) => {
        const received: Buffer[] = []
        response.on('data', (chunk: Buffer) => received.push(chunk))
        response.on('error', reject)
        response.on('end', () => {
          const whole = Buffer.concat(received)
          const code = /<Error>.*?<Code>([^<]+)</s.exec(whole.toString('latin1'))?.[1] ?? null
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: whole, code })
        })
      },
    )
    request.on('error', reject)
    request.end(body)
  })
}

/** A key in a request target: every byte but A–Z a–z 0–9 - . _ ~ and the slash is escaped, once. */
export function escapeKey(key: string): string {
  return encodeURIComponent(key)
    .replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%2F', '/')
}
