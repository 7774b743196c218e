import { unquoteEtag } from './etag.js'
import { type ResponseHeaders, hasStoreMark } from './response-headers.js'
import {
  addChecksumHeader,
  compositeOfHeader,
  isComposite,
  type Checksums,
  type CompositeChecksum,
} from './stored-checksums.js'

/** What the source's response says about an object. */
export interface SourceObject {
  /** Bytes of the body; -1 if the response does not say. */
  sizeBytes: number
  /** Without quotes. The MD5 of no bytes for an empty object without an ETag; '' if the response has none. */
  etag: string
  /** The ETag as sent, for `If-Match`; '' if the response has none. */
  rawEtag: string
  /** False if the ETag of this object says nothing about its bytes. */
  etagIsDigest: boolean
  versionId: string | undefined
  /** Undefined if the response does not count them. */
  tagCount: number | undefined
  /** Headers to copy along, as a flat list. */
  headers: string[]
  /** Checksums of the whole object that the store reported. */
  checksums: Checksums
  /** A checksum of its parts' checksums; null if the store reports none. */
  composite: CompositeChecksum | null
  storageClass: string | undefined
}

const WHOLE_NUMBER = /^\d+$/

/** Reads the headers of a response to GET or HEAD of an object. */
export function readSourceObject(headers: ResponseHeaders): SourceObject {
  const object: SourceObject = {
    sizeBytes: -1,
    etag: '',
    rawEtag: '',
    etagIsDigest: true,
    versionId: undefined,
    tagCount: undefined,
    headers: [],
    checksums: {},
    composite: null,
    storageClass: undefined,
  }
  for (const name in headers) {
    const value = headers[name]
    if (value === undefined) continue
    readHeader(object, name, typeof value === 'string' ? value : value.join(','))
  }
  if (object.etag === '' && object.sizeBytes === 0 && isUnnamedEmpty(headers)) object.etag = EMPTY_MD5
  if (isComposite(headers['x-amz-checksum-type'])) object.checksums = {}
  return object
}

/** What an endpoint's answer says about an object, and what its ETag proves there. */
export function objectAt(
  { settings }: { readonly settings: { readonly etags: 'md5' | 'opaque' } },
  headers: ResponseHeaders,
): SourceObject {
  const object = readSourceObject(headers)
  if (settings.etags === 'opaque') object.etagIsDigest = false
  return object
}

/** MD5 of no bytes. */
export const EMPTY_MD5 = 'd41d8cd98f00b204e9800998ecf8427e'

/** True if a store describes an empty object without an ETag, as some do for objects that stand for folders. */
function isUnnamedEmpty(headers: ResponseHeaders): boolean {
  return headers['last-modified'] !== undefined && hasStoreMark(headers)
}

function readHeader(object: SourceObject, name: string, value: string): void {
  switch (name) {
    case 'content-length':
      if (WHOLE_NUMBER.test(value)) object.sizeBytes = Number(value)
      return
    case 'etag':
      object.rawEtag = value
      object.etag = unquoteEtag(value)
      return
    case 'content-encoding': {
      const kept = withoutAwsChunked(value)
      if (kept !== '') object.headers.push(name, kept)
      return
    }
    case 'content-type':
    case 'content-disposition':
    case 'content-language':
    case 'cache-control':
    case 'expires':
    case 'x-amz-website-redirect-location':
      object.headers.push(name, value)
      return
    case 'x-amz-version-id':
      object.versionId = value
      return
    case 'x-amz-tagging-count':
      object.tagCount = Number(value) || 0
      return
    case 'x-amz-storage-class':
      object.storageClass = value
      return
    case 'x-amz-server-side-encryption':
      if (value.toUpperCase() !== 'AES256') object.etagIsDigest = false
      return
    case 'x-amz-server-side-encryption-customer-algorithm':
    // https://cloud.google.com/storage/docs/hashes-etags
    case 'x-goog-encryption-algorithm':
    case 'x-goog-encryption-kms-key-name':
      object.etagIsDigest = false
      return
    default:
      if (name.startsWith('x-amz-meta-')) object.headers.push(name, value)
      else if (name.startsWith('x-amz-checksum-')) {
        addChecksumHeader(object.checksums, name, value)
        object.composite ??= compositeOfHeader(name, value)
      }
  }
}

/** `aws-chunked` says how a body was once sent, not what it is. */
function withoutAwsChunked(encoding: string): string {
  if (!/aws-chunked/i.test(encoding)) return encoding
  return encoding
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '' && part.toLowerCase() !== 'aws-chunked')
    .join(',')
}
