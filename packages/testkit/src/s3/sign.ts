import aws4 from 'aws4'
import type { StoreEndpoint } from './store-endpoint.js'

interface ToSign {
  method: string
  /** The request target as it will be sent: escaped path and query. */
  target: string
  /** By lower-case name; `host` included, and `x-amz-content-sha256` unless the payload is not signed. */
  headers: Record<string, string>
  /** Unix milliseconds; default now. */
  time?: number | undefined
}

/**
 * Signs a request for S3 with Signature Version 4. Returns the headers to send. Characters of a header value are the bytes on the wire, as
 * in Node; their text in UTF-8 is what is signed.
 */
export function signS3(endpoint: StoreEndpoint, request: ToSign): Record<string, string> {
  const { region, sessionToken } = endpoint
  const headers: Record<string, string> = {
    'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
    'x-amz-date': amzDateOf(request.time),
    ...(sessionToken === undefined ? {} : { 'x-amz-security-token': sessionToken }),
    ...request.headers,
  }
  const asText = Object.entries(headers).map(([name, value]) => [
    name,
    Buffer.from(value, 'latin1').toString(),
  ])
  const toSign = { service: 's3', region, method: request.method, path: request.target }
  const signed = aws4.sign(
    { ...toSign, headers: Object.fromEntries(asText) as Record<string, string> },
    endpoint,
  )
  return { ...headers, authorization: String(signed.headers!['Authorization']) }
}

/** A presigned target, valid for `expiresSeconds` (default 300). */
export function presignS3(
  endpoint: StoreEndpoint,
  { method, target, expiresSeconds = 300, time }: Omit<ToSign, 'headers'> & { expiresSeconds?: number },
): string {
  const query = `X-Amz-Expires=${expiresSeconds}&X-Amz-Date=${amzDateOf(time)}`
  const { region, url } = endpoint
  const request = {
    service: 's3',
    region,
    method,
    host: new URL(url).host,
    path: `${target}?${query}`,
    signQuery: true,
  }
  return new aws4.RequestSigner(request, endpoint).sign().path!
}

function amzDateOf(time = Date.now()): string {
  return `${new Date(time).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`
}
