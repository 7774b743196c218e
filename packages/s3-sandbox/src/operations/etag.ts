import { createHash, randomBytes } from 'node:crypto'
import { isDirectoryBucket } from '../s3/directory-bucket.js'
import type { Bucket } from '../store/bucket.js'
import type { ObjectDescription } from '../store/object-record.js'

/**
 * The ETag of an object uploaded in one piece: its MD5, except with SSE-KMS or SSE-C, or in a directory bucket. Then it looks like an MD5
 * but is not one.
 */
export function etagOf(md5: string, bucket: Bucket, description: Encryption): string {
  return hasOpaqueEtag(bucket, description) ? randomBytes(16).toString('hex') : md5
}

/** The ETag of a multipart object: the MD5 of the parts' binary ETags, and their number. */
export function multipartEtag(parts: readonly { etag: string }[]): string {
  const hash = createHash('md5')
  for (const part of parts) hash.update(part.etag, 'hex')
  return `${hash.digest('hex')}-${parts.length}`
}

type Encryption = Pick<ObjectDescription, 'headers' | 'customerKeyMd5'>

/** True if the ETag of a single piece is not an MD5. */
export function hasOpaqueEtag(bucket: Bucket, { headers, customerKeyMd5 }: Encryption): boolean {
  const encryption = headers['x-amz-server-side-encryption'] ?? 'AES256'
  return encryption !== 'AES256' || customerKeyMd5 !== undefined || isDirectoryBucket(bucket.name)
}
