import type { AttemptFailure } from '../attempt.js'
import type { Endpoint } from '../s3/endpoint.js'
import { isExpiredCredentials } from './whole-run.js'

/**
 * Takes from a failure what the next attempt can do better: credentials that expired are fetched anew, a region that the store names is
 * signed for. A failure that this mends becomes a transient one.
 */
export function learnFrom(endpoint: Endpoint, failure: AttemptFailure): AttemptFailure {
  if (isExpiredCredentials(failure.code)) {
    if (endpoint.credentials.renew()) return failure
    return { ...failure, class: 'permanent' }
  }
  // Others that were under way when the region was learned fail in the same way, and are mended by the same knowledge.
  if (failure.region === undefined) return failure
  endpoint.learnRegion(failure.region)
  return endpoint.settings.region === failure.region ? { ...failure, class: 'transient' } : failure
}
