import type { AttemptFailure } from '../contract/attempt.js'

/** A store refused a request that precedes another one; classified by the store's response. */
export class RefusedRequest extends Error {
  readonly failure: AttemptFailure

  constructor(failure: AttemptFailure) {
    super(failure.message)
    this.failure = failure
  }
}
