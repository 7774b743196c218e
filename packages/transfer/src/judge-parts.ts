import { hash } from 'node:crypto'
import { parseEtag } from './etag.js'
import type { SourceObject } from './source-object.js'
import type { Verification } from './verification.js'

/** The ETag that a store gives an upload of these parts; null if the parts' ETags are no MD5s. */
export function multipartEtag(partEtags: readonly string[]): string | null {
  const digests: Buffer[] = []
  for (const etag of partEtags) {
    if (parseEtag(etag).kind !== 'md5') return null
    digests.push(Buffer.from(etag, 'hex'))
  }
  return `${hash('md5', Buffer.concat(digests), 'hex')}-${partEtags.length}`
}

/** What is known when all parts are there and the upload is not yet completed. */
export interface PartsEvidence {
  boundaries: 'same-boundaries' | 'in-order' | 'computed'
  /** ETag that the parts would make; null if they tell nothing. */
  predicted: string | null
  /** MD5 of all bytes read, in order; null if it was not computed. */
  md5: string | null
}

/**
 * How strongly the parts verify the copy, before anything is visible at the destination; null if they contradict the source.
 */
export function judgeParts(object: SourceObject, evidence: PartsEvidence): Verification | null {
  const { boundaries, predicted, md5 } = evidence
  if (md5 !== null && md5 !== object.etag) return null
  if (predicted === null) return 'size'
  if (boundaries === 'same-boundaries') return predicted === object.etag ? 'etag' : null
  return boundaries === 'in-order' ? 'stream-md5' : 'sent-md5'
}
