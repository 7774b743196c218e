/** What a HEAD tells of an object, as far as copies are compared by it. */
export interface Head {
  readonly sizeBytes: number
  /** Without quotes. */
  readonly etag: string
}

export type Verdict =
  | {
      readonly same: true
      /** `etag`: the stores' checksums agree. `size`: they cannot be compared, and the sizes agree. */
      readonly by: 'etag' | 'size'
    }
  | { readonly same: false; readonly code: VerifyCode; readonly message: string }

export type VerifyCode =
  | 'LAGOON_CLI_VERIFY_SOURCE_MISSING'
  | 'LAGOON_CLI_VERIFY_DESTINATION_MISSING'
  | 'LAGOON_CLI_VERIFY_SIZE_DIFFERS'
  | 'LAGOON_CLI_VERIFY_ETAG_DIFFERS'

/** An ETag that is the MD5 of the object's bytes; of an object in parts, or with some kinds of encryption, it is not. */
const md5 = /^[0-9a-f]{32}$/

/**
 * Compares an object with its copy by what both stores say. ETags that look like MD5 must be equal where neither store has
 * said otherwise; ETags of parts are equal only where the parts had the same boundaries, so that a difference says nothing.
 */
export function compareHeads(source: Head | null, destination: Head | null): Verdict {
  if (source === null) return differs('LAGOON_CLI_VERIFY_SOURCE_MISSING', 'the source has no such object')
  if (destination === null)
    return differs('LAGOON_CLI_VERIFY_DESTINATION_MISSING', 'the destination has no such object')
  if (source.sizeBytes !== destination.sizeBytes) {
    return differs(
      'LAGOON_CLI_VERIFY_SIZE_DIFFERS',
      `${source.sizeBytes} bytes at the source, ${destination.sizeBytes} at the destination`,
    )
  }
  if (source.etag === destination.etag) return { same: true, by: 'etag' }
  if (md5.test(source.etag) && md5.test(destination.etag)) {
    return differs(
      'LAGOON_CLI_VERIFY_ETAG_DIFFERS',
      `ETag ${source.etag} at the source, ${destination.etag} at the destination`,
    )
  }
  return { same: true, by: 'size' }
}

function differs(code: VerifyCode, message: string): Verdict {
  return { same: false, code, message }
}
