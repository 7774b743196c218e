import { S3Error } from '../s3/s3-error.js'
import type { Bucket } from '../store/bucket.js'
import type { ObjectRecord } from '../store/object-record.js'

const ARCHIVED = new Set(['GLACIER', 'DEEP_ARCHIVE'])

/**
 * The version of a key that a read names, or the latest.
 *
 * @throws {S3Error} `NoSuchKey`, `NoSuchVersion`, `MethodNotAllowed` for a delete marker named by its id
 */
export function findVersion(bucket: Bucket, key: string, versionId: string | undefined): ObjectRecord {
  if (versionId === undefined || versionId === '') {
    const newest = bucket.newest(key)
    if (newest !== undefined && !newest.deleteMarker) return newest
    const headers =
      newest === undefined ? {} : { 'x-amz-delete-marker': 'true', 'x-amz-version-id': newest.versionId }
    throw new S3Error('NoSuchKey', { fields: { Key: key }, headers })
  }
  const record = bucket.version(key, versionId)
  if (record === undefined && versionId !== 'null' && versionId.length < 16) {
    throw new S3Error('InvalidArgument', {
      message: 'Invalid version id specified',
      fields: { ArgumentName: 'versionId', ArgumentValue: versionId },
    })
  }
  if (record === undefined) {
    throw new S3Error('NoSuchVersion', { fields: { Key: key, VersionId: versionId } })
  }
  if (record.deleteMarker) {
    throw new S3Error('MethodNotAllowed', {
      headers: { 'x-amz-delete-marker': 'true', 'x-amz-version-id': versionId },
    })
  }
  return record
}

/** @throws {S3Error} `InvalidObjectState` if the bytes must be restored first */
export function checkReadable(record: ObjectRecord): void {
  const storageClass = record.headers['x-amz-storage-class'] ?? ''
  if (ARCHIVED.has(storageClass))
    throw new S3Error('InvalidObjectState', { fields: { StorageClass: storageClass } })
}
