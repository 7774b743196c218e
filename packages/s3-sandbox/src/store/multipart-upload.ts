import type { Blob } from './blob.js'
import type { ObjectDescription } from './object-record.js'

export interface UploadedPart {
  number: number
  /** Hex MD5, without quotes. */
  etag: string
  blobs: readonly Blob[]
  sizeBytes: number
  lastModified: number
  /** Base64, of the upload's algorithm. */
  checksum?: string
}

/** A multipart upload that is neither complete nor aborted. */
export interface OpenUpload extends ObjectDescription {
  id: string
  key: string
  initiated: number
  tags: Record<string, string>
  checksumAlgorithm: string | null
  checksumType: 'FULL_OBJECT' | 'COMPOSITE'
  parts: Map<number, UploadedPart>
}
