import type { Blob } from './blob.js'

/** The S3 headers that are stored with an object and returned with it. Names in lower case. */
export const SYSTEM_HEADERS = [
  'content-type',
  'content-encoding',
  'content-disposition',
  'content-language',
  'cache-control',
  'expires',
  'x-amz-storage-class',
  'x-amz-website-redirect-location',
  'x-amz-server-side-encryption',
] as const

/** The description of an object besides its bytes. Copied whole by CopyObject with the directive COPY. */
export interface ObjectDescription {
  /** System headers by lower-case name, as received. */
  headers: Record<string, string>
  /** MD5 of the customer-provided key (SSE-C), in base64; unset for an object without one. */
  customerKeyMd5?: string
  /** User metadata by lower-case name without `x-amz-meta-`, as latin1 text: the client's bytes. */
  metadata: Record<string, string>
}

export interface StoredChecksum {
  /** `crc32`, `crc32c`, `crc64nvme`, `sha1`, `sha256`. */
  algorithm: string
  /** Base64; a composite one ends with `-` and the number of parts. */
  value: string
  type: 'FULL_OBJECT' | 'COMPOSITE'
}

/** A part of a multipart object. */
export interface ObjectPart {
  number: number
  sizeBytes: number
  /** Base64, of the algorithm of the object's checksum. */
  checksum?: string
}

/** One version of an object. Immutable except for its tags. */
export interface ObjectRecord extends ObjectDescription {
  key: string
  /** `null` if the bucket had no versioning. */
  versionId: string
  /** True for a delete marker of a versioned bucket: it hides the key and has no bytes. */
  deleteMarker: boolean
  /** Without quotes. */
  etag: string
  sizeBytes: number
  /** Unix time in milliseconds. */
  lastModified: number
  blobs: readonly Blob[]
  tags: Record<string, string>
  checksum?: StoredChecksum
  /** Only for multipart objects, in order. */
  parts?: readonly ObjectPart[]
}
