import { S3Error } from '../s3/s3-error.js'

/** A client's signature, from the header or (presigned) from the query. */
export interface Authorization {
  accessKeyId: string
  /** `yyyymmdd` of the scope. */
  date: string
  region: string
  service: string
  /** Lower-case names, in order. */
  signedHeaders: readonly string[]
  signature: string
  /** Seconds; only for presigned requests. */
  expiresSeconds?: number
}

const ALGORITHM = 'AWS4-HMAC-SHA256'

/** @throws {S3Error} `AuthorizationHeaderMalformed`, or `InvalidRequest` for another mechanism than SigV4. */
export function parseAuthorizationHeader(header: string): Authorization {
  if (!header.startsWith(`${ALGORITHM} `)) {
    throw new S3Error('InvalidRequest', {
      message: 'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.',
    })
  }
  const fields = new Map<string, string>()
  for (const field of header.slice(ALGORITHM.length).split(',')) {
    const equals = field.indexOf('=')
    if (equals > 0) fields.set(field.slice(0, equals).trim(), field.slice(equals + 1).trim())
  }
  const scope = parseScope(fields.get('Credential') ?? '')
  const signedHeaders = fields.get('SignedHeaders')
  const signature = fields.get('Signature')
  if (scope === null || !signedHeaders || !signature) throw new S3Error('AuthorizationHeaderMalformed')
  return { ...scope, signedHeaders: signedHeaders.toLowerCase().split(';'), signature }
}

/** Null if the query carries no signature. @throws {S3Error} `AuthorizationQueryParametersError` */
export function parseAuthorizationQuery(query: ReadonlyMap<string, string>): Authorization | null {
  if (!query.has('X-Amz-Algorithm') && !query.has('X-Amz-Signature')) return null
  const scope = parseScope(query.get('X-Amz-Credential') ?? '')
  const signedHeaders = query.get('X-Amz-SignedHeaders')
  const signature = query.get('X-Amz-Signature')
  const expiresSeconds = Number(query.get('X-Amz-Expires') ?? Number.NaN)
  const complete = scope !== null && signedHeaders && signature && query.get('X-Amz-Algorithm') === ALGORITHM
  if (!complete || !Number.isInteger(expiresSeconds)) {
    throw new S3Error('AuthorizationQueryParametersError', {
      message:
        'Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, ' +
        'X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.',
    })
  }
  if (expiresSeconds < 1 || expiresSeconds > 604_800) {
    throw new S3Error('AuthorizationQueryParametersError', {
      message:
        'X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds',
    })
  }
  return { ...scope, signedHeaders: signedHeaders.toLowerCase().split(';'), signature, expiresSeconds }
}

/** `AKID/20260101/us-east-1/s3/aws4_request`; an access key may contain slashes. */
function parseScope(credential: string): Omit<Authorization, 'signedHeaders' | 'signature'> | null {
  const parts = credential.split('/')
  const [date, region, service, terminator] = parts.slice(-4)
  const accessKeyId = parts.slice(0, -4).join('/')
  if (!accessKeyId || !/^\d{8}$/.test(date ?? '') || terminator !== 'aws4_request') return null
  return { accessKeyId, date: date!, region: region!, service: service! }
}
