import { emptyResponse, type S3Response } from '../message/s3-response.js'
import { checkWriteConditions } from '../request/conditions.js'
import type { ServerContext } from '../request/context.js'
import { header, type S3Request } from '../request/s3-request.js'
import type { Bucket } from '../store/bucket.js'
import type { ObjectRecord } from '../store/object-record.js'

interface Deletion {
  /** The deleted version, or the new delete marker. */
  versionId?: string
  deleteMarker: boolean
}

/** DeleteObject: a missing object counts as deleted. */
export function deleteObject(request: S3Request, context: ServerContext): S3Response {
  const bucket = context.store.bucket(request.bucket)
  const ifMatch = header(request, 'if-match')
  if (ifMatch !== undefined) {
    checkWriteConditions(bucket.current(request.key), request.key, (name) =>
      name === 'if-match' ? ifMatch : undefined,
    )
  }
  const { versionId, deleteMarker } = removeKey(
    bucket,
    request.key,
    request.query.get('versionId'),
    context.now(),
  )
  return emptyResponse(204, {
    ...(versionId === undefined ? {} : { 'x-amz-version-id': versionId }),
    ...(deleteMarker ? { 'x-amz-delete-marker': 'true' } : {}),
  })
}

/** Removes a version permanently, or the key: permanently without versioning, by a marker with it. */
export function removeKey(bucket: Bucket, key: string, versionId: string | undefined, now: number): Deletion {
  if (versionId !== undefined && versionId !== '') {
    const record = bucket.version(key, versionId)
    if (record !== undefined) bucket.remove(record)
    return { versionId, deleteMarker: record?.deleteMarker ?? false }
  }
  if (bucket.versioning === 'Off') {
    const record = bucket.newest(key)
    if (record !== undefined) bucket.remove(record)
    return { deleteMarker: false }
  }
  const marker: ObjectRecord = {
    key,
    versionId: bucket.nextVersionId(),
    deleteMarker: true,
    etag: '',
    sizeBytes: 0,
    lastModified: now,
    blobs: [],
    tags: {},
    headers: {},
    metadata: {},
  }
  bucket.put(marker)
  return { versionId: marker.versionId, deleteMarker: true }
}
