import type { IncomingHttpHeaders } from 'node:http'
import { S3Error } from '../s3/s3-error.js'
import { parseAuthorizationHeader, parseAuthorizationQuery, type Authorization } from './authorization.js'
import { canonicalRequest } from './canonical-request.js'
import { hmacHex, parseAmzDate, sha256Hex, signingKey } from './signing.js'

export interface Credentials {
  accessKeyId: string
  secretAccessKey: string
  /** If set, requests must carry it. */
  sessionToken?: string
}

export interface AuthorizationOptions {
  /** Null accepts every request, signed or not. */
  credentials: Credentials | null
  /** The region that scopes must name. */
  region: string
  /** The service that scopes must name; default `s3`. */
  service?: 's3' | 's3express'
  /** The header of a session token; default `x-amz-security-token`. */
  tokenHeader?: string
  /** Unix milliseconds by the server's clock. */
  now: number
}

export interface RequestToVerify {
  method: string
  /** The request target as sent. */
  target: string
  query: ReadonlyMap<string, string>
  headers: IncomingHttpHeaders
}

/** The parts of the request's signature that decoding its body needs. */
export interface VerifiedRequest {
  /** `x-amz-content-sha256`, or `UNSIGNED-PAYLOAD` if there is none. */
  payloadHash: string
  signature: string
  amzDate: string
  scope: string
  key: Buffer | null
}

const MAX_SKEW_MS = 15 * 60_000

/**
 * Checks a SigV4 signature (header or presigned) as S3 does, in S3's order.
 *
 * @throws {S3Error} `AccessDenied`, `InvalidAccessKeyId`, `InvalidToken`, `AuthorizationHeaderMalformed`,
 * `RequestTimeTooSkewed`, `SignatureDoesNotMatch`, `InvalidRequest`.
 */
export function verifyRequest(request: RequestToVerify, options: AuthorizationOptions): VerifiedRequest {
  const { headers, query } = request
  const { credentials } = options
  const contentHash = header(headers, 'x-amz-content-sha256')
  if (credentials === null) {
    return {
      payloadHash: contentHash ?? 'UNSIGNED-PAYLOAD',
      signature: '',
      amzDate: '',
      scope: '',
      key: null,
    }
  }
  const presigned = headers.authorization === undefined ? parseAuthorizationQuery(query) : null
  if (headers.authorization === undefined && presigned === null) throw new S3Error('AccessDenied')
  const authorization = presigned ?? parseAuthorizationHeader(headers.authorization!)
  checkIdentity(
    authorization,
    credentials,
    header(headers, options.tokenHeader ?? 'x-amz-security-token') ?? query.get('X-Amz-Security-Token'),
  )
  checkScope(authorization, options.region, options.service ?? 's3')

  const amzDate = presigned === null ? dateOf(headers) : (query.get('X-Amz-Date') ?? '')
  checkTime(amzDate, authorization, options.now)
  if (presigned === null && contentHash === undefined) {
    throw new S3Error('InvalidRequest', {
      message: 'Missing required header for this request: x-amz-content-sha256',
    })
  }
  const payloadHash = contentHash ?? 'UNSIGNED-PAYLOAD'
  checkHeadersSigned(headers, authorization.signedHeaders)

  const scope = `${authorization.date}/${authorization.region}/${authorization.service}/aws4_request`
  const key = signingKey(
    credentials.secretAccessKey,
    authorization.date,
    authorization.region,
    authorization.service,
  )
  const mark = request.target.indexOf('?')
  const canonical = canonicalRequest({
    method: request.method,
    rawPath: (mark === -1 ? request.target : request.target.slice(0, mark)).replace(/^https?:\/\/[^/]*/, ''),
    rawQuery: mark === -1 ? '' : request.target.slice(mark + 1),
    headers,
    signedHeaders: authorization.signedHeaders,
    payloadHash,
  })
  const stringToSign = `AWS4-HMAC-SHA256\n${amzDate}\n${scope}\n${sha256Hex(canonical)}`
  if (hmacHex(key, stringToSign) !== authorization.signature) {
    throw new S3Error('SignatureDoesNotMatch', {
      fields: {
        AWSAccessKeyId: authorization.accessKeyId,
        StringToSign: stringToSign,
        SignatureProvided: authorization.signature,
        CanonicalRequest: canonical,
      },
    })
  }
  return { payloadHash, signature: authorization.signature, amzDate, scope, key }
}

function checkIdentity(
  authorization: Authorization,
  credentials: Credentials,
  token: string | undefined,
): void {
  if (authorization.accessKeyId !== credentials.accessKeyId) {
    throw new S3Error('InvalidAccessKeyId', { fields: { AWSAccessKeyId: authorization.accessKeyId } })
  }
  if (token !== credentials.sessionToken) throw new S3Error('InvalidToken')
}

function checkScope(authorization: Authorization, region: string, service: string): void {
  if (authorization.region === region && authorization.service === service) return
  const wrong =
    authorization.region === region
      ? `incorrect service "${authorization.service}". This endpoint belongs to "${service}".`
      : `the region '${authorization.region}' is wrong; expecting '${region}'`
  throw new S3Error('AuthorizationHeaderMalformed', {
    message: `The authorization header is malformed; ${wrong}`,
    fields: { Region: region },
    headers: { 'x-amz-bucket-region': region },
  })
}

function dateOf(headers: IncomingHttpHeaders): string {
  const amzDate = header(headers, 'x-amz-date')
  if (amzDate !== undefined) return amzDate
  const date = headers.date === undefined ? Number.NaN : Date.parse(headers.date)
  if (Number.isNaN(date)) return ''
  return `${new Date(date).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`
}

function checkTime(amzDate: string, authorization: Authorization, now: number): void {
  const time = parseAmzDate(amzDate)
  if (time === null) {
    throw new S3Error('AccessDenied', {
      message: 'AWS authentication requires a valid Date or x-amz-date header',
    })
  }
  const ageMs = now - time
  if (authorization.expiresSeconds !== undefined) {
    if (ageMs > authorization.expiresSeconds * 1000) {
      throw new S3Error('AccessDenied', { message: 'Request has expired' })
    }
    if (ageMs < -MAX_SKEW_MS) throw new S3Error('AccessDenied', { message: 'Request is not yet valid' })
  } else if (Math.abs(ageMs) > MAX_SKEW_MS) {
    throw new S3Error('RequestTimeTooSkewed', {
      fields: {
        RequestTime: amzDate,
        ServerTime: `${new Date(now).toISOString().slice(0, 19)}Z`,
        MaxAllowedSkewMilliseconds: MAX_SKEW_MS,
      },
    })
  }
  if (!amzDate.startsWith(authorization.date)) {
    throw new S3Error('SignatureDoesNotMatch', {
      message: `Invalid credential date "${authorization.date}". This date is not the same as X-Amz-Date: "${amzDate.slice(0, 8)}".`,
    })
  }
}

/** Everything that S3 acts on must be signed: the host and every `x-amz-` header. */
function checkHeadersSigned(headers: IncomingHttpHeaders, signedHeaders: readonly string[]): void {
  for (const name in headers) {
    if ((name === 'host' || name.startsWith('x-amz-')) && !signedHeaders.includes(name)) {
      // Only the hash of a presigned request's body may be sent unsigned.
      if (name === 'x-amz-content-sha256') continue
      throw new S3Error('AccessDenied', {
        message: 'There were headers present in the request which were not signed',
        fields: { HeadersNotSigned: name },
      })
    }
  }
}

function header(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' ? value : value?.[0]
}
