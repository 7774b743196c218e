import type { AttemptFailure } from '../contract/attempt.js'
import type { FailureOrigin } from './failure-origin.js'

/** Refusals because the bucket, or the signature, belongs to another region. */
const REDIRECTS = new Set([
  'AuthorizationHeaderMalformed',
  'IllegalLocationConstraintException',
  'PermanentRedirect',
  'TemporaryRedirect',
])

/** What a refusal says of a region. */
interface RedirectingAnswer {
  /** Response headers by lower-case name. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** Region named in the body; '' if none. */
  readonly region?: string
}

/** The region that a refusal with this code names as the bucket's; '' if it names none. */
export function regionOf(code: string, { headers, region = '' }: RedirectingAnswer): string {
  if (!REDIRECTS.has(code)) return ''
  const named = headers['x-amz-bucket-region']
  return typeof named === 'string' && named !== '' ? named : region
}

/**
 * The failure after the endpoint has taken the region that it names, from which on requests are signed for that region: then the next attempt
 * succeeds. Requests that were already in progress fail in the same way, and the same region resolves them.
 */
export function followRegion(endpoint: FailureOrigin, failure: AttemptFailure): AttemptFailure {
  if (failure.region === undefined) return failure
  endpoint.redirectToRegion(failure.region)
  return endpoint.settings.region === failure.region ? { ...failure, class: 'transient' } : failure
}
