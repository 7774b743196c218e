import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { RequestRecord } from '../log/request-record.js'
import { S3Error } from '../s3/s3-error.js'
import type { RequestTarget } from '../s3/request-target.js'
import { AS_S3, hasHeader, type Dialect } from './dialect.js'
import { keptEtag } from './etag-form.js'

/** A request unchanged. */
interface Received {
  message: Pick<IncomingMessage, 'headers'>
  record: RequestRecord
  target: RequestTarget
}

const CONDITIONS = [
  'if-match',
  'if-none-match',
  'x-amz-copy-source-if-match',
  'x-amz-copy-source-if-none-match',
] as const
const TAGGING = new Set(['GetObjectTagging', 'PutObjectTagging', 'DeleteObjectTagging'])
const UPLOADS: Readonly<Record<string, string>> = { PutObject: 'Put Object', UploadPart: 'Put Part' }
const PUBLIC = new Set(['GetObject', 'HeadObject', 'ListObjects', 'ListObjectsV2', 'HeadBucket'])

/**
 * A request's headers as a store with this dialect interprets them.
 *
 * @throws {S3Error} `NotImplemented`, `InvalidRequest` for what it refuses
 */
export function headersInDialect({ message, record }: Received, dialect: Dialect): IncomingHttpHeaders {
  if (dialect === AS_S3) return message.headers
  const { refuses = [], ignores = [], tags = 'kept', metadata = 'kept', etags = 'lower-case' } = dialect
  if (tags === 'refused' && TAGGING.has(record.operation)) throw new S3Error('NotImplemented')
  const headers: IncomingHttpHeaders = {}
  for (const [name, value] of Object.entries(message.headers)) {
    const text = String(value)
    if (hasHeader(refuses, name, text, record) || (tags === 'refused' && name === 'x-amz-tagging')) {
      throw new S3Error('NotImplemented', { fields: { Header: name } })
    }
    if (hasHeader(ignores, name, text, record)) continue
    if (tags === 'dropped' && name === 'x-amz-tagging') continue
    if (metadata === 'dropped' && name.startsWith('x-amz-meta-')) continue
    headers[name] = value
  }
  for (const name of CONDITIONS) {
    const sent = headers[name]
    if (typeof sent === 'string') headers[name] = keptEtag(sent, etags)
  }
  if (dialect.checksums === 'required') requireChecksum(record.operation, headers)
  return headers
}

/** Whether a request is allowed without a signature: an unsigned read of a public bucket. */
export function isPublic({ message, record, target }: Received, { publicBuckets = [] }: Dialect): boolean {
  return (
    message.headers.authorization === undefined &&
    !target.query.has('X-Amz-Algorithm') &&
    PUBLIC.has(record.operation) &&
    publicBuckets.includes(target.bucket ?? '')
  )
}

/** The path of a request target with consecutive slashes merged. */
export function mergedSlashes(requestTarget: string): string {
  const mark = requestTarget.indexOf('?')
  const path = mark === -1 ? requestTarget : requestTarget.slice(0, mark)
  return path.replaceAll(/\/{2,}/g, '/') + (mark === -1 ? '' : requestTarget.slice(mark))
}

/** A key as a file path: consecutive slashes merged, the first one removed. */
export function keyAsPath(key: string): string {
  return key.replaceAll(/\/{2,}/g, '/').replace(/^\//, '')
}

function requireChecksum(operation: string, headers: IncomingHttpHeaders): void {
  const upload = UPLOADS[operation]
  if (upload === undefined || headers['content-md5'] !== undefined) return
  if (String(headers['x-amz-trailer'] ?? '').startsWith('x-amz-checksum-')) return
  if (Object.keys(headers).some((name) => /^x-amz-checksum-(crc|sha)/.test(name))) return
  throw new S3Error('InvalidRequest', {
    message: `Content-MD5 OR x-amz-checksum- HTTP header is required for ${upload} requests with Object Lock parameters`,
  })
}
