import type { AttemptFailure } from '../contract/attempt.js'
import type { Endpoint } from '../s3/endpoint.js'

/**
 * What stores with object lock answer to a write without a digest: "Content-MD5 OR x-amz-checksum- HTTP header is
 * required …"
 */
const DEMAND = /content-md5|x-amz-checksum/i

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
