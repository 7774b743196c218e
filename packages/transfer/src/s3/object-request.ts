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
 * @param takesGzip for a store that unpacks gzip for whoever does not take it. Default: where it is known to
 */
export function pushStoredForm(
  { capabilities }: Endpoint,
  headers: string[],
  takesGzip: boolean = capabilities.unpacksGzip,
): void {
  headers.push('accept-encoding', takesGzip ? 'gzip' : 'identity')
}

/** Requests the checksums that the store keeps; omitted if the store does not support it. */
export function pushChecksumMode({ capabilities }: Endpoint, headers: string[]): boolean {
  if (capabilities.asksChecksums) headers.push('x-amz-checksum-mode', 'ENABLED')
  return capabilities.asksChecksums
}

/** A store that refuses unknown headers is not sent this one again, and the request is retried. */
export function withoutChecksumMode(
  { capabilities }: Endpoint,
  failure: AttemptFailure,
  asked: boolean,
): AttemptFailure {
  if (!asked || failure.status !== 501) return failure
  capabilities.observe({ asksChecksums: false })
  return { ...failure, class: 'transient' }
}
