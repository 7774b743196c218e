import { createHash } from 'node:crypto'
import { request as httpRequest, type Agent, type IncomingHttpHeaders } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { signS3, signedChunks } from './sign-s3.js'
import type { StoreEndpoint } from './store-endpoint.js'

export interface Ask {
  method?: string
  bucket?: string
  key?: string
  /** Already escaped, without the question mark. */
  query?: string
  headers?: Record<string, string>
  body?: Uint8Array | string
  /** Default the body's SHA-256; `chunks` frames the body as signed chunks of this many bytes. */
  payload?: 'UNSIGNED-PAYLOAD' | { chunks: number } | { sha256: string }
  /** Instead of bucket and key: the whole target as it goes over the wire. */
  target?: string
  /** Unix milliseconds by the client's clock; default now. */
  time?: number
  /** Without any signature. */
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
 * Asks an S3 server one thing over plain `node:http`: the target is sent byte for byte as given, which clients that parse
 * URLs don't do, and nothing is retried.
 */
export function askS3(endpoint: StoreEndpoint, ask: Ask): Promise<S3Reply> {
  const { method = 'GET', bucket, key, query, payload, time } = ask
  const body = Buffer.from(ask.body ?? '')
  const path =
    ask.target ??
    `/${bucket ?? ''}${key === undefined ? '' : `/${escapeKey(key)}`}${query ? `?${query}` : ''}`
  const chunked = typeof payload === 'object' && 'chunks' in payload
  const url = new URL(endpoint.url)
  const headers: Record<string, string> = {
    host: url.host,
    ...(ask.unsigned ? {} : { 'x-amz-content-sha256': payloadHash(payload, body) }),
    ...(chunked ? { 'x-amz-decoded-content-length': String(body.length) } : {}),
    ...ask.headers,
  }
  const signed = signS3(endpoint, { method, target: path, headers, ...(time === undefined ? {} : { time }) })
  const wire = chunked ? signedChunks(signed.seed, split(body, payload.chunks)) : body
  const sent = { ...(ask.unsigned ? headers : signed.headers), 'content-length': String(wire.length) }
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest
    const ca = endpoint.certificateAuthority
    const request = send(
      { host: url.hostname, port: url.port, method, path, headers: sent, ...(ca !== undefined && { ca }) },
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
    request.end(wire)
  })
}

/** A key as it stands in a request target: every byte but A–Z a–z 0–9 - . _ ~ and the slash is escaped, once. */
export function escapeKey(key: string): string {
  return encodeURIComponent(key)
    .replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%2F', '/')
}

function payloadHash(payload: Ask['payload'], body: Buffer): string {
  if (payload === undefined) return createHash('sha256').update(body).digest('hex')
  if (typeof payload === 'string') return payload
  return 'chunks' in payload ? 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD' : payload.sha256
}

function split(body: Buffer, size: number): Buffer[] {
  const chunks: Buffer[] = []
  for (let at = 0; at < body.length; at += size) chunks.push(body.subarray(at, at + size))
  return chunks
}
