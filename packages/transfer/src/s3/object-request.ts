import type { AttemptFailure } from '../contract/attempt.js'
import type { Endpoint } from './endpoint.js'

/** Where an object is. */
export interface ObjectLocation {
  endpoint: Endpoint
  /** Encoded. */
  path: string
  /** `versionId=…` or ''. */
  query: string
  /** The key in readable form. */
  name: string
}

/**
 * Appends the headers that request an object as it is stored.
 *
 * @param takesGzip for a store that decompresses gzip for clients that do not accept it. Default: where it is known to
 */
export function pushStoredForm(
  { capabilities }: Endpoint,
  headers: string[],
  takesGzip: boolean = capabilities.unpacksGzip,
): void {
  headers.push('accept-encoding', takesGzip ? 'gzip' : 'identity')
}

/**
 * Requires the version of an object by its ETag, as in a header. Omitted for a weak one, which matches nothing (RFC 9110,
 * section 13.1.1), and for a store that does not know its own ETags again: the ETag of the answer is compared in any case.
 *
 * @param header of the condition; that of a copy within the store has another name
 * @returns true if the condition is sent
 */
export function pushIfMatch(
  { capabilities }: Endpoint,
  headers: string[],
  rawEtag: string,
  header = 'if-match',
): boolean {
  const isSent = capabilities.honoursIfMatch && rawEtag !== '' && !rawEtag.startsWith('W/')
  if (isSent) headers.push(header, rawEtag)
  return isSent
}

/** Requests the checksums that the store keeps; omitted if the store does not support it. */
export function pushChecksumMode({ capabilities }: Endpoint, headers: string[]): boolean {
  if (capabilities.asksChecksums) headers.push('x-amz-checksum-mode', 'ENABLED')
  return capabilities.asksChecksums
}

/** How a store refuses a header that it does not know, other than with status 501: Backblaze B2 answers 400 and names it. */
const UNKNOWN_HEADER =
  /checksum|unsupported|unrecogni[sz]ed|unknown header|not (?:supported|implemented|allowed)/i

/** A store that refuses unknown headers is not sent this one again, and the request is retried. */
export function withoutChecksumMode(
  { capabilities }: Endpoint,
  failure: AttemptFailure,
  asked: boolean,
): AttemptFailure {
  const { status, message } = failure
  const isRefusal = status === 501 || (status === 400 && UNKNOWN_HEADER.test(message))
  if (!asked || !isRefusal) return failure
  capabilities.observe({ asksChecksums: false })
  return { ...failure, class: 'transient' }
}
