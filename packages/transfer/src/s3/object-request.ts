import type { AttemptFailure } from '../attempt.js'
import type { Endpoint } from './endpoint.js'

/** Appends the headers with which an object is asked for as it is stored. */
export function pushStoredForm({ capabilities }: Endpoint, headers: string[]): void {
  headers.push('accept-encoding', capabilities.unpacksGzip ? 'gzip' : 'identity')
}

/** Asks for the checksums that the store keeps; false where that is not understood. */
export function pushChecksumMode({ capabilities }: Endpoint, headers: string[]): boolean {
  if (capabilities.asksChecksums) headers.push('x-amz-checksum-mode', 'ENABLED')
  return capabilities.asksChecksums
}

/** A store that refuses headers which it does not know is not sent this one again, and the request is tried anew. */
export function withoutChecksumMode(
  { capabilities }: Endpoint,
  failure: AttemptFailure,
  asked: boolean,
): AttemptFailure {
  if (!asked || failure.status !== 501) return failure
  capabilities.asksChecksums = false
  return { ...failure, class: 'transient' }
}
