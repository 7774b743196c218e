import type { AttemptFailure } from '../contract/attempt.js'
import { TransferError, type TransferErrorCode } from '../contract/errors.js'
import type { ResolvedEndpoint } from '../options/endpoint-options.js'

type Verdict = readonly [code: TransferErrorCode, hint: string]

const EXPIRED: Verdict = ['LAGOON_TRANSFER_CREDENTIALS_REFUSED', 'Renew the credentials; they have expired.']
const ACCOUNT: Verdict = [
  'LAGOON_TRANSFER_ACCESS_DENIED',
  'Check the account with the provider of the store: it is not signed up, suspended or disabled.',
]
const KEYS_REFUSED: Verdict = [
  'LAGOON_TRANSFER_CREDENTIALS_REFUSED',
  'Check the access key, its secret and, for temporary ones, the session token.',
]
const UNREACHABLE: Verdict = [
  'LAGOON_TRANSFER_ENDPOINT_UNREACHABLE',
  'Check the endpoint URL, that the store is running, and any DNS, firewall or proxy in between.',
]
const DENIED: Verdict = [
  'LAGOON_TRANSFER_ACCESS_DENIED',
  'Grant the key access to the bucket: list and read at the source, list and write at the destination.',
]
const WRONG_REGION: Verdict = [
  'LAGOON_TRANSFER_WRONG_REGION',
  "Set the bucket's region and the endpoint of that region.",
]

const VERDICTS: Record<string, Verdict> = {
  AccessDenied: DENIED,
  AllAccessDisabled: ACCOUNT,
  AccountProblem: ACCOUNT,
  NotSignedUp: ACCOUNT,
  UnauthorizedAccess: DENIED,
  InvalidAccessKeyId: KEYS_REFUSED,
  SignatureDoesNotMatch: KEYS_REFUSED,
  InvalidToken: KEYS_REFUSED,
  AuthFailure: KEYS_REFUSED,
  IncompleteSignature: KEYS_REFUSED,
  InvalidClientTokenId: KEYS_REFUSED,
  InvalidSecurityToken: KEYS_REFUSED,
  InvalidTokenId: KEYS_REFUSED,
  NotAuthenticated: KEYS_REFUSED,
  Unauthorized: KEYS_REFUSED,
  UnrecognizedClientException: KEYS_REFUSED,
  SecurityTokenExpired: EXPIRED,
  UserDisable: ACCOUNT,
  UserSuspended: ACCOUNT,
  ExpiredToken: EXPIRED,
  ExpiredTokenException: EXPIRED,
  TokenRefreshRequired: EXPIRED,
  RequestExpired: EXPIRED,
  RequestTimeTooSkewed: [
    'LAGOON_TRANSFER_CLOCK_SKEW',
    'Set this machine’s clock: stores reject requests that are more than 15 minutes off.',
  ],
  NoSuchBucket: ['LAGOON_TRANSFER_BUCKET_MISSING', 'Create the bucket, or check its name and the endpoint.'],
  InvalidBucketName: ['LAGOON_TRANSFER_BUCKET_MISSING', 'Check the name of the bucket.'],
  NoSuchKey: ['LAGOON_TRANSFER_OBJECT_MISSING', 'Check the key.'],
  NoSuchVersion: ['LAGOON_TRANSFER_OBJECT_MISSING', 'Check the key and the version id.'],
  PreconditionFailed: [
    'LAGOON_TRANSFER_OBJECT_CHANGED',
    'The object was replaced in the meantime; start again.',
  ],
  EntityTooLarge: [
    'LAGOON_TRANSFER_REQUEST_FAILED',
    'Raise the limit on bodies in front of the store (nginx: client_max_body_size), or copy in smaller parts.',
  ],
  PermanentRedirect: WRONG_REGION,
  TemporaryRedirect: WRONG_REGION,
  AuthorizationHeaderMalformed: WRONG_REGION,
  ConnectionRefused: UNREACHABLE,
  ConnectionReset: UNREACHABLE,
  ConnectionFailed: UNREACHABLE,
  ConnectTimeout: UNREACHABLE,
  FirstByteTimeout: UNREACHABLE,
  HostNotFound: UNREACHABLE,
  HostUnreachable: UNREACHABLE,
  CertificateRefused: [
    'LAGOON_TRANSFER_ENDPOINT_UNREACHABLE',
    'Correct the endpoint, or set the authority that signed the certificate (option `certificateAuthority`).',
  ],
  TlsTooOld: [
    'LAGOON_TRANSFER_ENDPOINT_UNREACHABLE',
    'Enable TLS 1.2 or newer at the store, or put a proxy in front of it.',
  ],
  NotTls: [
    'LAGOON_TRANSFER_ENDPOINT_UNREACHABLE',
    'Check the port of the endpoint URL, and https against http: a store without TLS needs http://.',
  ],
  ShortBody: [
    'LAGOON_TRANSFER_SHORT_READ',
    'The object is shorter than reported, or something in between truncates responses.',
  ],
  ListingIncomplete: [
    'LAGOON_TRANSFER_LISTING_INCOMPLETE',
    'The store does not paginate listings as S3 does; list the keys in another way and pass them as a manifest.',
  ],
  WrongRange: [
    'LAGOON_TRANSFER_WRONG_RANGE',
    'Check for a proxy or cache that ignores ranges or returns other ones.',
  ],
  CredentialsMissing: [
    'LAGOON_TRANSFER_CREDENTIALS_MISSING',
    'Set an access key and its secret, or configure the AWS default credential chain.',
  ],
  Redirected: [
    'LAGOON_TRANSFER_NOT_S3',
    'Set the endpoint URL to the address that the server redirects to, if that is the store.',
  ],
  MalformedAnswer: [
    'LAGOON_TRANSFER_NOT_S3',
    'The server does not speak S3: check the endpoint URL, its port, and http against https.',
  ],
}

const UNKNOWN: Verdict = [
  'LAGOON_TRANSFER_REQUEST_FAILED',
  "Read the store's message; retry if the problem looks temporary.",
]

/** The error that a store's code stands for, and what to do about it, as a sentence. */
export function adviceOn(storeCode: string): { code: TransferErrorCode; hint: string } {
  const [code, hint] = VERDICTS[storeCode] ?? UNKNOWN
  return { code, hint }
}

/** A failure of a request to a store as an error to throw. */
export function storeError(failure: AttemptFailure, settings: ResolvedEndpoint): TransferError {
  const { code, hint } = adviceOn(failure.code)
  const where = `bucket '${settings.bucket}' at ${settings.endpointUrl ?? `AWS ${settings.region}`}`
  return new TransferError(code, `${where}: ${failure.message}`, hint, failure.cause)
}
