import { S3Error } from './s3-error.js'
import type { RequestTarget } from './request-target.js'

/** Every operation, by its AWS name. */
export const OPERATIONS = [
  'ListBuckets',
  'CreateBucket',
  'HeadBucket',
  'DeleteBucket',
  'GetBucketLocation',
  'GetBucketVersioning',
  'PutBucketVersioning',
  'ListObjects',
  'ListObjectsV2',
  'ListObjectVersions',
  'ListMultipartUploads',
  'DeleteObjects',
  'CreateSession',
  'GetObject',
  'HeadObject',
  'PutObject',
  'CopyObject',
  'DeleteObject',
  'GetObjectAttributes',
  'GetObjectTagging',
  'PutObjectTagging',
  'DeleteObjectTagging',
  'CreateMultipartUpload',
  'UploadPart',
  'UploadPartCopy',
  'CompleteMultipartUpload',
  'AbortMultipartUpload',
  'ListParts',
] as const

export type Operation = (typeof OPERATIONS)[number]

type Route = readonly [method: string, level: 'service' | 'bucket' | 'object', subresource: string, Operation]

// A subresource is a query parameter that selects another operation. The first matching route applies.
const ROUTES: readonly Route[] = [
  ['GET', 'service', '', 'ListBuckets'],
  ['GET', 'bucket', 'location', 'GetBucketLocation'],
  ['GET', 'bucket', 'versioning', 'GetBucketVersioning'],
  ['PUT', 'bucket', 'versioning', 'PutBucketVersioning'],
  ['GET', 'bucket', 'uploads', 'ListMultipartUploads'],
  ['GET', 'bucket', 'versions', 'ListObjectVersions'],
  ['GET', 'bucket', 'session', 'CreateSession'],
  ['GET', 'bucket', 'list-type=2', 'ListObjectsV2'],
  ['GET', 'bucket', '', 'ListObjects'],
  ['HEAD', 'bucket', '', 'HeadBucket'],
  ['PUT', 'bucket', '', 'CreateBucket'],
  ['DELETE', 'bucket', '', 'DeleteBucket'],
  ['POST', 'bucket', 'delete', 'DeleteObjects'],
  ['GET', 'object', 'tagging', 'GetObjectTagging'],
  ['PUT', 'object', 'tagging', 'PutObjectTagging'],
  ['DELETE', 'object', 'tagging', 'DeleteObjectTagging'],
  ['GET', 'object', 'attributes', 'GetObjectAttributes'],
  ['GET', 'object', 'uploadId', 'ListParts'],
  ['POST', 'object', 'uploads', 'CreateMultipartUpload'],
  ['POST', 'object', 'uploadId', 'CompleteMultipartUpload'],
  ['DELETE', 'object', 'uploadId', 'AbortMultipartUpload'],
  ['PUT', 'object', 'uploadId', 'UploadPart'],
  ['PUT', 'object', '', 'PutObject'],
  ['GET', 'object', '', 'GetObject'],
  ['HEAD', 'object', '', 'HeadObject'],
  ['DELETE', 'object', '', 'DeleteObject'],
]

// Subresources that this server does not support: they must not be mistaken for the plain operation.
const UNSUPPORTED = new Set(
  (
    'accelerate acl analytics cors encryption intelligent-tiering inventory legal-hold lifecycle logging metrics ' +
    'notification object-lock ownershipControls policy policyStatus publicAccessBlock replication requestPayment restore ' +
    'retention select torrent website'
  ).split(' '),
)

/**
 * The operation that a request names.
 *
 * @throws {S3Error} `NotImplemented` for one that this server does not support, `MethodNotAllowed` for one that does not exist
 */
export function operationOf(method: string, target: RequestTarget, copies: boolean): Operation {
  const { bucket, key, query } = target
  const level = bucket === null ? 'service' : key === null ? 'bucket' : 'object'
  for (const name of query.keys()) {
    if (level !== 'service' && UNSUPPORTED.has(name)) throw new S3Error('NotImplemented')
  }
  for (const [routeMethod, routeLevel, subresource, operation] of ROUTES) {
    if (routeMethod !== method || routeLevel !== level || !names(query, subresource)) continue
    if (copies && operation === 'PutObject') return 'CopyObject'
    if (copies && operation === 'UploadPart') return 'UploadPartCopy'
    return operation
  }
  throw new S3Error('MethodNotAllowed')
}

function names(query: ReadonlyMap<string, string>, subresource: string): boolean {
  if (subresource === '') return true
  const [name, value] = subresource.split('=') as [string, string?]
  return value === undefined ? query.has(name) : query.get(name) === value
}
