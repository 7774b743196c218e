import type { IncomingHttpHeaders } from 'node:http'
import { parseAuthorizationHeader } from '../auth/authorization.js'
import {
  verifyRequest,
  type Credentials,
  type VerifiedRequest,
  type AuthorizationOptions,
} from '../auth/verify-request.js'
import { headersInDialect, isPublic, keyAsPath, mergedSlashes } from '../dialect/request-form.js'
import { responseInDialect } from '../dialect/response-form.js'
import { isDirectoryBucket } from '../s3/directory-bucket.js'
import { alteredRequest } from './alter-request.js'
import { HANDLERS } from '../operations/handlers.js'
import { S3Error } from '../s3/s3-error.js'
import type { Shaper } from '../shape/shaper.js'
import { emptyResponse, type S3Response } from '../message/s3-response.js'
import type { ServerContext } from '../request/context.js'
import type { ServerExchange } from './exchange.js'
import { incomingBody } from './incoming-body.js'
import type { Operation } from '../s3/operation.js'
import { isChunkedPayload, requestBody } from '../request/request-body.js'
import type { S3Request } from '../request/s3-request.js'

interface OperationParts {
  context: ServerContext
  credentials: () => Credentials | null
  shaper: Shaper
}

/** Verifies a request and executes it. @throws {S3Error} any error of the request */
export async function serveOperation(exchange: ServerExchange, parts: OperationParts): Promise<S3Response> {
  const { message, record, target } = exchange
  const { context } = parts
  const dialect = context.dialect()
  const region = context.store.buckets.get(target.bucket ?? '')?.region ?? context.region
  const signedTarget = dialect.slashes === 'merged' ? mergedSlashes(record.target) : record.target
  const verified = verifyRequest(
    { method: record.method, target: signedTarget, query: target.query, headers: message.headers },
    {
      ...(isPublic(exchange, dialect) ? { credentials: null } : whoMayAsk(exchange, parts)),
      region,
      now: context.now(),
    },
  )
  const headers = headersInDialect(exchange, dialect)
  if (!context.limits.chunkedBodies && isChunkedPayload(message)) {
    throw new S3Error('NotImplemented', { fields: { Header: 'x-amz-content-sha256' } })
  }
  const operation = record.operation as Operation
  const request = alteredRequest(requestOf(exchange, operation, headers, verified, parts.shaper))
  if (dialect.slashes !== undefined && dialect.slashes !== 'kept') request.key = keyAsPath(request.key)
  if (dialect.tags === 'dropped' && operation === 'PutObjectTagging') return emptyResponse(200)
  return responseInDialect(await HANDLERS[operation](request, context), request, dialect)
}

/** The account; for a directory bucket, which uses session keys, the session. */
function whoMayAsk(
  { message, record, target }: ServerExchange,
  { context, credentials }: OperationParts,
): Pick<AuthorizationOptions, 'credentials' | 'service' | 'tokenHeader'> {
  const account = credentials()
  if (account === null || target.bucket === null || !isDirectoryBucket(target.bucket))
    return { credentials: account }
  if (record.operation === 'CreateSession') return { credentials: account, service: 's3express' }
  const { authorization } = message.headers
  if (authorization === undefined) return { credentials: account, service: 's3express' }
  const { accessKeyId } = parseAuthorizationHeader(authorization)
  const session = context.sessions.find(accessKeyId, target.bucket, context.now())
  return { credentials: session, service: 's3express', tokenHeader: 'x-amz-s3session-token' }
}

function requestOf(
  exchange: ServerExchange,
  operation: Operation,
  headers: IncomingHttpHeaders,
  verified: VerifiedRequest,
  shaper: Shaper,
): S3Request {
  const { message, record, target } = exchange
  return {
    id: record.id,
    method: record.method,
    operation,
    rawPath: target.rawPath,
    bucket: target.bucket ?? '',
    key: target.key ?? '',
    query: target.query,
    headers,
    faults: exchange.applied.map(({ action }) => action),
    ...requestBody(message, incomingBody(exchange, shaper), verified),
  }
}
