/** The closed set of the testkit's error codes. */
export type TestkitErrorCode =
  | 'LAGOON_TESTKIT_OPTION_INVALID'
  | 'LAGOON_TESTKIT_MINIO_UNAVAILABLE'
  | 'LAGOON_TESTKIT_MINIO_FAILED'
  | 'LAGOON_TESTKIT_NATS_UNAVAILABLE'
  | 'LAGOON_TESTKIT_NATS_FAILED'
  | 'LAGOON_TESTKIT_LOCK_TIMEOUT'
  | 'LAGOON_TESTKIT_BUCKETS_DIFFER'

/** The one error class of this package: match on `code`, show `message` and `hint`. */
export class TestkitError extends Error {
  readonly code: TestkitErrorCode
  readonly hint: string

  constructor(code: TestkitErrorCode, message: string, hint: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'TestkitError'
    this.code = code
    this.hint = hint
  }
}
