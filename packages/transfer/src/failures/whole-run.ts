import type { AttemptFailure } from '../attempt.js'

const EXPIRED = new Set(['ExpiredToken', 'ExpiredTokenException', 'TokenRefreshRequired', 'RequestExpired'])

/** True if the store said that the credentials were good once and are no longer. */
export function isExpiredCredentials(code: string): boolean {
  return EXPIRED.has(code)
}

/** Codes of failures that are none of an object's, those of expired credentials apart. */
export const WHOLE_RUN_CODES: ReadonlySet<string> = new Set([
  'AccountProblem',
  'AllAccessDisabled',
  'AuthorizationHeaderMalformed',
  'CertificateRefused',
  'CredentialsMissing',
  'PermanentRedirect',
  'InvalidAccessKeyId',
  'InvalidBucketName',
  'InvalidToken',
  'NoSuchBucket',
  'NotTls',
  'NotSignedUp',
  'RequestTimeTooSkewed',
  'SignatureDoesNotMatch',
  'TlsTooOld',
])

/**
 * True if the failure is none of the object's: every other object would fail in the same way (refused or expired credentials, a
 * bucket that is gone, a clock that is wrong). A run does better to stop than to mark every key failed.
 */
export function concernsWholeRun(failure: AttemptFailure): boolean {
  return WHOLE_RUN_CODES.has(failure.code) || isExpiredCredentials(failure.code)
}
