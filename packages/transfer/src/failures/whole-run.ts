import type { AttemptFailure } from '../contract/attempt.js'

const EXPIRED = new Set(['ExpiredToken', 'ExpiredTokenException', 'TokenRefreshRequired', 'RequestExpired'])

/** True if the store says that the credentials were valid once but have expired. */
export function isExpiredCredentials(code: string): boolean {
  return EXPIRED.has(code)
}

/** Codes of failures that do not concern a single object, apart from expired credentials. */
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
 * True if the failure does not concern the object: every other object would fail in the same way (refused or expired
 * credentials, a deleted bucket, a wrong clock). A run should stop instead of marking every key as failed.
 */
export function concernsWholeRun(failure: AttemptFailure): boolean {
  return WHOLE_RUN_CODES.has(failure.code) || isExpiredCredentials(failure.code)
}
