import type { AttemptFailure } from '../attempt.js'

/** A store refused a request that another one needs first; to be judged by what the store said. */
export class RefusedRequest extends Error {
  readonly failure: AttemptFailure

  constructor(failure: AttemptFailure) {
    super(failure.message)
    this.failure = failure
  }
}
