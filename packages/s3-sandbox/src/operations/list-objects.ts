import { xmlResponse, type S3Response } from '../message/s3-response.js'
import type { Dialect } from '../dialect/dialect.js'
import type { ServerContext } from '../request/context.js'
import type { S3Request } from '../request/s3-request.js'
import { encodeListed, utf8 } from '../s3/uri.js'
import { S3Error } from '../s3/s3-error.js'
import type { Bucket } from '../store/bucket.js'
import { listPage, type Page } from '../store/list-page.js'
import type { ObjectRecord } from '../store/object-record.js'
import type { XmlNode } from '../message/build-xml.js'

/** ListObjectsV2; on a store that only supports the first version, ListObjects. */
export function listObjectsV2(request: S3Request, context: ServerContext): S3Response {
  if (context.dialect().listing === 'v1') return listObjects(request, context)
  const { store } = context
  const bucket = store.bucket(request.bucket)
  const { query } = request
  const ask = listingOf(request, context)
  const token = query.get('continuation-token')
  const startAfter = query.get('start-after')
  const after = token === undefined ? (startAfter ?? '') : readToken(token)
  const page = currentPage(bucket, ask, after)
  return xmlResponse('ListBucketResult', {
    Name: bucket.name,
    Prefix: ask.encode(ask.prefix),
    ...(token === undefined ? {} : { ContinuationToken: token }),
    ...(page.next === null ? {} : { NextContinuationToken: Buffer.from(page.next).toString('base64') }),
    ...(startAfter === undefined ? {} : { StartAfter: ask.encode(startAfter) }),
    KeyCount: page.keys.length + page.commonPrefixes.length,
    MaxKeys: ask.maxKeys,
    ...(ask.delimiter === '' ? {} : { Delimiter: ask.encode(ask.delimiter) }),
    ...ask.encodingElement,
    IsTruncated: page.next !== null,
    Contents: contents(bucket, page, ask.encode, query.get('fetch-owner') === 'true'),
    CommonPrefixes: page.commonPrefixes.map((prefix) => ({ Prefix: ask.encode(prefix) })),
  })
}

/** ListObjects, the first version: with a marker instead of a token. */
export function listObjects(request: S3Request, context: ServerContext): S3Response {
  const { store } = context
  const bucket = store.bucket(request.bucket)
  const ask = listingOf(request, context)
  const marker = request.query.get('marker') ?? ''
  const page = currentPage(bucket, ask, marker)
  return xmlResponse('ListBucketResult', {
    Name: bucket.name,
    Prefix: ask.encode(ask.prefix),
    Marker: ask.encode(marker),
    ...(page.next === null || ask.delimiter === '' ? {} : { NextMarker: ask.encode(page.next) }),
    MaxKeys: ask.maxKeys,
    ...(ask.delimiter === '' ? {} : { Delimiter: ask.encode(ask.delimiter) }),
    ...ask.encodingElement,
    IsTruncated: page.next !== null,
    Contents: contents(bucket, page, ask.encode, true),
    CommonPrefixes: page.commonPrefixes.map((prefix) => ({ Prefix: ask.encode(prefix) })),
  })
}

interface ObjectListing {
  prefix: string
  delimiter: string
  maxKeys: number
  encode: (text: string) => string
  encodingElement: XmlNode
}

/** The parameters of every listing. @throws {S3Error} `InvalidArgument` */
export function listingOf(request: S3Request, context: ServerContext, limitName = 'max-keys'): ObjectListing {
  const { query } = request
  const encoding = query.get('encoding-type')
  if (encoding !== undefined && encoding !== 'url') {
    throw invalidArgument('Invalid Encoding Method specified in Request', 'encoding-type', encoding)
  }
  const limit = query.get(limitName) ?? '1000'
  if (limit !== '' && !/^\d{1,10}$/.test(limit)) {
    throw invalidArgument(`Provided ${limitName} not an integer or within integer range`, limitName, limit)
  }
  return {
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    maxKeys: limit === '' ? 1000 : Math.min(Number(limit), 1000),
    ...listedText(encoding === 'url', context.dialect()),
  }
}

function listedText(
  encodes: boolean,
  { encodingType }: Dialect,
): Pick<ObjectListing, 'encode' | 'encodingElement'> {
  if (encodingType === 'empty') return { encode: asItIs, encodingElement: { EncodingType: '' } }
  if (!encodes || encodingType === 'ignored') return { encode: asItIs, encodingElement: {} }
  return {
    encode: encodingType === 'percent' ? percentEncoded : encodeListed,
    encodingElement: { EncodingType: 'url' },
  }
}

function percentEncoded(text: string): string {
  return encodeListed(text).replaceAll('+', '%20')
}

function asItIs(text: string): string {
  return text
}

function currentPage(bucket: Bucket, { prefix, delimiter, maxKeys }: ObjectListing, after: string): Page {
  const keys =
    bucket.versioning === 'Off'
      ? bucket.keysInOrder()
      : bucket.keysInOrder().filter((key) => bucket.current(key))
  return listPage(keys, { prefix, delimiter, after, maxKeys })
}

function contents(bucket: Bucket, page: Page, encode: (text: string) => string, owner: boolean): XmlNode[] {
  return page.keys.map((key) => {
    const record = bucket.current(key)!
    return {
      Key: encode(key),
      ...listedFields(record),
      ...(owner ? { Owner: { ID: 'sandbox', DisplayName: 'sandbox' } } : {}),
    }
  })
}

/** The fields of an object in every listing. */
export function listedFields(record: ObjectRecord): XmlNode {
  return {
    LastModified: new Date(record.lastModified).toISOString(),
    ETag: `"${record.etag}"`,
    ...(record.checksum === undefined
      ? {}
      : { ChecksumAlgorithm: record.checksum.algorithm.toUpperCase(), ChecksumType: record.checksum.type }),
    Size: record.sizeBytes,
    StorageClass: record.headers['x-amz-storage-class'] ?? 'STANDARD',
  }
}

function readToken(token: string): string {
  const text = token === '' ? null : utf8(Buffer.from(token, 'base64'))
  if (text === null)
    throw invalidArgument('The continuation token provided is incorrect', 'continuation-token', token)
  return text
}

function invalidArgument(message: string, name: string, value: string): S3Error {
  return new S3Error('InvalidArgument', { message, fields: { ArgumentName: name, ArgumentValue: value } })
}
