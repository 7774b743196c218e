import type { Dialect } from '../dialect/dialect.js'
import type { S3Response } from '../message/s3-response.js'
import { emptyResponse } from '../message/s3-response.js'
import { notModified } from '../request/conditions.js'
import type { ServerContext } from '../request/context.js'
import { parseRange, type ByteRange } from '../request/range.js'
import { header, type S3Request } from '../request/s3-request.js'
import { S3Error } from '../s3/s3-error.js'
import type { ObjectRecord } from '../store/object-record.js'
import { checkCustomerKey, customerKeyOf } from './customer-key.js'
import { checkReadable, findVersion } from './find-version.js'
import { objectHeaders } from './object-headers.js'

/** GetObject and HeadObject, which differ only in the body. */
export function getObject(request: S3Request, context: ServerContext): S3Response {
  const bucket = context.store.bucket(request.bucket)
  const record = findVersion(bucket, request.key, request.query.get('versionId'))
  if (request.operation === 'GetObject') checkReadable(record)
  checkCustomerKey(record.customerKeyMd5, customerKeyOf(request))
  const headers = objectHeaders(request, bucket, record, context.dialect())
  if (notModified(record, (name) => header(request, name))) {
    return emptyResponse(304, {
      etag: headers['etag']!,
      'last-modified': headers['last-modified']!,
      ...(headers['cache-control'] === undefined ? {} : { 'cache-control': headers['cache-control'] }),
    })
  }
  const part = partNumberOf(request, context.dialect())
  const range = header(request, 'range')
  if (part !== undefined && range !== undefined) {
    throw new S3Error('InvalidRequest', {
      message: 'Cannot specify both Range header and partNumber query parameter',
    })
  }
  const wanted = part === undefined ? parseRange(range, record.sizeBytes) : partRange(record, part)
  if (part !== undefined && record.parts !== undefined) headers['x-amz-mp-parts-count'] = record.parts.length
  const { start, end } = wanted ?? { start: 0, end: record.sizeBytes }
  headers['content-length'] = end - start
  // The only part of an empty object has no valid range.
  if (end > start && wanted !== null)
    headers['content-range'] = `bytes ${start}-${end - 1}/${record.sizeBytes}`
  const withBody = request.method !== 'HEAD'
  if (withBody) for (const blob of record.blobs) blob.retain()
  return {
    status: wanted === null ? 200 : 206,
    headers,
    body: withBody ? { blobs: record.blobs, start, end } : null,
  }
}

/** @throws {S3Error} `NotImplemented` if the store refuses part numbers */
function partNumberOf({ query }: S3Request, { partNumbers }: Dialect): string | undefined {
  const part = query.get('partNumber')
  if (part !== undefined && partNumbers === 'refused') throw new S3Error('NotImplemented')
  return partNumbers === 'ignored' ? undefined : part
}

/** @throws {S3Error} `InvalidArgument`, `InvalidPartNumber` */
function partRange(record: ObjectRecord, text: string): ByteRange {
  const number = Number(text)
  if (!Number.isInteger(number) || number < 1 || number > 10_000) {
    throw new S3Error('InvalidArgument', {
      message: 'Part number must be an integer between 1 and 10000, inclusive',
      fields: { ArgumentName: 'partNumber', ArgumentValue: text },
    })
  }
  if (record.parts === undefined && number === 1) return { start: 0, end: record.sizeBytes }
  let start = 0
  for (const [index, part] of (record.parts ?? []).entries()) {
    if (index === number - 1) return { start, end: start + part.sizeBytes }
    start += part.sizeBytes
  }
  throw new S3Error('InvalidPartNumber', {
    fields: { PartNumberRequested: number, ActualPartCount: record.parts?.length ?? 1 },
  })
}
