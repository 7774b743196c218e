import { xmlResponse, type S3Response } from '../message/s3-response.js'
import { copyFaults, withBodyFaults } from '../faults/body-faults.js'
import { checkCopyConditions, checkWriteConditions } from '../request/conditions.js'
import type { ServerContext } from '../request/context.js'
import { header, type S3Request } from '../request/s3-request.js'
import { decodeUri } from '../s3/uri.js'
import { S3Error } from '../s3/s3-error.js'
import { readBlobs, type Blob } from '../store/blob.js'
import type { Bucket } from '../store/bucket.js'
import type { ObjectRecord } from '../store/object-record.js'
import { computed } from './declared-checksum.js'
import { checkCustomerKey, customerKeyOf } from './customer-key.js'
import { checkReadable, findVersion } from './find-version.js'
import { etagOf, hasOpaqueEtag } from './etag.js'
import { checkPartKey, findUpload, keepPart, partNumberOf } from './multipart.js'
import { copiedDescription, describedBy, taggedBy } from './object-description.js'
import { checkKey, writeCondition } from './put-object.js'
import { writeBlob } from './receive-payload.js'

/** CopyObject, within a bucket or between buckets, with the directives for metadata and tags. */
export async function copyObject(request: S3Request, context: ServerContext): Promise<S3Response> {
  const bucket = context.store.bucket(request.bucket)
  checkKey(request.key)
  const { source, sourceBucket } = copySource(request, context)
  const replace = directive(request, 'x-amz-metadata-directive') === 'REPLACE'
  const asked = describedBy(request)
  const storageClass = asked.headers['x-amz-storage-class']
  const onItself =
    sourceBucket === bucket && source.key === request.key && bucket.newest(request.key) === source
  if (onItself && !replace && storageClass === source.headers['x-amz-storage-class']) {
    throw new S3Error('InvalidRequest', {
      message:
        "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, " +
        'storage class, website redirect location or encryption attributes.',
    })
  }
  checkWriteConditions(bucket.current(request.key), request.key, writeCondition(request, context))
  const description = replace ? asked : copiedDescription(source, asked)
  const { md5, ...content } = await copiedContent(source, sourceBucket, request, context)
  const record: ObjectRecord = {
    ...description,
    ...content,
    etag: etagOf(md5, bucket, description),
    key: request.key,
    versionId: bucket.nextVersionId(),
    deleteMarker: false,
    sizeBytes: source.sizeBytes,
    lastModified: context.now(),
    tags: directive(request, 'x-amz-tagging-directive') === 'REPLACE' ? taggedBy(request) : source.tags,
  }
  bucket.put(record)
  return xmlResponse(
    'CopyObjectResult',
    { ...resultFields(record.etag, record.lastModified), ...checksumField(record) },
    versionHeaders(bucket, record, sourceBucket, source),
  )
}

/** UploadPartCopy: a part from a stored object, or from a range of it. */
export async function uploadPartCopy(request: S3Request, context: ServerContext): Promise<S3Response> {
  const bucket = context.store.bucket(request.bucket)
  const upload = findUpload(bucket, request)
  const number = partNumberOf(request, context)
  checkPartKey(upload, request)
  const { source } = copySource(request, context)
  const { start, end } = copyRange(header(request, 'x-amz-copy-source-range'), source.sizeBytes)
  const { blob, md5, checksum } = await writeBlob(
    context.store.blobs,
    copiedBytes(source, start, end, request),
    computed(upload.checksumAlgorithm),
  )
  blob.retain()
  const etag = etagOf(md5, bucket, upload)
  const part = { number, etag, blobs: [blob], sizeBytes: blob.sizeBytes, lastModified: context.now() }
  keepPart(bucket, upload, checksum === undefined ? part : { ...part, checksum: checksum.value })
  return xmlResponse('CopyPartResult', {
    ...resultFields(etag, part.lastModified),
    ...(checksum === undefined ? {} : { [`Checksum${checksum.algorithm.toUpperCase()}`]: checksum.value }),
  })
}

/** @throws {S3Error} for a source that is malformed, missing, archived, too large, or whose conditions fail */
function copySource(
  request: S3Request,
  context: ServerContext,
): { source: ObjectRecord; sourceBucket: Bucket } {
  if (!context.limits.serverSideCopy)
    throw new S3Error('NotImplemented', { fields: { Header: 'x-amz-copy-source' } })
  const [path = '', query] = header(request, 'x-amz-copy-source')!.split('?versionId=') as [string, string?]
  const [, bucketName, key] = /^\/?([^/]+)\/(.+)$/s.exec(decodeUri(path)) ?? []
  if (bucketName === undefined || key === undefined) {
    throw new S3Error('InvalidArgument', {
      message: 'Copy Source must mention the source bucket and key: sourcebucket/sourcekey',
      fields: { ArgumentName: 'x-amz-copy-source', ArgumentValue: path },
    })
  }
  const sourceBucket = context.store.bucket(bucketName)
  const source = findVersion(sourceBucket, key, query)
  checkReadable(source)
  const wholeTooLarge = request.operation === 'CopyObject' && source.sizeBytes > context.limits.maxCopyBytes
  if (wholeTooLarge) {
    throw new S3Error('InvalidRequest', {
      message: `The specified copy source is larger than the maximum allowable size for a copy source: ${context.limits.maxCopyBytes}`,
    })
  }
  checkCustomerKey(source.customerKeyMd5, customerKeyOf(request, 'copy-source'))
  checkCopyConditions(source, (name) => header(request, name))
  return { source, sourceBucket }
}

/** The bytes are shared. The copy of a multipart object is a single piece, so its ETag becomes the MD5 of the whole. */
async function copiedContent(
  source: ObjectRecord,
  sourceBucket: Bucket,
  request: S3Request,
  context: ServerContext,
): Promise<Pick<ObjectRecord, 'blobs' | 'checksum'> & { md5: string }> {
  const algorithm =
    header(request, 'x-amz-checksum-algorithm')?.toLowerCase() ?? source.checksum?.algorithm ?? null
  const sameChecksum =
    algorithm === (source.checksum?.algorithm ?? null) && source.checksum?.type !== 'COMPOSITE'
  const asItIs = copyFaults(request.faults).length === 0 && !hasOpaqueEtag(sourceBucket, source)
  if (source.parts === undefined && sameChecksum && asItIs) {
    return {
      blobs: source.blobs,
      md5: source.etag,
      ...(source.checksum === undefined ? {} : { checksum: source.checksum }),
    }
  }
  const { blob, md5, checksum } = await writeBlob(
    context.store.blobs,
    copiedBytes(source, 0, source.sizeBytes, request),
    computed(algorithm),
  )
  return {
    blobs: [blob] satisfies Blob[],
    md5,
    ...(checksum === undefined ? {} : { checksum: { ...checksum, type: 'FULL_OBJECT' as const } }),
  }
}

function copiedBytes(
  source: ObjectRecord,
  start: number,
  end: number,
  { faults }: S3Request,
): AsyncIterable<Uint8Array> {
  const bytes = readBlobs(source.blobs, start, end)
  const wrong = copyFaults(faults)
  return wrong.length === 0 ? bytes : withBodyFaults(bytes, wrong, NEVER)
}

const NEVER = new Promise<void>(() => {})

function copyRange(text: string | undefined, sizeBytes: number): { start: number; end: number } {
  if (text === undefined) return { start: 0, end: sizeBytes }
  const match = /^bytes=(\d+)-(\d+)$/.exec(text)
  const start = Number(match?.[1])
  const end = Number(match?.[2]) + 1
  if (match === null || start >= end) {
    throw new S3Error('InvalidArgument', {
      message:
        'The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy',
      fields: { ArgumentName: 'x-amz-copy-source-range', ArgumentValue: text },
    })
  }
  if (end > sizeBytes) {
    throw new S3Error('InvalidArgument', {
      message: `Range specified is not valid for source object of size: ${sizeBytes}`,
      fields: { ArgumentName: 'x-amz-copy-source-range', ArgumentValue: text },
    })
  }
  return { start, end }
}

function directive(request: S3Request, name: string): 'COPY' | 'REPLACE' {
  const value = header(request, name)?.toUpperCase() ?? 'COPY'
  if (value === 'COPY' || value === 'REPLACE') return value
  throw new S3Error('InvalidArgument', {
    message: `Unknown ${name}.`,
    fields: { ArgumentName: name, ArgumentValue: value },
  })
}

function resultFields(etag: string, lastModified: number): { LastModified: string; ETag: string } {
  return { LastModified: new Date(lastModified).toISOString(), ETag: `"${etag}"` }
}

function checksumField({ checksum }: ObjectRecord): Record<string, string> {
  return checksum === undefined
    ? {}
    : { [`Checksum${checksum.algorithm.toUpperCase()}`]: checksum.value, ChecksumType: checksum.type }
}

function versionHeaders(
  bucket: Bucket,
  record: ObjectRecord,
  sourceBucket: Bucket,
  source: ObjectRecord,
): Record<string, string> {
  return {
    ...(bucket.versioning === 'Off' ? {} : { 'x-amz-version-id': record.versionId }),
    ...(sourceBucket.versioning === 'Off' ? {} : { 'x-amz-copy-source-version-id': source.versionId }),
  }
}
