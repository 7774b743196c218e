import type { AttemptFailure } from '../contract/attempt.js'

const EXPIRED = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'TokenRefreshRequired',
  'RequestExpired',
  'SecurityTokenExpired',
])

/** True if the store says that the credentials were valid once but have expired. */
export function isExpiredCredentials(code: string): boolean {
  return EXPIRED.has(code)
}

/** Codes of failures that do not concern a single object, apart from expired credentials. */
export const WHOLE_RUN_CODES: ReadonlySet<string> = new Set([
  'AccountProblem',
  'AllAccessDisabled',
  'AuthFailure',
  'AuthorizationHeaderMalformed',
  'CertificateRefused',
  'CredentialsMissing',
  'PermanentRedirect',
  'IncompleteSignature',
  'InvalidAccessKeyId',
  'InvalidBucketName',
  'InvalidClientTokenId',
  'InvalidSecurityToken',
  'InvalidToken',
  'InvalidTokenId',
  'NoSuchBucket',
  'NotAuthenticated',
  'NotTls',
  'NotSignedUp',
  'RequestTimeTooSkewed',
  'SignatureDoesNotMatch',
  'TlsTooOld',
  'Unauthorized',
  'UnrecognizedClientException',
  'UserDisable',
  'UserSuspended',
])

/**
 * True if the failure does not concern the object: every other object would fail in the same way (refused or expired
 * credentials, a deleted bucket, a wrong clock). A run should stop instead of marking every key as failed.
 */
export function concernsWholeRun(failure: AttemptFailure): boolean {
  return WHOLE_RUN_CODES.has(failure.code) || isExpiredCredentials(failure.code)
}
