import type { AttemptFailure } from '../contract/attempt.js'

/** A source that is no longer the planned one (`If-Match`): retrying cannot help, so the object is planned anew. */
export function asSourceChanged(failure: AttemptFailure): AttemptFailure {
  return failure.status === 412 ? { ...failure, class: 'permanent', code: 'SourceChanged' } : failure
}
