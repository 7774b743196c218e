import type { IncomingHttpHeaders } from 'node:http'
import { createGunzip } from 'node:zlib'
import { pipeline, Readable } from 'node:stream'
import { isBlobBody, isDocumentBody, type S3Response } from '../message/s3-response.js'
import { readBlobs } from '../store/blob.js'
import type { XmlNode, XmlValue } from '../message/build-xml.js'
import { AS_S3, type Dialect } from './dialect.js'
import { writtenEtag } from './etag-form.js'

/** What a dialect needs to know of the request. */
interface RespondedTo {
  readonly operation: string
  readonly key: string
  readonly headers: IncomingHttpHeaders
}

const MARKERS = [
  'NextContinuationToken',
  'NextMarker',
  'NextKeyMarker',
  'NextVersionIdMarker',
  'NextUploadIdMarker',
  'NextPartNumberMarker',
]

/** An operation's response as a store with this dialect sends it. */
export function responseInDialect(answer: S3Response, request: RespondedTo, dialect: Dialect): S3Response {
  if (dialect === AS_S3) return answer
  const altered: S3Response = { ...answer, headers: headersInDialect(answer.headers, request, dialect) }
  if (isDocumentBody(answer.body)) {
    const { document } = answer.body
    const { content } = document
    const withoutMarkers = omitsMarkers(dialect, request.operation)
    const kept = withoutMarkers ? without(content, MARKERS) : content
    altered.body = { document: { ...document, content: nodeInDialect(kept, request, dialect) } }
  }
  const { operation } = request
  if (dialect.gzip === 'transcoded') transcode(altered, request)
  if (dialect.lengths === 'none' || (dialect.lengths === 'head-only' && operation === 'GetObject')) {
    if (operation === 'GetObject' || operation === 'HeadObject') altered.withoutLength = true
  }
  return altered
}

function omitsMarkers({ withoutMarkers = false }: Dialect, operation: string): boolean {
  if (typeof withoutMarkers === 'boolean') return withoutMarkers
  return ([withoutMarkers].flat() as string[]).includes(operation)
}

function headersInDialect(
  given: S3Response['headers'],
  { key, operation }: RespondedTo,
  { etags = 'lower-case', folderEtags, taggingCount, contentType, tags }: Dialect,
): S3Response['headers'] {
  const headers = { ...given }
  if (headers['etag'] !== undefined) {
    if (isEtagOmitted(folderEtags, operation, key)) delete headers['etag']
    else headers['etag'] = writtenEtag(String(headers['etag']), etags)
  }
  if (taggingCount === false || tags === 'refused') delete headers['x-amz-tagging-count']
  if (contentType !== undefined && key !== '' && headers['content-type'] !== undefined) {
    headers['content-type'] = contentType(String(headers['content-type']))
  }
  return headers
}

const READS = new Set(['GetObject', 'HeadObject', 'ListObjects', 'ListObjectsV2', 'ListObjectVersions'])

function isEtagOmitted(folderEtags: Dialect['folderEtags'], operation: string, key: string): boolean {
  if (folderEtags === undefined || folderEtags === 'all' || !/(?:\/|%2F)$/.test(key)) return false
  return folderEtags === 'none' || READS.has(operation)
}

/** ETags anywhere in a document; those of folders may be omitted. */
function nodeInDialect(node: XmlNode, request: RespondedTo, dialect: Dialect): XmlNode {
  const { etags = 'lower-case', folderEtags } = dialect
  if (etags === 'lower-case' && folderEtags === undefined) return node
  const key = typeof node['Key'] === 'string' ? node['Key'] : request.key
  const isOmitted = isEtagOmitted(folderEtags, request.operation, key)
  const altered = (name: string, value: XmlValue): XmlValue => {
    if (Array.isArray(value)) return (value as readonly XmlValue[]).map((item) => altered(name, item))
    if (typeof value === 'object') return nodeInDialect(value as XmlNode, request, dialect)
    if (name !== 'ETag' || typeof value !== 'string') return value
    return isOmitted ? undefined : writtenEtag(value, etags)
  }
  return Object.fromEntries(Object.entries(node).map(([name, value]) => [name, altered(name, value)]))
}

/** Decompresses gzip objects for clients that do not accept gzip: whole, without a length. */
function transcode(answer: S3Response, { headers, operation }: RespondedTo): void {
  const asked = String(headers['accept-encoding'] ?? '').includes('gzip')
  if (asked || answer.headers['content-encoding'] !== 'gzip') return
  if (operation !== 'GetObject' && operation !== 'HeadObject') return
  answer.headers['x-goog-stored-content-encoding'] = 'gzip'
  answer.headers['x-goog-stored-content-length'] = String(answer.headers['content-length'])
  answer.withoutLength = true
  for (const name of ['content-encoding', 'content-range', 'accept-ranges']) delete answer.headers[name]
  if (answer.status === 206) answer.status = 200
  const { body } = answer
  if (!isBlobBody(body)) return
  const sizeBytes = body.blobs.reduce((sum, blob) => sum + blob.sizeBytes, 0)
  const plain = createGunzip()
  // A client that disconnects destroys it before its end, even after the pipeline has stopped handling errors.
  plain.on('error', () => undefined)
  pipeline(Readable.from(readBlobs(body.blobs, 0, sizeBytes)), plain, () => undefined)
  answer.body = {
    stream: plain,
    dispose: () => {
      plain.destroy()
      for (const blob of body.blobs) blob.release()
    },
  }
}

function without(node: XmlNode, names: readonly string[]): XmlNode {
  return Object.fromEntries(Object.entries(node).filter(([name]) => !names.includes(name)))
}
