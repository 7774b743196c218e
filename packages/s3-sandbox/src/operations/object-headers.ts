import type { S3Request } from '../request/s3-request.js'
import type { Dialect } from '../dialect/dialect.js'
import { writtenMetadata } from '../dialect/metadata-form.js'
import { header } from '../request/s3-request.js'
import type { Bucket } from '../store/bucket.js'
import type { ObjectDescription, ObjectRecord } from '../store/object-record.js'
import { customerKeyHeaders } from './customer-key.js'

type Headers = Record<string, string | number>

const OVERRIDES = [
  'content-type',
  'content-language',
  'expires',
  'cache-control',
  'content-disposition',
  'content-encoding',
] as const

/** The response headers of GET and HEAD, without length and range. */
export function objectHeaders(
  request: S3Request,
  bucket: Bucket,
  record: ObjectRecord,
  { metadataForm }: Dialect,
): Headers {
  const headers: Headers = {
    'last-modified': new Date(record.lastModified).toUTCString(),
    etag: `"${record.etag}"`,
    'accept-ranges': 'bytes',
    ...record.headers,
    ...customerKeyHeaders(record.customerKeyMd5),
  }
  for (const name in record.metadata) {
    headers[`x-amz-meta-${name}`] = writtenMetadata(record.metadata[name]!, metadataForm)
  }
  const tags = Object.keys(record.tags).length
  if (tags > 0) headers['x-amz-tagging-count'] = tags
  if (bucket.versioning !== 'Off') headers['x-amz-version-id'] = record.versionId
  if (header(request, 'x-amz-checksum-mode')?.toUpperCase() === 'ENABLED' && record.checksum !== undefined) {
    headers[`x-amz-checksum-${record.checksum.algorithm}`] = record.checksum.value
    headers['x-amz-checksum-type'] = record.checksum.type
  }
  for (const name of OVERRIDES) {
    const value = request.query.get(`response-${name}`)
    if (value !== undefined) headers[name] = value
  }
  return headers
}

/** The headers that describe the encryption. */
export function encryptionHeaders({ headers, customerKeyMd5 }: ObjectDescription): Record<string, string> {
  const encryption = headers['x-amz-server-side-encryption']
  return {
    ...(encryption === undefined ? {} : { 'x-amz-server-side-encryption': encryption }),
    ...customerKeyHeaders(customerKeyMd5),
  }
}

/** The response headers of a successful write. */
export function writtenHeaders(bucket: Bucket, record: ObjectRecord): Headers {
  const headers: Headers = {
    etag: `"${record.etag}"`,
    ...encryptionHeaders(record),
  }
  if (record.checksum !== undefined) {
    headers[`x-amz-checksum-${record.checksum.algorithm}`] = record.checksum.value
    headers['x-amz-checksum-type'] = record.checksum.type
  }
  if (bucket.versioning !== 'Off') headers['x-amz-version-id'] = record.versionId
  return headers
}
