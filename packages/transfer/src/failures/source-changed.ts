import type { AttemptFailure } from '../contract/attempt.js'

/** True if the store itself says that a condition of the request does not hold; a page with that status says nothing. */
export function isFailedCondition({ status, code }: AttemptFailure): boolean {
  return status === 412 && code !== 'Http412'
}

/** A source that is no longer the planned one (`If-Match`): retrying cannot help, so the object is planned again. */
export function asSourceChanged(failure: AttemptFailure): AttemptFailure {
  return isFailedCondition(failure) ? { ...failure, class: 'permanent', code: 'SourceChanged' } : failure
}
