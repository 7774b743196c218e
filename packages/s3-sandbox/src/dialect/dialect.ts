import {
  callback,
  checkFields,
  either,
  flag,
  object,
  oneOf,
  someOf,
  texts,
  type FieldCheck,
} from '../check-fields.js'
import type { RequestRecord } from '../log/request-record.js'
import { XML_STYLE_CHECKS, type XmlStyle } from '../message/xml-style.js'
import type { EtagForm } from './etag-form.js'
import type { MetadataForm } from './metadata-form.js'

const PAGED = [
  'ListObjects',
  'ListObjectsV2',
  'ListObjectVersions',
  'ListMultipartUploads',
  'ListParts',
] as const
export type PagedOperation = (typeof PAGED)[number]

/**
 * Headers: names in lower case, where a trailing `*` matches the rest (`x-amz-checksum-*`); or a function of name, value and request.
 */
export type HeaderSet = readonly string[] | ((name: string, value: string, request: RequestRecord) => boolean)

/** How a store differs from S3. Omitted fields are as on S3. */
export interface Dialect {
  /** `v1`: ListObjectsV2 is treated as ListObjects. No token is read or returned, and `start-after` is ignored. Default `v2`. */
  listing?: 'v2' | 'v1'
  /** Which truncated pages contain no token or marker to continue from: false (default), true for all, or these operations. */
  withoutMarkers?: boolean | PagedOperation | readonly PagedOperation[]
  /**
   * `encoding-type=url`: `percent` writes a space as `%20`, not `+`; `ignored` returns keys unencoded; `empty` does the same, with an empty
   * `EncodingType`. Default `honoured`.
   */
  encodingType?: 'honoured' | 'percent' | 'ignored' | 'empty'
  /** How documents are written, errors included. */
  xml?: XmlStyle
  /** How ETags are written, and expected from clients. Default `lower-case`, quoted. */
  etags?: EtagForm
  /** ETags of multipart objects: MD5 of the parts' MD5s and their number (default), MD5 of the `whole`, or `opaque`. */
  multipartEtags?: 'parts' | 'whole' | 'opaque'
  /** `empty`: CompleteMultipartUpload returns an empty ETag. Default `given`. */
  completeEtag?: 'given' | 'empty'
  /** `partNumber` of GET and HEAD: `ignored` returns the whole object, `refused` 501 NotImplemented. Default `honoured`. */
  partNumbers?: 'honoured' | 'ignored' | 'refused'
  /**
   * Which responses contain the ETag of an object whose key ends in `/`: default `all`; only `writes`, not reads and listings; or `none`.
   */
  folderEtags?: 'all' | 'writes' | 'none'
  /** False omits `x-amz-tagging-count`. Default true. */
  taggingCount?: boolean
  /** `dropped`: tags are accepted and discarded. `refused`: 501 NotImplemented. Default `kept`. */
  tags?: 'kept' | 'dropped' | 'refused'
  /** `dropped`: user metadata is accepted and discarded. Default `kept`. */
  metadata?: 'kept' | 'dropped'
  /** How non-ASCII metadata is returned: an encoded word of RFC 2047 in base64 (default) or quoted-printable, or raw UTF-8. */
  metadataForm?: MetadataForm
  /** How the store changes a Content-Type that it receives. Default unchanged. */
  contentType?: (given: string) => string
  /** Headers that are refused with 501 NotImplemented. */
  refuses?: HeaderSet
  /** Headers that are ignored: `if-none-match`, `range`, `x-amz-checksum-mode` … */
  ignores?: HeaderSet
  /** `required`: PutObject and UploadPart need `Content-MD5` or a checksum, as under object lock. Default `optional`. */
  checksums?: 'optional' | 'required'
  /** `head-only`: a GET is sent in chunks, without Content-Length. `none`: nor does HEAD have one. Default `all`. */
  lengths?: 'all' | 'head-only' | 'none'
  /**
   * `transcoded`: an object with `Content-Encoding: gzip` is decompressed for clients that do not send `Accept-Encoding: gzip`, whole and
   * in chunks, as by Google Cloud Storage. Default `stored`.
   */
  gzip?: 'stored' | 'transcoded'
  /**
   * `path`: keys are file paths: consecutive slashes are merged, and the first is dropped. `merged`: the signed path is merged, too, as
   * behind nginx, so that signatures over the sent path do not match. Default `kept`.
   */
  slashes?: 'kept' | 'path' | 'merged'
  /** Buckets that may be read and listed without a signature. Default none. */
  publicBuckets?: readonly string[]
}

const headerSet = either(texts, callback)

const CHECKS: Readonly<Record<keyof Dialect, FieldCheck>> = {
  listing: oneOf('v2', 'v1'),
  withoutMarkers: either(flag, someOf(...PAGED)),
  encodingType: oneOf('honoured', 'percent', 'ignored', 'empty'),
  xml: object,
  etags: oneOf('lower-case', 'upper-case', 'unquoted', 'weak'),
  multipartEtags: oneOf('parts', 'whole', 'opaque'),
  completeEtag: oneOf('given', 'empty'),
  partNumbers: oneOf('honoured', 'ignored', 'refused'),
  folderEtags: oneOf('all', 'writes', 'none'),
  taggingCount: flag,
  tags: oneOf('kept', 'dropped', 'refused'),
  metadata: oneOf('kept', 'dropped'),
  metadataForm: oneOf('base64-word', 'quoted-word', 'utf-8'),
  contentType: callback,
  refuses: headerSet,
  ignores: headerSet,
  checksums: oneOf('optional', 'required'),
  lengths: oneOf('all', 'head-only', 'none'),
  gzip: oneOf('stored', 'transcoded'),
  slashes: oneOf('kept', 'path', 'merged'),
  publicBuckets: texts,
}

/** The dialect of S3. */
export const AS_S3: Dialect = {}

/**
 * Combines dialects. A later one takes precedence, field by field; XML styles are merged, and refused or ignored headers add up.
 *
 * @throws {SandboxError} `LAGOON_SANDBOX_OPTION_INVALID`
 */
export function combineDialects(dialects: Dialect | readonly Dialect[]): Dialect {
  let combined = AS_S3
  for (const dialect of [dialects].flat() as Dialect[]) {
    checkFields('dialect', dialect, CHECKS)
    if (dialect.xml !== undefined) checkFields('dialect.xml', dialect.xml, XML_STYLE_CHECKS)
    if (Object.keys(dialect).length === 0) continue
    combined = {
      ...combined,
      ...dialect,
      xml: { ...combined.xml, ...dialect.xml },
      refuses: union(combined.refuses, dialect.refuses),
      ignores: union(combined.ignores, dialect.ignores),
    }
  }
  return combined
}

/** Whether a header is in the set. */
export function hasHeader(headers: HeaderSet, name: string, value: string, request: RequestRecord): boolean {
  if (typeof headers === 'function') return headers(name, value, request)
  return headers.some((known) => (known.endsWith('*') ? name.startsWith(known.slice(0, -1)) : name === known))
}

function union(first: HeaderSet = [], second: HeaderSet = []): HeaderSet {
  if (typeof first !== 'function' && typeof second !== 'function') return [...first, ...second]
  return (name, value, request) =>
    hasHeader(first, name, value, request) || hasHeader(second, name, value, request)
}
