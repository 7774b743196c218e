import { emptyResponse, type S3Response } from '../message/s3-response.js'
import { checkWriteConditions, type ConditionHeader } from '../request/conditions.js'
import type { ServerContext } from '../request/context.js'
import { header, type S3Request } from '../request/s3-request.js'
import { S3Error } from '../s3/s3-error.js'
import type { ObjectRecord } from '../store/object-record.js'
import { etagOf } from './etag.js'
import { describedBy, taggedBy } from './object-description.js'
import { writtenHeaders } from './object-headers.js'
import { receivePayload } from './receive-payload.js'

/** PutObject. Conditions are checked before the body is read and again when it is stored; the second check decides. */
export async function putObject(request: S3Request, context: ServerContext): Promise<S3Response> {
  const bucket = context.store.bucket(request.bucket)
  checkKey(request.key)
  const condition = writeCondition(request, context)
  checkWriteConditions(bucket.current(request.key), request.key, condition)
  const description = describedBy(request)
  const tags = taggedBy(request)
  const { blob, md5, checksum } = await receivePayload(request, context, context.limits.defaultChecksum)
  const record: ObjectRecord = {
    ...description,
    key: request.key,
    versionId: bucket.nextVersionId(),
    deleteMarker: false,
    etag: etagOf(md5, bucket, description),
    sizeBytes: blob.sizeBytes,
    lastModified: context.now(),
    blobs: [blob],
    tags,
    ...(checksum === undefined ? {} : { checksum: { ...checksum, type: 'FULL_OBJECT' } }),
  }
  try {
    checkWriteConditions(bucket.current(request.key), request.key, condition)
  } catch (error) {
    blob.release()
    throw error
  }
  bucket.put(record)
  return emptyResponse(200, writtenHeaders(bucket, record))
}

/** @throws {S3Error} `KeyTooLongError` beyond 1,024 bytes of UTF-8 */
export function checkKey(key: string): void {
  if (key.length <= 341) return
  const size = Buffer.byteLength(key)
  if (size > 1024) throw new S3Error('KeyTooLongError', { fields: { Size: size, MaxSizeAllowed: 1024 } })
}

/** A write's condition headers. @throws {S3Error} `NotImplemented` if the store does not support them */
export function writeCondition(request: S3Request, context: ServerContext): ConditionHeader {
  const read: ConditionHeader = (name) => header(request, name)
  if (!context.limits.conditionalPut && (read('if-none-match') ?? read('if-match')) !== undefined) {
    throw new S3Error('NotImplemented', { fields: { Header: 'If-None-Match' } })
  }
  return read
}
