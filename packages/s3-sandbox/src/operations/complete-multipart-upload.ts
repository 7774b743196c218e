import { createHash, randomBytes } from 'node:crypto'
import { compositeChecksum, isChecksumAlgorithm, startChecksum } from '../checksum/algorithms.js'
import { xmlResponse, type S3Response } from '../message/s3-response.js'
import { checkWriteConditions } from '../request/conditions.js'
import type { ServerContext } from '../request/context.js'
import type { FaultAction } from '../faults/fault-rule.js'
import { readText } from './read-text.js'
import type { S3Request } from '../request/s3-request.js'
import type { Limits } from '../limits.js'
import { S3Error } from '../s3/s3-error.js'
import { readBlobs } from '../store/blob.js'
import type { OpenUpload, UploadedPart } from '../store/multipart-upload.js'
import type { ObjectPart, ObjectRecord, StoredChecksum } from '../store/object-record.js'
import { childElements, childText, parseXml } from '../message/parse-xml.js'
import type { Dialect } from '../dialect/dialect.js'
import { keptEtag, type EtagForm } from '../dialect/etag-form.js'
import { multipartEtag } from './etag.js'
import { findUpload, forgetUpload } from './multipart.js'
import { encryptionHeaders, writtenHeaders } from './object-headers.js'
import { writeCondition } from './put-object.js'

/** CompleteMultipartUpload: the named parts, in order, become one object. */
export async function completeMultipartUpload(
  request: S3Request,
  context: ServerContext,
): Promise<S3Response> {
  const bucket = context.store.bucket(request.bucket)
  const asked = parseXml(await readText(request), 'CompleteMultipartUpload')
  const upload = findUpload(bucket, request)
  const { etags = 'lower-case', multipartEtags, completeEtag } = context.dialect()
  const parts = namedParts(upload, childElements(asked, 'Part'), etags)
  checkPartSizes(parts, context.limits)
  const assembled = misassembled(parts, request.faults)
  const checksum = await checksumOf(upload, assembled)
  const etag = await etagOfParts(assembled, multipartEtags)
  checkWriteConditions(bucket.current(request.key), request.key, writeCondition(request, context))
  if (bucket.uploads.get(upload.id) !== upload)
    throw new S3Error('NoSuchUpload', { fields: { UploadId: upload.id } })

  const record: ObjectRecord = {
    key: upload.key,
    headers: upload.headers,
    metadata: upload.metadata,
    ...(upload.customerKeyMd5 === undefined ? {} : { customerKeyMd5: upload.customerKeyMd5 }),
    tags: upload.tags,
    versionId: bucket.nextVersionId(),
    deleteMarker: false,
    etag,
    sizeBytes: assembled.reduce((sum, part) => sum + part.sizeBytes, 0),
    lastModified: context.now(),
    blobs: assembled.flatMap((part) => part.blobs),
    parts: assembled.map((part, index) => objectPart(part, index + 1)),
    ...(checksum === null ? {} : { checksum }),
  }
  bucket.put(record)
  forgetUpload(bucket, upload)
  const { 'x-amz-version-id': versionId } = writtenHeaders(bucket, record)
  const encryption = encryptionHeaders(record)
  return xmlResponse(
    'CompleteMultipartUploadResult',
    {
      Location: `http://${request.headers.host ?? ''}/${bucket.name}/${encodeURIComponent(record.key)}`,
      Bucket: bucket.name,
      Key: record.key,
      ETag: completeEtag === 'empty' ? '' : `"${record.etag}"`,
      ...(checksum === null
        ? {}
        : { [`Checksum${checksum.algorithm.toUpperCase()}`]: checksum.value, ChecksumType: checksum.type }),
    },
    versionId === undefined ? encryption : { ...encryption, 'x-amz-version-id': versionId },
  )
}

/** @throws {S3Error} `MalformedXML`, `InvalidPartOrder`, `InvalidPart` */
function namedParts(upload: OpenUpload, asked: Record<string, unknown>[], form: EtagForm): UploadedPart[] {
  if (asked.length === 0) throw new S3Error('MalformedXML')
  let previous = 0
  return asked.map((element) => {
    const number = Number(childText(element, 'PartNumber'))
    const sent = (childText(element, 'ETag') ?? '').trim().replace(/^W\//, '')
    const etag = keptEtag(sent.replaceAll('"', ''), form)
    if (!Number.isInteger(number)) throw new S3Error('MalformedXML')
    if (number <= previous) throw new S3Error('InvalidPartOrder', { fields: { UploadId: upload.id } })
    previous = number
    const part = upload.parts.get(number)
    const checksum =
      upload.checksumAlgorithm === null
        ? undefined
        : childText(element, `Checksum${upload.checksumAlgorithm.toUpperCase()}`)
    if (part === undefined || part.etag !== etag || (checksum !== undefined && checksum !== part.checksum)) {
      throw new S3Error('InvalidPart', { fields: { UploadId: upload.id, PartNumber: number, ETag: etag } })
    }
    return part
  })
}

async function etagOfParts(parts: readonly UploadedPart[], form: Dialect['multipartEtags']): Promise<string> {
  if (form === 'opaque') return randomBytes(12).toString('base64url')
  if (form !== 'whole') return multipartEtag(parts)
  const hash = createHash('md5')
  for (const part of parts) {
    for await (const chunk of readBlobs(part.blobs, 0, part.sizeBytes)) hash.update(chunk)
  }
  return hash.digest('hex')
}

/** The parts of the object when a fault drops or swaps them. */
function misassembled(
  parts: readonly UploadedPart[],
  faults: readonly FaultAction[],
): readonly UploadedPart[] {
  const assembled = [...parts]
  for (const action of faults) {
    if (action.type !== 'assemble') continue
    const [one, other] = action.swap ?? []
    const at = (number: number | undefined): number => assembled.findIndex((part) => part.number === number)
    const [first, second] = [at(one), at(other)]
    if (first !== -1 && second !== -1) {
      ;[assembled[first], assembled[second]] = [assembled[second]!, assembled[first]!]
    }
    const dropped = at(action.drop)
    if (dropped !== -1) assembled.splice(dropped, 1)
  }
  return assembled
}

/** @throws {S3Error} `EntityTooSmall`, and `InvalidPart` if the store requires equal parts */
function checkPartSizes(parts: readonly UploadedPart[], { minPartSizeBytes, equalParts }: Limits): void {
  for (const part of parts.slice(0, -1)) {
    if (part.sizeBytes < minPartSizeBytes) {
      throw new S3Error('EntityTooSmall', {
        fields: {
          ProposedSize: part.sizeBytes,
          MinSizeAllowed: minPartSizeBytes,
          PartNumber: part.number,
          ETag: part.etag,
        },
      })
    }
  }
  const first = parts[0]!.sizeBytes
  const unequal = parts.some(({ sizeBytes }, at) =>
    at < parts.length - 1 ? sizeBytes !== first : sizeBytes > first,
  )
  if (equalParts && unequal) {
    throw new S3Error('InvalidPart', { message: 'All non-trailing parts must have the same length.' })
  }
}

async function checksumOf(
  upload: OpenUpload,
  parts: readonly UploadedPart[],
): Promise<StoredChecksum | null> {
  const { checksumAlgorithm: algorithm, checksumType: type } = upload
  if (algorithm === null || !isChecksumAlgorithm(algorithm)) return null
  if (type === 'COMPOSITE') {
    return {
      algorithm,
      type,
      value: compositeChecksum(
        algorithm,
        parts.map((part) => part.checksum ?? ''),
      ),
    }
  }
  const running = startChecksum(algorithm)
  for (const part of parts) {
    for await (const chunk of readBlobs(part.blobs, 0, part.sizeBytes)) running.update(chunk)
  }
  return { algorithm, type, value: running.base64() }
}

function objectPart(part: UploadedPart, number: number): ObjectPart {
  const { sizeBytes, checksum } = part
  return checksum === undefined ? { number, sizeBytes } : { number, sizeBytes, checksum }
}
