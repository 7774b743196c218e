import { isDirectoryBucket } from '../s3/directory-bucket.js'
import { xmlResponse, type S3Response } from '../message/s3-response.js'
import type { ServerContext } from '../request/context.js'
import { header, type S3Request } from '../request/s3-request.js'
import { S3Error } from '../s3/s3-error.js'
import type { ObjectRecord } from '../store/object-record.js'
import type { XmlNode } from '../message/build-xml.js'
import { checkCustomerKey, customerKeyOf } from './customer-key.js'
import { findVersion } from './find-version.js'

const ATTRIBUTES = new Set(['ETag', 'Checksum', 'ObjectParts', 'StorageClass', 'ObjectSize'])

/** GetObjectAttributes: the attributes that the header `x-amz-object-attributes` names. */
export function getObjectAttributes(request: S3Request, context: ServerContext): S3Response {
  const bucket = context.store.bucket(request.bucket)
  if (!context.limits.objectAttributes) throw new S3Error('NotImplemented')
  const record = findVersion(bucket, request.key, request.query.get('versionId'))
  checkCustomerKey(record.customerKeyMd5, customerKeyOf(request))
  const asked = new Set(
    (header(request, 'x-amz-object-attributes') ?? '').split(',').map((name) => name.trim()),
  )
  if ([...asked].some((name) => !ATTRIBUTES.has(name))) {
    throw new S3Error('InvalidArgument', { message: 'Invalid attribute name specified.' })
  }
  return xmlResponse(
    'GetObjectAttributesResponse',
    {
      ...(asked.has('ETag') ? { ETag: record.etag } : {}),
      ...(asked.has('Checksum') ? { Checksum: checksum(record) } : {}),
      ...(asked.has('ObjectParts') ? { ObjectParts: parts(record, request) } : {}),
      ...(asked.has('StorageClass')
        ? { StorageClass: record.headers['x-amz-storage-class'] ?? 'STANDARD' }
        : {}),
      ...(asked.has('ObjectSize') ? { ObjectSize: record.sizeBytes } : {}),
    },
    { 'last-modified': new Date(record.lastModified).toUTCString() },
  )
}

function checksum(record: ObjectRecord): XmlNode | undefined {
  if (record.checksum === undefined) return undefined
  const { algorithm, value, type } = record.checksum
  return { [`Checksum${algorithm.toUpperCase()}`]: value.replace(/-\d+$/, ''), ChecksumType: type }
}

/** S3 lists individual parts only if they have checksums, or in a directory bucket; otherwise it returns their number. */
function parts(record: ObjectRecord, request: S3Request): XmlNode | undefined {
  if (record.parts === undefined) return undefined
  const marker = Number(header(request, 'x-amz-part-number-marker') ?? 0)
  const maxParts = Math.min(Number(header(request, 'x-amz-max-parts') ?? 1000), 1000)
  const total = { PartsCount: record.parts.length }
  const algorithm = record.checksum?.algorithm.toUpperCase()
  if (algorithm === undefined && !isDirectoryBucket(request.bucket)) return total
  const later = record.parts.filter(({ number }) => number > marker)
  const page = later.slice(0, maxParts)
  return {
    ...total,
    PartNumberMarker: marker,
    NextPartNumberMarker: page.at(-1)?.number ?? 0,
    MaxParts: maxParts,
    IsTruncated: later.length > page.length,
    Part: page.map(({ number, sizeBytes, checksum: value }) => ({
      PartNumber: number,
      Size: sizeBytes,
      ...(value === undefined ? {} : { [`Checksum${algorithm}`]: value }),
    })),
  }
}
