import { xmlResponse, type S3Response } from '../message/s3-response.js'
import type { ServerContext } from '../request/context.js'
import { readText } from './read-text.js'
import { header, type S3Request } from '../request/s3-request.js'
import { CHECKSUM_ALGORITHMS } from '../checksum/algorithms.js'
import { S3Error } from '../s3/s3-error.js'
import { childElements, childText, parseXml } from '../message/parse-xml.js'
import { removeKey } from './delete-object.js'

/** DeleteObjects: up to 1,000 keys in one request; a digest of the body is required. */
export async function deleteObjects(request: S3Request, context: ServerContext): Promise<S3Response> {
  const bucket = context.store.bucket(request.bucket)
  const digests = [
    'content-md5',
    'x-amz-trailer',
    ...CHECKSUM_ALGORITHMS.map((name) => `x-amz-checksum-${name}`),
  ]
  if (digests.every((name) => header(request, name) === undefined)) {
    throw new S3Error('InvalidRequest', { message: 'Missing required header for this request: Content-MD5' })
  }
  const asked = parseXml(await readText(request), 'Delete')
  const objects = childElements(asked, 'Object')
  const quiet = childText(asked, 'Quiet')?.trim() === 'true'
  if (objects.length === 0 || objects.length > 1000) throw new S3Error('MalformedXML')
  const deleted = objects.map((element) => {
    const key = childText(element, 'Key') ?? ''
    if (key === '') throw new S3Error('MalformedXML')
    const asksVersion = childText(element, 'VersionId')
    const { versionId, deleteMarker } = removeKey(bucket, key, asksVersion, context.now())
    return {
      Key: key,
      ...(asksVersion === undefined ? {} : { VersionId: asksVersion }),
      ...(deleteMarker ? { DeleteMarker: true, DeleteMarkerVersionId: versionId } : {}),
    }
  })
  return xmlResponse('DeleteResult', quiet ? {} : { Deleted: deleted })
}
