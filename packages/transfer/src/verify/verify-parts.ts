import { hash } from 'node:crypto'
import { parseEtag, sameEtag } from '../protocol/etag.js'
import type { SourceObject } from '../protocol/object-headers.js'
import { compareChecksums, type Checksums } from '../protocol/stored-checksums.js'
import { strengthOf, type ReadProof, type Verification } from './verification.js'

/** The ETag that a store gives an upload of parts with these MD5s; null if one of them is not an MD5. */
export function multipartEtag(partMd5s: readonly (string | null)[]): string | null {
  const digests: Buffer[] = []
  for (const md5 of partMd5s) {
    if (md5 === null || parseEtag(md5).kind !== 'md5') return null
    digests.push(Buffer.from(md5, 'hex'))
  }
  return `${hash('md5', Buffer.concat(digests), 'hex')}-${partMd5s.length}`
}

/** What is known about the parts of an object. */
interface PartsEvidence {
  /** True if the parts must have the source's ETag. */
  sameParts: boolean
  /** ETag that the parts at the destination give; null if they say nothing. */
  predicted: string | null
  /** ETag that the bytes read would give; null if it was not computed. */
  read: string | null
  /** Checksums of all bytes read. */
  computed: Checksums
  /** The checksum of the parts' checksums, of what was read; null if it was not computed. */
  composite: string | null
}

/**
 * True if the bytes read, or what the parts will give, contradict the source: known before anything is visible at the
 * destination.
 */
export function contradicts(
  object: SourceObject,
  { sameParts, predicted, read, computed, composite }: PartsEvidence,
): boolean {
  if (read !== null && !sameEtag(read, object.etag)) return true
  if (sameParts && predicted !== null && !sameEtag(predicted, object.etag)) return true
  if (composite !== null && composite !== object.composite?.value) return true
  return compareChecksums(computed, object.checksums, {}) === 'differs'
}

/** True if a store that derives the ETag of an upload from its parts, as S3 does, reports the ETag of other parts. */
function isOtherUpload(etag: string, predicted: string | null): boolean {
  return predicted !== null && parseEtag(etag).kind === 'parts' && !sameEtag(etag, predicted)
}

/**
 * How strongly a completed copy is verified, given that nothing contradicted it before; null if the destination stored something else.
 *
 * @param etag of the completed object
 * @param stored checksums that the destination reports
 */
export function judgeParts(
  object: SourceObject,
  evidence: PartsEvidence,
  etag: string,
  stored: Checksums,
): Verification | null {
  const { sameParts: inSameParts, predicted, read, computed, composite } = evidence
  const kept = compareChecksums(stored, object.checksums, computed)
  if (kept === 'differs' || isOtherUpload(etag, predicted)) return null
  const sameParts = inSameParts && predicted !== null
  if (sameParts && sameEtag(etag, object.etag)) return 'etag'
  const agrees = composite !== null || compareChecksums(computed, object.checksums, {}) === 'as-reported'
  const readProof: ReadProof = read !== null || sameParts ? 'md5' : agrees ? 'checksum' : null
  if (kept === 'as-reported') return 'checksum'
  return strengthOf(readProof, predicted !== null ? 'md5' : kept === 'as-sent' ? 'checksum' : null)
}
