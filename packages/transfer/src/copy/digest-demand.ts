import type { AttemptFailure } from '../attempt.js'
import type { Endpoint } from '../s3/endpoint.js'

/** What stores with object lock say of a write without a digest: "Content-MD5 OR x-amz-checksum- HTTP header is required …" */
const DEMAND = /content-md5|x-amz-checksum/i

/** What a write that was refused carried. */
export interface SentDigests {
  /** `Content-MD5` or a checksum. */
  any: boolean
  /** `x-amz-checksum-*`. */
  checksum: boolean
}

/**
 * The failure of a write as one that another attempt cures, after the endpoint has learned how: a store asked for a digest, or refused a checksum as a header that
 * it doesn't know. Null if it says neither.
 */
export function learnedFromRefusal(
  { capabilities }: Endpoint,
  failure: AttemptFailure,
  sent: SentDigests,
): AttemptFailure | null {
  const { status, message } = failure
  if (status === 400 && !sent.any && DEMAND.test(message)) {
    capabilities.observe({ needsDigests: true })
    return { ...failure, class: 'transient' }
  }
  if (status === 501 && sent.checksum) {
    capabilities.observe({ takesChecksums: false })
    return { ...failure, class: 'transient' }
  }
  return null
}

export const NO_DIGESTS: SentDigests = { any: false, checksum: false }
