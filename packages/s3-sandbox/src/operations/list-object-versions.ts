import { xmlResponse, type S3Response } from '../message/s3-response.js'
import type { ServerContext } from '../request/context.js'
import type { S3Request } from '../request/s3-request.js'
import { listPage } from '../store/list-page.js'
import type { XmlNode } from '../message/build-xml.js'
import { listedFields, listingOf } from './list-objects.js'

const OWNER = { ID: 'sandbox', DisplayName: 'sandbox' }

/**
 * ListObjectVersions: every version and delete marker, newest first within a key. A page ends between keys, so it may contain more entries
 * than `max-keys` if a key has many versions.
 */
export function listObjectVersions(request: S3Request, context: ServerContext): S3Response {
  const bucket = context.store.bucket(request.bucket)
  const { prefix, delimiter, maxKeys, encode, encodingElement } = listingOf(request, context)
  const marker = request.query.get('key-marker') ?? ''
  const page = listPage(bucket.keysInOrder(), { prefix, delimiter, after: marker, maxKeys })
  const versions: XmlNode[] = []
  const markers: XmlNode[] = []
  for (const key of page.keys) {
    for (const [index, record] of bucket.versionsOf(key).entries()) {
      const fields = { Key: encode(key), VersionId: record.versionId, IsLatest: index === 0 }
      if (record.deleteMarker) {
        markers.push({ ...fields, LastModified: new Date(record.lastModified).toISOString(), Owner: OWNER })
      } else versions.push({ ...fields, ...listedFields(record), Owner: OWNER })
    }
  }
  return xmlResponse('ListVersionsResult', {
    Name: bucket.name,
    Prefix: encode(prefix),
    KeyMarker: encode(marker),
    ...(page.next === null ? {} : { NextKeyMarker: encode(page.next) }),
    MaxKeys: maxKeys,
    ...(delimiter === '' ? {} : { Delimiter: encode(delimiter) }),
    ...encodingElement,
    IsTruncated: page.next !== null,
    Version: versions,
    DeleteMarker: markers,
    CommonPrefixes: page.commonPrefixes.map((text) => ({ Prefix: encode(text) })),
  })
}
