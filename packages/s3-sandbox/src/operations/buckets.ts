import { buildXml } from '../message/build-xml.js'
import { emptyResponse, xmlResponse, type S3Response } from '../message/s3-response.js'
import type { ServerContext } from '../request/context.js'
import { readText } from './read-text.js'
import type { S3Request } from '../request/s3-request.js'
import { S3Error } from '../s3/s3-error.js'
import { childText, parseXml } from '../message/parse-xml.js'

export function listBuckets(_request: S3Request, { store }: ServerContext): S3Response {
  const buckets = [...store.buckets.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  return xmlResponse('ListAllMyBucketsResult', {
    Owner: { ID: 'sandbox', DisplayName: 'sandbox' },
    Buckets: {
      Bucket: buckets.map(({ name, created }) => ({
        Name: name,
        CreationDate: new Date(created).toISOString(),
      })),
    },
  })
}

export async function createBucket(request: S3Request, context: ServerContext): Promise<S3Response> {
  checkBucketName(request.bucket)
  const text = await readText(request)
  const wanted =
    text.trim() === ''
      ? undefined
      : childText(parseXml(text, 'CreateBucketConfiguration'), 'LocationConstraint')
  // The endpoint of the first region creates buckets anywhere, the others only in their own region.
  if (wanted && wanted !== context.region && context.region !== 'us-east-1') {
    throw new S3Error('IllegalLocationConstraintException', {
      message: `The ${wanted} location constraint is incompatible for the region specific endpoint this request was sent to.`,
    })
  }
  context.store.createBucket(request.bucket, wanted || context.region, context.now())
  return emptyResponse(200, { location: `/${request.bucket}` })
}

export function headBucket(request: S3Request, { store }: ServerContext): S3Response {
  const bucket = store.bucket(request.bucket)
  return emptyResponse(200, { 'x-amz-bucket-region': bucket.region, 'content-type': 'application/xml' })
}

export function deleteBucket(request: S3Request, { store }: ServerContext): S3Response {
  store.deleteBucket(request.bucket)
  return emptyResponse(204)
}

/** The first region is the empty string here. */
export function getBucketLocation(request: S3Request, { store }: ServerContext): S3Response {
  const { region } = store.bucket(request.bucket)
  const xml = region === 'us-east-1' ? '' : region
  const document = { root: 'LocationConstraint', content: {}, inNamespace: true }
  // The region is the text of the root element.
  const body = buildXml(document, {}).replace('></LocationConstraint>', `>${xml}</LocationConstraint>`)
  return { status: 200, headers: { 'content-type': 'application/xml' }, body }
}

export function getBucketVersioning(request: S3Request, { store }: ServerContext): S3Response {
  const { versioning } = store.bucket(request.bucket)
  return xmlResponse('VersioningConfiguration', versioning === 'Off' ? {} : { Status: versioning })
}

export async function putBucketVersioning(request: S3Request, { store }: ServerContext): Promise<S3Response> {
  const bucket = store.bucket(request.bucket)
  const status = childText(parseXml(await readText(request), 'VersioningConfiguration'), 'Status')
  if (status !== 'Enabled' && status !== 'Suspended') throw new S3Error('MalformedXML')
  bucket.setVersioning(status)
  return emptyResponse(200)
}

/** 3 to 63 lower-case letters, digits, dots and dashes, according to S3's rules. */
function checkBucketName(name: string): void {
  const wellFormed = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name)
  if (!wellFormed || name.includes('..') || /^\d+\.\d+\.\d+\.\d+$/.test(name)) {
    throw new S3Error('InvalidBucketName', { fields: { BucketName: name } })
  }
}
