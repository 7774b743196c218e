import { SyncError, type StopReason } from '../errors.js'
import type { AttemptFailure } from '../ports/copier.js'

const AGAIN = 'then run the same command again.'
const RENEW = ['credentials', `Renew the credentials, ${AGAIN}`] as const
const REGION = ['store', `Correct the region and the endpoint of the bucket, ${AGAIN}`] as const
const TLS = [
  'store',
  `Check the endpoint URL; name the certificate's authority (certificateAuthority, …_CA_FILE in the CLI), ${AGAIN}`,
] as const

/** What ends a run, by the store's code. Source of the codes: "Error responses" of the S3 API reference. */
const TROUBLES: Readonly<Record<string, readonly [reason: StopReason, hint: string]>> = {
  AccountProblem: RENEW,
  AllAccessDisabled: RENEW,
  CredentialsMissing: RENEW,
  ExpiredToken: RENEW,
  ExpiredTokenException: RENEW,
  InvalidAccessKeyId: RENEW,
  InvalidToken: RENEW,
  NotSignedUp: RENEW,
  RequestExpired: RENEW,
  SignatureDoesNotMatch: RENEW,
  TokenRefreshRequired: RENEW,
  AuthorizationHeaderMalformed: REGION,
  PermanentRedirect: REGION,
  CertificateRefused: TLS,
  NotTls: TLS,
  TlsTooOld: TLS,
  InvalidBucketName: ['store', `Correct the name of the bucket, ${AGAIN}`],
  NoSuchBucket: ['store', `Create the bucket again or correct its name, ${AGAIN}`],
  RequestTimeTooSkewed: ['store', `Set the clock of this machine, ${AGAIN}`],
}

/** The error for a failure that every other object would share. */
export function storeTrouble({ side, code, message, cause }: AttemptFailure): SyncError {
  const [reason, hint] = TROUBLES[code] ?? ['store', `Check the settings of this store, ${AGAIN}`]
  return new SyncError(code, `${side}: ${message}`, { cause, reason, hint })
}
