import type { AttemptFailure } from '../contract/attempt.js'

/** A failure that can be sent to another thread: errors of undici and Node may refer to things that can't. */
export function plainFailure(failure: AttemptFailure): AttemptFailure {
  return failure.cause === undefined ? failure : { ...failure, cause: plainError(failure.cause) }
}

/** Message and stack of an error. */
export function plainError(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error))
  return Object.assign(new Error(error.message), { stack: error.stack })
}
