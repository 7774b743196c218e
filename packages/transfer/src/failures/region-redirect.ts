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
  /** Host that the body says to ask instead; '' if none. */
  readonly endpoint?: string
  readonly message?: string
}

/** A region becomes part of a host name and of signatures. */
const REGION = /^[A-Za-z0-9-]{1,64}$/
/** AWS's endpoint of a region, also as it was written before 2019: `s3-eu-west-1`. */
const IN_HOST = /(?:^|[./])s3[.-]((?:[a-z]+-)+\d+)\.amazonaws\.com/
const IN_MESSAGE = /expecting '([^']*)'/

/** The region that a refusal with this code names as the bucket's, in one of the ways of stores; '' if it names none. */
export function regionOf(
  code: string,
  { headers, region = '', endpoint = '', message = '' }: RedirectingAnswer,
): string {
  if (!REDIRECTS.has(code)) return ''
  const { 'x-amz-bucket-region': bucketRegion, location } = headers
  const named = [
    String(bucketRegion ?? ''),
    region,
    IN_HOST.exec(endpoint)?.[1],
    IN_HOST.exec(String(location ?? ''))?.[1],
    IN_MESSAGE.exec(message)?.[1],
  ]
  return named.find((name) => name !== undefined && REGION.test(name)) ?? ''
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
