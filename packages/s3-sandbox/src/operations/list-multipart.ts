import { xmlResponse, type S3Response } from '../message/s3-response.js'
import type { ServerContext } from '../request/context.js'
import type { S3Request } from '../request/s3-request.js'
import { compareKeys } from '../store/compare-keys.js'
import type { OpenUpload } from '../store/multipart-upload.js'
import { listingOf } from './list-objects.js'
import { findUpload } from './multipart.js'

const OWNER = { ID: 'sandbox', DisplayName: 'sandbox' }

/** ListParts: the parts of an upload that have arrived. */
export function listParts(request: S3Request, context: ServerContext): S3Response {
  const bucket = context.store.bucket(request.bucket)
  const upload = findUpload(bucket, request)
  const { maxKeys, encode, encodingElement } = listingOf(request, context, 'max-parts')
  const marker = Number(request.query.get('part-number-marker') || 0)
  const later = [...upload.parts.values()]
    .filter(({ number }) => number > marker)
    .sort((a, b) => a.number - b.number)
  const page = later.slice(0, maxKeys)
  const algorithm = upload.checksumAlgorithm?.toUpperCase()
  return xmlResponse('ListPartsResult', {
    Bucket: bucket.name,
    Key: encode(upload.key),
    UploadId: upload.id,
    Initiator: OWNER,
    Owner: OWNER,
    StorageClass: upload.headers['x-amz-storage-class'] ?? 'STANDARD',
    PartNumberMarker: marker,
    NextPartNumberMarker: page.at(-1)?.number ?? 0,
    MaxParts: maxKeys,
    ...encodingElement,
    IsTruncated: later.length > page.length,
    ...(algorithm === undefined ? {} : { ChecksumAlgorithm: algorithm, ChecksumType: upload.checksumType }),
    Part: page.map((part) => ({
      PartNumber: part.number,
      LastModified: new Date(part.lastModified).toISOString(),
      ETag: `"${part.etag}"`,
      Size: part.sizeBytes,
      ...(algorithm === undefined || part.checksum === undefined
        ? {}
        : { [`Checksum${algorithm}`]: part.checksum }),
    })),
  })
}

/** ListMultipartUploads: by key, then by start time. */
export function listMultipartUploads(request: S3Request, context: ServerContext): S3Response {
  const bucket = context.store.bucket(request.bucket)
  const { prefix, delimiter, maxKeys, encode, encodingElement } = listingOf(request, context, 'max-uploads')
  const keyMarker = request.query.get('key-marker') ?? ''
  const idMarker = request.query.get('upload-id-marker') ?? ''
  const rolledUp = new Set<string>()
  const found: OpenUpload[] = []
  for (const upload of [...bucket.uploads.values()].sort(byKeyAndTime)) {
    if (!upload.key.startsWith(prefix)) continue
    const cut = delimiter === '' ? -1 : upload.key.indexOf(delimiter, prefix.length)
    if (cut !== -1) rolledUp.add(upload.key.slice(0, cut + delimiter.length))
    else found.push(upload)
  }
  const later = found.slice(firstAfter(found, keyMarker, idMarker))
  const page = later.slice(0, maxKeys)
  const truncated = later.length > page.length
  const last = page.at(-1)
  return xmlResponse('ListMultipartUploadsResult', {
    Bucket: bucket.name,
    KeyMarker: encode(keyMarker),
    UploadIdMarker: idMarker,
    ...(truncated && last ? { NextKeyMarker: encode(last.key), NextUploadIdMarker: last.id } : {}),
    Prefix: encode(prefix),
    ...(delimiter === '' ? {} : { Delimiter: encode(delimiter) }),
    MaxUploads: maxKeys,
    ...encodingElement,
    IsTruncated: truncated,
    Upload: page.map((upload) => ({
      Key: encode(upload.key),
      UploadId: upload.id,
      Initiator: OWNER,
      Owner: OWNER,
      StorageClass: upload.headers['x-amz-storage-class'] ?? 'STANDARD',
      Initiated: new Date(upload.initiated).toISOString(),
    })),
    CommonPrefixes: [...rolledUp].map((text) => ({ Prefix: encode(text) })),
  })
}

function byKeyAndTime(a: OpenUpload, b: OpenUpload): number {
  return compareKeys(a.key, b.key) || a.initiated - b.initiated || (a.id < b.id ? -1 : 1)
}

function firstAfter(uploads: readonly OpenUpload[], keyMarker: string, idMarker: string): number {
  if (keyMarker === '') return 0
  const marked = uploads.findIndex(({ key, id }) => key === keyMarker && id === idMarker)
  if (marked !== -1) return marked + 1
  const later = uploads.findIndex(({ key }) => compareKeys(key, keyMarker) > 0)
  return later === -1 ? uploads.length : later
}
