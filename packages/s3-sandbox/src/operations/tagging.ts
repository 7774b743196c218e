import { emptyResponse, xmlResponse, type S3Response } from '../message/s3-response.js'
import type { ServerContext } from '../request/context.js'
import { readText } from './read-text.js'
import type { S3Request } from '../request/s3-request.js'
import { childElements, childText, parseXml } from '../message/parse-xml.js'
import { findVersion } from './find-version.js'
import { checkTags } from './object-description.js'

export function getObjectTagging(request: S3Request, context: ServerContext): S3Response {
  const bucket = context.store.bucket(request.bucket)
  const record = findVersion(bucket, request.key, request.query.get('versionId'))
  const tags = Object.entries(record.tags).map(([Key, Value]) => ({ Key, Value }))
  return xmlResponse(
    'Tagging',
    { TagSet: { Tag: tags } },
    bucket.versioning === 'Off' ? {} : { 'x-amz-version-id': record.versionId },
  )
}

export async function putObjectTagging(request: S3Request, context: ServerContext): Promise<S3Response> {
  const bucket = context.store.bucket(request.bucket)
  const asked = parseXml(await readText(request), 'Tagging')
  const elements = childElements(asked, 'TagSet').flatMap((set) => childElements(set, 'Tag'))
  const tags = checkTags(elements.map((tag) => [childText(tag, 'Key') ?? '', childText(tag, 'Value') ?? '']))
  bucket.setTags(findVersion(bucket, request.key, request.query.get('versionId')), tags)
  return emptyResponse(200)
}

export function deleteObjectTagging(request: S3Request, context: ServerContext): S3Response {
  const bucket = context.store.bucket(request.bucket)
  bucket.setTags(findVersion(bucket, request.key, request.query.get('versionId')), {})
  return emptyResponse(204)
}
