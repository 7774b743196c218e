import { randomBytes } from 'node:crypto'
import { isChecksumAlgorithm } from '../checksum/algorithms.js'
import { emptyResponse, xmlResponse, type S3Response } from '../message/s3-response.js'
import type { ServerContext } from '../request/context.js'
import { header, type S3Request } from '../request/s3-request.js'
import { S3Error } from '../s3/s3-error.js'
import type { Bucket } from '../store/bucket.js'
import type { OpenUpload, UploadedPart } from '../store/multipart-upload.js'
import { customerKeyOf } from './customer-key.js'
import { etagOf } from './etag.js'
import { describedBy, taggedBy } from './object-description.js'
import { encryptionHeaders } from './object-headers.js'
import { checkKey } from './put-object.js'
import { receivePayload } from './receive-payload.js'

export function createMultipartUpload(request: S3Request, context: ServerContext): S3Response {
  const bucket = context.store.bucket(request.bucket)
  checkKey(request.key)
  const announcedAlgorithm = header(request, 'x-amz-checksum-algorithm')?.toLowerCase()
  const algorithm = announcedAlgorithm ?? context.limits.defaultChecksum
  if (algorithm !== null && !isChecksumAlgorithm(algorithm)) {
    throw new S3Error('InvalidRequest', { message: 'Checksum algorithm provided is unsupported.' })
  }
  const upload: OpenUpload = {
    ...describedBy(request),
    id: randomBytes(24).toString('base64url'),
    key: request.key,
    initiated: context.now(),
    tags: taggedBy(request),
    checksumAlgorithm: algorithm,
    checksumType: checksumTypeOf(algorithm, header(request, 'x-amz-checksum-type')),
    parts: new Map(),
  }
  bucket.uploads.set(upload.id, upload)
  const announced =
    announcedAlgorithm === undefined
      ? {}
      : {
          'x-amz-checksum-algorithm': announcedAlgorithm.toUpperCase(),
          'x-amz-checksum-type': upload.checksumType,
        }
  return xmlResponse(
    'InitiateMultipartUploadResult',
    { Bucket: bucket.name, Key: request.key, UploadId: upload.id },
    { ...announced, ...encryptionHeaders(upload) },
  )
}

export async function uploadPart(request: S3Request, context: ServerContext): Promise<S3Response> {
  const bucket = context.store.bucket(request.bucket)
  const upload = findUpload(bucket, request)
  const number = partNumberOf(request, context)
  checkPartKey(upload, request)
  const { blob, md5, checksum } = await receivePayload(request, context, upload.checksumAlgorithm)
  blob.retain()
  const etag = etagOf(md5, bucket, upload)
  const part = { number, etag, blobs: [blob], sizeBytes: blob.sizeBytes, lastModified: context.now() }
  keepPart(bucket, upload, checksum === undefined ? part : { ...part, checksum: checksum.value })
  return emptyResponse(200, {
    etag: `"${etag}"`,
    ...encryptionHeaders(upload),
    ...(checksum === undefined ? {} : { [`x-amz-checksum-${checksum.algorithm}`]: checksum.value }),
  })
}

export function abortMultipartUpload(request: S3Request, context: ServerContext): S3Response {
  const bucket = context.store.bucket(request.bucket)
  const upload = findUpload(bucket, request)
  forgetUpload(bucket, upload)
  return emptyResponse(204)
}

/** @throws {S3Error} `InvalidRequest` for a part without the key of its upload, or with another one */
export function checkPartKey(upload: OpenUpload, request: S3Request): void {
  if (upload.customerKeyMd5 === customerKeyOf(request)) return
  throw new S3Error('InvalidRequest', {
    message:
      'The multipart upload initiate requested encryption. Subsequent part requests must include the appropriate encryption parameters.',
  })
}

/** @throws {S3Error} `NoSuchUpload` */
export function findUpload(bucket: Bucket, request: S3Request): OpenUpload {
  const id = request.query.get('uploadId') ?? ''
  const upload = bucket.uploads.get(id)
  if (upload === undefined || upload.key !== request.key)
    throw new S3Error('NoSuchUpload', { fields: { UploadId: id } })
  return upload
}

/** @throws {S3Error} `InvalidArgument` outside 1 to the store's highest part number */
export function partNumberOf(request: S3Request, { limits }: ServerContext): number {
  const text = request.query.get('partNumber') ?? ''
  const number = Number(text)
  if (/^\d+$/.test(text) && number >= 1 && number <= limits.maxParts) return number
  throw new S3Error('InvalidArgument', {
    message: `Part number must be an integer between 1 and ${limits.maxParts}, inclusive`,
    fields: { ArgumentName: 'partNumber', ArgumentValue: text },
  })
}

/** A part of the same number is replaced. A part that arrives after its upload ended is dropped. */
export function keepPart(bucket: Bucket, upload: OpenUpload, part: UploadedPart): void {
  if (bucket.uploads.get(upload.id) !== upload) {
    releasePart(part)
    throw new S3Error('NoSuchUpload', { fields: { UploadId: upload.id } })
  }
  const replaced = upload.parts.get(part.number)
  upload.parts.set(part.number, part)
  if (replaced !== undefined) releasePart(replaced)
}

/** Drops an upload and the bytes that nothing else refers to. */
export function forgetUpload(bucket: Bucket, upload: OpenUpload): void {
  bucket.uploads.delete(upload.id)
  for (const part of upload.parts.values()) releasePart(part)
}

function releasePart(part: UploadedPart): void {
  for (const blob of part.blobs) blob.release()
}

/** CRC64NVME has only whole-object checksums for multipart uploads, the SHAs only composite ones. */
function checksumTypeOf(algorithm: string | null, asked: string | undefined): 'FULL_OBJECT' | 'COMPOSITE' {
  const wanted = asked?.toUpperCase() ?? (algorithm === 'crc64nvme' ? 'FULL_OBJECT' : 'COMPOSITE')
  const allowed = wanted === 'FULL_OBJECT' ? !algorithm?.startsWith('sha') : algorithm !== 'crc64nvme'
  if ((wanted !== 'FULL_OBJECT' && wanted !== 'COMPOSITE') || !allowed) {
    throw new S3Error('InvalidRequest', {
      message: `The ${wanted} checksum type cannot be used with the ${algorithm ?? 'default'} checksum algorithm.`,
    })
  }
  return wanted
}
