import { decodeUri, encodeUri } from '../s3/uri.js'

interface SignedParts {
  method: string
  /** The path as sent. */
  rawPath: string
  /** Everything after the question mark, as sent. */
  rawQuery: string
  /** Values by lower-case name, as latin1 text. */
  headers: Readonly<Record<string, string | string[] | undefined>>
  signedHeaders: readonly string[]
  payloadHash: string
}

/**
 * The canonical request of SigV4 as S3 builds it: the path is encoded once and never normalised.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function canonicalRequest(parts: SignedParts): string {
  const headers = parts.signedHeaders.map((name) => `${name}:${headerValue(parts.headers[name])}\n`).join('')
  return [
    parts.method,
    encodeUri(decodeUri(parts.rawPath), true),
    canonicalQuery(parts.rawQuery),
    headers,
    parts.signedHeaders.join(';'),
    parts.payloadHash,
  ].join('\n')
}

function canonicalQuery(rawQuery: string): string {
  if (rawQuery === '') return ''
  const pairs: string[] = []
  for (const pair of rawQuery.split('&')) {
    if (pair === '') continue
    const equals = pair.indexOf('=')
    const name = recode(equals === -1 ? pair : pair.slice(0, equals))
    if (name === 'X-Amz-Signature') continue
    pairs.push(`${name}=${equals === -1 ? '' : recode(pair.slice(equals + 1))}`)
  }
  return pairs.length < 2 ? (pairs[0] ?? '') : pairs.sort().join('&')
}

function recode(text: string): string {
  return encodeUri(decodeUri(text.replaceAll('+', '%20')), false)
}

function headerValue(value: string | string[] | undefined): string {
  if (value === undefined) return ''
  const text = typeof value === 'string' ? value : value.join(',')
  return text.trim().replaceAll(/ {2,}/g, ' ')
}
