import type { AttemptFailure } from '../contract/attempt.js'
import type { Endpoint } from '../s3/endpoint.js'

/**
 * What stores with object lock answer to a write without a digest: "Content-MD5 OR x-amz-checksum- HTTP header is
 * required …"
 */
const DEMAND = /content[- ]?md5|x-amz-checksum/i
/** A store that does not know checksums names the header; one that computed another value has a code for that. */
const UNKNOWN_CHECKSUM = /checksum/i
const WRONG_BYTES = new Set(['BadDigest', 'InvalidDigest', 'XAmzContentChecksumMismatch'])

/** What a refused write carried. */
interface SentDigests {
  /** `Content-MD5` or a checksum. */
  any: boolean
  /** `x-amz-checksum-*`. */
  checksum: boolean
}

/**
 * Turns the failure of a write into one that another attempt fixes, after the endpoint has learned how: a store
 * requires a digest, or rejects a checksum as an unknown header. Null for any other failure.
 */
export function adaptToRefusal(
  { capabilities }: Endpoint,
  failure: AttemptFailure,
  sent: SentDigests,
): AttemptFailure | null {
  const { status, code, message } = failure
  if (status === 400 && !sent.any && DEMAND.test(message)) {
    capabilities.observe({ needsDigests: true })
    return { ...failure, class: 'transient' }
  }
  const isUnknown = status === 400 && UNKNOWN_CHECKSUM.test(message) && !WRONG_BYTES.has(code)
  if (sent.checksum && (status === 501 || isUnknown)) {
    capabilities.observe({ takesChecksums: false })
    return { ...failure, class: 'transient' }
  }
  return null
}

export const NO_DIGESTS: SentDigests = { any: false, checksum: false }
