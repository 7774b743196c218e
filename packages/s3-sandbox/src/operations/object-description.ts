import { header, type S3Request } from '../request/s3-request.js'
import { decodeUri } from '../s3/uri.js'
import { S3Error } from '../s3/s3-error.js'
import { customerKeyOf } from './customer-key.js'
import { SYSTEM_HEADERS, type ObjectDescription } from '../store/object-record.js'

const METADATA_PREFIX = 'x-amz-meta-'
const MAX_METADATA_BYTES = 2048
const STORAGE_CLASSES = new Set(
  (
    'STANDARD REDUCED_REDUNDANCY STANDARD_IA ONEZONE_IA INTELLIGENT_TIERING GLACIER DEEP_ARCHIVE OUTPOSTS GLACIER_IR SNOW ' +
    'EXPRESS_ONEZONE FSX_OPENZFS'
  ).split(' '),
)
const TAG_TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u

/**
 * The description of an object in a PUT, copy or new upload. `aws-chunked` is framing and is not kept; the default type is
 * `binary/octet-stream`, as on S3.
 *
 * @throws {S3Error} `MetadataTooLarge`, `InvalidStorageClass`, and the errors of a customer-provided key
 */
export function describedBy(request: S3Request): ObjectDescription {
  const headers: Record<string, string> = {}
  for (const name of SYSTEM_HEADERS) {
    const value = header(request, name)
    if (value !== undefined && value !== '') headers[name] = value
  }
  headers['content-type'] ??= 'binary/octet-stream'
  if (!STORAGE_CLASSES.has(headers['x-amz-storage-class'] ?? 'STANDARD'))
    throw new S3Error('InvalidStorageClass')
  if (headers['x-amz-storage-class'] === 'STANDARD') delete headers['x-amz-storage-class']
  const encodings = headers['content-encoding']?.split(',').map((coding) => coding.trim())
  if (encodings?.includes('aws-chunked')) {
    const kept = encodings.filter((coding) => coding !== 'aws-chunked').join(',')
    if (kept === '') delete headers['content-encoding']
    else headers['content-encoding'] = kept
  }
  const customerKeyMd5 = customerKeyOf(request)
  return {
    headers,
    metadata: metadataOf(request),
    ...(customerKeyMd5 === undefined ? {} : { customerKeyMd5 }),
  }
}

/** What a copy inherits: everything but the storage class and the encryption, which the request determines. */
export function copiedDescription(source: ObjectDescription, asked: ObjectDescription): ObjectDescription {
  const headers = { ...source.headers }
  for (const name of ['x-amz-storage-class', 'x-amz-server-side-encryption']) {
    const value = asked.headers[name]
    if (value === undefined) delete headers[name]
    else headers[name] = value
  }
  const { customerKeyMd5 } = asked
  return { headers, metadata: source.metadata, ...(customerKeyMd5 === undefined ? {} : { customerKeyMd5 }) }
}

function metadataOf(request: S3Request): Record<string, string> {
  const metadata: Record<string, string> = {}
  let bytes = 0
  for (const name in request.headers) {
    if (!name.startsWith(METADATA_PREFIX)) continue
    const value = header(request, name) ?? ''
    metadata[name.slice(METADATA_PREFIX.length)] = value
    bytes += name.length - METADATA_PREFIX.length + value.length
  }
  if (bytes > MAX_METADATA_BYTES) {
    throw new S3Error('MetadataTooLarge', { fields: { Size: bytes, MaxSizeAllowed: MAX_METADATA_BYTES } })
  }
  return metadata
}

/** The tags of an `x-amz-tagging` header. @throws {S3Error} `InvalidArgument`, `InvalidTag` */
export function taggedBy(request: S3Request): Record<string, string> {
  const text = header(request, 'x-amz-tagging')
  if (text === undefined || text === '') return {}
  const pairs = text.split('&').map((pair): [string, string] => {
    const equals = pair.indexOf('=')
    const part = (from: number, to?: number): string => decodeUri(pair.slice(from, to).replaceAll('+', '%20'))
    return equals === -1 ? [part(0), ''] : [part(0, equals), part(equals + 1)]
  })
  return checkTags(pairs)
}

/** @throws {S3Error} `InvalidTag`, `BadRequest` for more than ten */
export function checkTags(pairs: readonly (readonly [string, string])[]): Record<string, string> {
  if (pairs.length > 10) throw new S3Error('BadRequest', { message: 'Object tags cannot be greater than 10' })
  const tags = new Map<string, string>()
  for (const [key, value] of pairs) {
    if (key === '' || key.length > 128 || !TAG_TEXT.test(key)) {
      throw new S3Error('InvalidTag', { message: 'The TagKey you have provided is invalid' })
    }
    if (value.length > 256 || !TAG_TEXT.test(value))
      throw new S3Error('InvalidTag', { message: 'The TagValue you have provided is invalid' })
    if (tags.has(key)) {
      throw new S3Error('InvalidTag', { message: 'Cannot provide multiple Tags with the same key' })
    }
    tags.set(key, value)
  }
  return Object.fromEntries(tags)
}
