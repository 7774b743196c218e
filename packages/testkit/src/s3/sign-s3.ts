import { createHash, createHmac } from 'node:crypto'
import type { StoreEndpoint } from './store-endpoint.js'

export interface ToSign {
  method: string
  /** The request target as it will be sent: escaped path and query. */
  target: string
  /** By lower-case name; `host` and `x-amz-content-sha256` included. */
  headers: Record<string, string>
  /** Unix milliseconds; default now. */
  time?: number
}

export interface SignatureSeed {
  amzDate: string
  scope: string
  key: Buffer
  signature: string
}

/**
 * Signs a request with SigV4 as S3 wants it, taking the target as it is. Returns the headers to send and what signed chunks
 * go on from. Written apart from any client, so that a server can be asked what no client would ask.
 */
export function signS3(
  endpoint: Pick<StoreEndpoint, 'accessKeyId' | 'secretAccessKey' | 'region'>,
  request: ToSign,
): { headers: Record<string, string>; seed: SignatureSeed } {
  const amzDate = amzDateOf(request.time ?? Date.now())
  const headers: Record<string, string> = { ...request.headers, 'x-amz-date': amzDate }
  const names = Object.keys(headers).sort()
  const mark = request.target.indexOf('?')
  const [path, query] =
    mark === -1 ? [request.target, ''] : [request.target.slice(0, mark), request.target.slice(mark + 1)]
  const canonical = [
    request.method,
    path,
    query
      .split('&')
      .map((pair) => (pair === '' || pair.includes('=') ? pair : `${pair}=`))
      .sort()
      .join('&'),
    ...names.map((name) => `${name}:${headers[name]!.trim().replaceAll(/ +/g, ' ')}`),
    '',
    names.join(';'),
    headers['x-amz-content-sha256'] ?? 'UNSIGNED-PAYLOAD',
  ].join('\n')
  const scope = `${amzDate.slice(0, 8)}/${endpoint.region}/s3/aws4_request`
  const key = [amzDate.slice(0, 8), endpoint.region, 's3', 'aws4_request'].reduce<Buffer>(
    (secret, part) => hmac(secret, part),
    Buffer.from(`AWS4${endpoint.secretAccessKey}`),
  )
  const text = `AWS4-HMAC-SHA256\n${amzDate}\n${scope}\n${createHash('sha256').update(canonical, 'latin1').digest('hex')}`
  const signature = hmac(key, text).toString('hex')
  headers['authorization'] =
    `AWS4-HMAC-SHA256 Credential=${endpoint.accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`
  return { headers, seed: { amzDate, scope, key, signature } }
}

/** A body in signed chunks, as `STREAMING-AWS4-HMAC-SHA256-PAYLOAD` announces it. */
export function signedChunks(seed: SignatureSeed, chunks: readonly Buffer[]): Buffer {
  let previous = seed.signature
  const framed = [...chunks, Buffer.alloc(0)].map((chunk) => {
    const text = [
      'AWS4-HMAC-SHA256-PAYLOAD',
      seed.amzDate,
      seed.scope,
      previous,
      createHash('sha256').digest('hex'),
      createHash('sha256').update(chunk).digest('hex'),
    ].join('\n')
    previous = hmac(seed.key, text).toString('hex')
    const head = Buffer.from(`${chunk.length.toString(16)};chunk-signature=${previous}\r\n`)
    return Buffer.concat([head, chunk, Buffer.from('\r\n')])
  })
  return Buffer.concat(framed)
}

/** A presigned target, valid for `expiresSeconds`. */
export function presignS3(
  endpoint: StoreEndpoint,
  request: { method: string; target: string; expiresSeconds?: number; time?: number },
): string {
  const amzDate = amzDateOf(request.time ?? Date.now())
  const scope = `${amzDate.slice(0, 8)}/${endpoint.region}/s3/aws4_request`
  const parameters = [
    'X-Amz-Algorithm=AWS4-HMAC-SHA256',
    `X-Amz-Credential=${encodeURIComponent(`${endpoint.accessKeyId}/${scope}`)}`,
    `X-Amz-Date=${amzDate}`,
    `X-Amz-Expires=${request.expiresSeconds ?? 300}`,
    'X-Amz-SignedHeaders=host',
  ].join('&')
  const canonical = [
    request.method,
    request.target,
    parameters,
    `host:${new URL(endpoint.url).host}`,
    '',
    'host',
    'UNSIGNED-PAYLOAD',
  ].join('\n')
  const key = [amzDate.slice(0, 8), endpoint.region, 's3', 'aws4_request'].reduce<Buffer>(
    (secret, part) => hmac(secret, part),
    Buffer.from(`AWS4${endpoint.secretAccessKey}`),
  )
  const text = `AWS4-HMAC-SHA256\n${amzDate}\n${scope}\n${createHash('sha256').update(canonical).digest('hex')}`
  return `${request.target}?${parameters}&X-Amz-Signature=${hmac(key, text).toString('hex')}`
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

function amzDateOf(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`
}
