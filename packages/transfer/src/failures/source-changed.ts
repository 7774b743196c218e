import type { AttemptFailure } from '../attempt.js'

/** A source that is no longer the one that was planned for (`If-Match`) is not mended by asking again: the object is planned anew. */
export function asSourceChanged(failure: AttemptFailure): AttemptFailure {
  return failure.status === 412 ? { ...failure, class: 'permanent', code: 'SourceChanged' } : failure
}
