import { hash } from 'node:crypto'
import { parseEtag } from './etag.js'
import type { ResponseHeaders, SourceObject } from './source-object.js'

/**
 * How strongly a copy was verified, strongest first.
 *
 * - `etag`: the destination's ETag, a digest of what it stored, equals the source's.
 * - `content-md5`: the destination checked the body against the source's MD5 before it stored it; its own ETag is no digest.
 * - `stream-md5`: the bytes read have the MD5 that is the source's ETag, and each part that the destination stored has the MD5 of what was read.
 * - `checksum`: the destination checked the body against a checksum of the whole object that the source reports.
 * - `read-back`: source and destination were read once more, and their MD5s agree.
 * - `server-side`: the store copied within itself; its ETags do not compare.
 * - `sent-md5`: the destination stored the bytes that were read; nothing tells whether the source sent the right ones.
 * - `size`: only the number of bytes is known to agree.
 */
export type Verification =
  'etag' | 'content-md5' | 'stream-md5' | 'checksum' | 'read-back' | 'server-side' | 'sent-md5' | 'size'

/** Checksums that stores take as a header of a PUT and check before they store the object. */
const CHECKED_ON_PUT = ['crc64nvme', 'crc32c', 'crc32', 'sha256', 'sha1']

/** What a PUT is told about its body, so that the store can refuse wrong bytes before it stores them. */
export interface Digest {
  /** MD5 of the body in hexadecimal: the source's own, or that of the bytes read; null if neither is known. */
  md5: string | null
  /** True if the source vouches for that MD5. */
  fromSource: boolean
  /** True if the destination was told the MD5 before it stored the body. */
  sent: boolean
  /** Algorithm of a checksum that the source reports and the destination may check. */
  checksum: string | null
}

/**
 * Finds the strongest digest there is: the MD5 that the source's ETag is, else a reported checksum, else the MD5 of the bytes at hand. Null
 * if the bytes at hand contradict the source's ETag.
 */
export function digestOf(object: SourceObject, whole: Buffer | null): Digest | null {
  const etag = object.etagIsDigest ? parseEtag(object.etag) : null
  if (etag?.kind === 'md5') return { md5: etag.md5, fromSource: true, sent: true, checksum: null }
  const checksum = CHECKED_ON_PUT.find((name) => object.checksums[name] !== undefined) ?? null
  if (whole === null) return { md5: null, fromSource: false, sent: false, checksum }
  const md5 = hash('md5', whole, 'hex')
  if (etag?.kind !== 'parts' || etag.parts !== 1) return { md5, fromSource: false, sent: true, checksum }
  return hash('md5', Buffer.from(md5, 'hex'), 'hex') === etag.md5
    ? { md5, fromSource: true, sent: true, checksum }
    : null
}

/** Appends the headers that carry a digest. */
export function pushDigestHeaders(digest: Digest, object: SourceObject, headers: string[]): void {
  if (digest.md5 !== null) headers.push('content-md5', Buffer.from(digest.md5, 'hex').toString('base64'))
  if (digest.checksum !== null)
    headers.push(`x-amz-checksum-${digest.checksum}`, object.checksums[digest.checksum]!)
}

/** How strongly the destination's answer verifies the copy; null if it contradicts it. */
export function judgeAnswer(
  digest: Digest,
  object: SourceObject,
  etag: string,
  headers: ResponseHeaders,
  etags: 'md5' | 'opaque',
): Verification | null {
  const stored = etags === 'opaque' ? null : storedMd5(etag, headers)
  if (stored !== null && digest.md5 !== null && stored !== digest.md5) return null
  if (digest.checksum !== null) {
    const echo = headers[`x-amz-checksum-${digest.checksum}`]
    if (echo === object.checksums[digest.checksum]) return 'checksum'
    if (typeof echo === 'string') return null
  }
  if (digest.md5 === null) return 'size'
  if (stored === null && !digest.sent) return 'size'
  if (!digest.fromSource) return 'sent-md5'
  return stored !== null && stored === object.etag ? 'etag' : 'content-md5'
}

/** The MD5 that the destination's ETag is; null if it is something else. */
function storedMd5(etag: string, headers: ResponseHeaders): string | null {
  const encryption = headers['x-amz-server-side-encryption']
  if (encryption !== undefined && encryption !== 'AES256') return null
  if (headers['x-amz-server-side-encryption-customer-algorithm'] !== undefined) return null
  const parsed = parseEtag(etag)
  return parsed.kind === 'md5' ? parsed.md5 : null
}
