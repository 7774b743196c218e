import { hash } from 'node:crypto'
import { parseEtag, sameEtag } from '../protocol/etag.js'
import { checksumOf } from './running-checksum.js'
import type { SourceObject } from '../protocol/object-headers.js'
import { compareChecksums, reportedAlgorithm, type Checksums } from '../protocol/stored-checksums.js'

/**
 * How strongly a copy was verified, strongest first.
 *
 * - `etag`: the destination's ETag, a digest of what it stored, equals the source's.
 * - `content-md5`: the destination checked the body against the source's MD5 before storing it; its own ETag is not a
 *   digest.
 * - `checksum`: source and destination report the same checksum of the whole object.
 * - `stream-md5`: the bytes read have the MD5s that the source's ETag states, and the destination stored what was
 *   read, by MD5 or checksum.
 * - `stream-checksum`: the bytes read have the checksum that the source reports, and the destination stored what was read, by MD5 or checksum.
 * - `read-back`: source and destination were read once more, and their MD5s agree.
 * - `server-side`: the store copied within itself; its ETags are not comparable.
 * - `sent-md5`: the destination stored the bytes that were read, by their MD5; nothing proves that the source sent
 *   the right ones.
 * - `sent-checksum`: the same by a checksum that was computed as the bytes passed.
 * - `size`: only the number of bytes is known to agree.
 */
export type Verification =
  | 'etag'
  | 'content-md5'
  | 'checksum'
  | 'stream-md5'
  | 'stream-checksum'
  | 'read-back'
  | 'server-side'
  | 'sent-md5'
  | 'sent-checksum'
  | 'size'

/** What proves that the bytes read are right; null for nothing. */
export type ReadProof = 'md5' | 'checksum' | null
/** What proves that the bytes stored are those that the source reports, or those that were read; null for nothing. */
type StoredProof = 'reported' | 'md5' | 'checksum' | null

/** The strength of a copy whose ETags are not comparable. */
export function strengthOf(read: ReadProof, stored: StoredProof): Verification {
  if (stored === null) return 'size'
  if (stored === 'reported') return 'checksum'
  if (read !== null) return read === 'md5' ? 'stream-md5' : 'stream-checksum'
  return stored === 'md5' ? 'sent-md5' : 'sent-checksum'
}

/**
 * What is known about a body, and what the destination gets to refuse wrong bytes before
 * storing them.
 */
export interface Digest {
  /** MD5 of the body in hexadecimal: the source's own, or that of the bytes read; null if neither is known. */
  md5: string | null
  /** True if that MD5 comes from the source. */
  fromSource: boolean
  /** True if it is sent as `Content-MD5`. */
  sendsMd5: boolean
  /** The checksum that is sent as a header; null for none. */
  checksum: { algorithm: string; value: string } | null
  /** Checksums of the bytes that were read. */
  computed: Checksums
}

/**
 * Finds the strongest digest available: the MD5 that the source's ETag is, else a reported checksum, else the digest
 * of the bytes in memory. Null if the bytes in memory contradict the source.
 *
 * @param takesMd5 false for a destination that does not support `Content-MD5`
 */
export function digestOf(object: SourceObject, whole: Buffer | null, takesMd5: boolean): Digest | null {
  const etag = object.etagIsDigest ? parseEtag(object.etag) : null
  const md5 = etag?.kind === 'md5' ? etag.md5 : null
  if (md5 !== null && takesMd5) return { md5, fromSource: true, sendsMd5: true, checksum: null, computed: {} }
  const algorithm = reportedAlgorithm(object.checksums)
  const checksum = algorithm === null ? null : { algorithm, value: object.checksums[algorithm]! }
  if (whole === null) return { md5, fromSource: md5 !== null, sendsMd5: false, checksum, computed: {} }
  return digestOfBytes(object, whole, takesMd5, checksum)
}

function digestOfBytes(
  object: SourceObject,
  whole: Buffer,
  takesMd5: boolean,
  reported: Digest['checksum'],
): Digest | null {
  const md5 = hash('md5', whole, 'hex')
  const expected = md5InEtag(object, md5)
  const algorithm = reported?.algorithm ?? (takesMd5 ? null : 'crc32')
  const computed = algorithm === null ? {} : { [algorithm]: checksumOf(algorithm, whole) }
  if (expected === false || compareChecksums(computed, object.checksums, {}) === 'differs') return null
  const checksum = algorithm === null ? null : { algorithm, value: computed[algorithm]! }
  return { md5, fromSource: expected === true, sendsMd5: takesMd5, checksum, computed }
}

/** Whether the source's ETag is that of bytes with this MD5; undefined if it does not say. */
function md5InEtag({ etag, etagIsDigest }: SourceObject, md5: string): boolean | undefined {
  const parsed = parseEtag(etag)
  if (!etagIsDigest || parsed.kind === 'opaque') return undefined
  if (parsed.kind === 'md5') return parsed.md5 === md5
  return parsed.parts === 1 ? parsed.md5 === hash('md5', Buffer.from(md5, 'hex'), 'hex') : undefined
}

/** Appends the headers that carry a digest. */
export function pushDigestHeaders({ md5, sendsMd5, checksum }: Digest, headers: string[]): void {
  if (sendsMd5 && md5 !== null) headers.push('content-md5', Buffer.from(md5, 'hex').toString('base64'))
  if (checksum !== null) headers.push(`x-amz-checksum-${checksum.algorithm}`, checksum.value)
}

/** What the destination says about the object that it stored. */
export interface StoredObject {
  /** The MD5 that its ETag is; null if it is something else. */
  md5: string | null
  checksums: Checksums
}

/** How strongly the destination's response verifies the copy; null if it contradicts it. */
export function judgeAnswer(digest: Digest, object: SourceObject, stored: StoredObject): Verification | null {
  const { md5, fromSource, sendsMd5, computed } = digest
  if (stored.md5 !== null && md5 !== null && stored.md5 !== md5) return null
  const read = compareChecksums(computed, object.checksums, {})
  const kept = compareChecksums(stored.checksums, object.checksums, computed)
  if (read === 'differs' || kept === 'differs') return null
  const byMd5 = md5 !== null && (sendsMd5 || stored.md5 !== null)
  if (byMd5 && fromSource)
    return stored.md5 !== null && sameEtag(stored.md5, object.etag) ? 'etag' : 'content-md5'
  const readProof = fromSource ? 'md5' : read === 'as-reported' ? 'checksum' : null
  const byChecksum = kept === 'as-reported' ? 'reported' : kept === 'as-sent' ? 'checksum' : null
  return strengthOf(readProof, byChecksum === 'reported' ? byChecksum : byMd5 ? 'md5' : byChecksum)
}
