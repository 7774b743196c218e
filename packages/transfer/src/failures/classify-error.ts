import type { AttemptFailure, FailureClass, Side } from '../contract/attempt.js'
import { regionOf } from './region-redirect.js'

/*
 * The one place that decides what a store's refusal means. Rules by their source:
 * AWS      https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 *          https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html (503 SlowDown)
 * MinIO    https://github.com/minio/minio/blob/master/cmd/api-errors.go (XMinio…, SlowDownRead, SlowDownWrite)
 * Ceph     https://docs.ceph.com/en/latest/radosgw/s3/ and rgw_common.cc (503 SlowDown, ServiceUnavailable)
 * R2       https://developers.cloudflare.com/r2/api/error-codes/ (TooManyRequests, 429; ServiceUnavailable)
 * B2       https://www.backblaze.com/docs/cloud-storage-s3-compatible-api (503 SlowDown, ServiceUnavailable; cap exceeded: 403)
 * GCS      https://cloud.google.com/storage/docs/xml-api/reference-status (429, 503; 408 and 5xx to be repeated)
 */
const BY_CODE = new Map<string, FailureClass>()

function rule(kind: FailureClass, codes: string): void {
  for (const code of codes.trim().split(/\s+/)) BY_CODE.set(code, kind)
}

rule(
  'throttle',
  `SlowDown SlowDownRead SlowDownWrite ServiceUnavailable Throttling ThrottlingException ThrottledException
   RequestThrottled RequestThrottledException RequestLimitExceeded TooManyRequests TooManyRequestsException
   BandwidthLimitExceeded ProvisionedThroughputExceededException PriorRequestNotComplete
   rateLimitExceeded userRateLimitExceeded`,
)
rule(
  'transient',
  `InternalError InternalFailure InternalServerError InternalException RequestTimeout RequestTimeoutException
   OperationAborted ConditionalRequestConflict TemporaryRedirect IncompleteBody BadDigest InvalidDigest XAmzContentSHA256Mismatch
   XAmzContentChecksumMismatch PreconditionFailed
   ExpiredToken ExpiredTokenException TokenRefreshRequired RequestExpired SecurityTokenExpired
   XMinioServerNotInitialized XMinioStorageFull XMinioBackendDown XMinioReadQuorum XMinioWriteQuorum
   XMinioAdminNotificationTargetsTestFailed XMinioRequestBodyParse ClientDisconnected`,
)
rule('missing', 'NoSuchKey NoSuchVersion')
rule(
  'permanent',
  `AccessControlListNotSupported AccessDenied AccountProblem AllAccessDisabled AuthFailure AuthorizationHeaderMalformed
   AuthorizationQueryParametersError DirectoryObjectContainsData ExistingObjectIsDirectory IncompleteSignature
   InvalidClientTokenId InvalidSecurityToken InvalidTokenId NotAuthenticated ObjectParentIsFile Unauthorized
   UnrecognizedClientException UserDisable UserSuspended
   BucketAlreadyExists EntityTooLarge EntityTooSmall InvalidAccessKeyId InvalidAccessPoint InvalidArgument
   InvalidBucketName InvalidBucketState InvalidObjectName InvalidObjectState InvalidRange InvalidRequest InvalidSecurity
   InvalidStorageClass InvalidTag InvalidToken InvalidURI KeyTooLongError KeyTooLong MalformedXML MetadataTooLarge
   InvalidPart InvalidPartOrder NoSuchUpload
   MethodNotAllowed MissingContentLength MissingSecurityHeader NoSuchBucket NotImplemented NotSignedUp ObjectLocked
   PermanentRedirect QuotaExceeded RequestTimeTooSkewed SignatureDoesNotMatch TooManyBuckets
   UnauthorizedAccess UserKeyMustBeSpecified XMinioAdminBucketQuotaExceeded XMinioInvalidObjectName
   XMinioInvalidResourceName XMinioObjectExistsAsDirectory XMinioParentIsObject`,
)

/** How stores spell that they want fewer requests, beyond the codes above: `KMS.ThrottlingException`, `Slow_Down`. */
const FEWER_REQUESTS = /throttl|slow[-_ ]?down|rate[-_ ]?limit|too[-_ ]?many[-_ ]?requests|requestlimit/i

function classOfCode(code: string): FailureClass | undefined {
  return BY_CODE.get(code) ?? (FEWER_REQUESTS.test(code) ? 'throttle' : undefined)
}

/** True for a code whose meaning is known here. */
export function hasRule(code: string): boolean {
  return BY_CODE.has(code)
}

/** What a response says, as far as the verdict needs it. */
interface RefusedAnswer {
  status: number
  /** The store's code; '' if it sent none. */
  code: string
  message: string
  /** Response headers by lower-case name. */
  headers: Record<string, string | string[] | undefined>
  /** Region named in the body; '' if none. */
  region?: string
  /** Host that the body says to ask instead; '' if none. */
  endpoint?: string
  /**
   * Whose answer it is: see `ErrorBody`, where `other` also stands for an answer without a body that nothing shows to be the
   * store's. Default: `error` if there is a code, else `empty`.
   */
  kind?: 'error' | 'empty' | 'other'
  /** True for a PUT or POST. */
  isWrite?: boolean
  /** What was requested, such as `GET key`; begins the message. */
  request: string
}

/** The verdict on an unexpected response. */
export function classifyAnswer(side: Side, answer: RefusedAnswer): AttemptFailure {
  const named = answer.code === '' ? codeOfStatus(answer) : answer.code
  // A write never finds its key missing: such a response concerns something else.
  const code = answer.isWrite === true && BY_CODE.get(named) === 'missing' ? `Http${answer.status}` : named
  const failure: AttemptFailure = {
    class: classOf(side, code, answer),
    side,
    code,
    message: `${answer.request}: ${answer.status} ${code}${answer.message === '' ? '' : `: ${answer.message}`}${targetOf(answer)}`,
    status: answer.status,
  }
  const region = regionOf(code, answer)
  if (region !== '') failure.region = region
  const retryAfterMs = readRetryAfter(answer.headers['retry-after'])
  if (retryAfterMs !== undefined) failure.retryAfterMs = retryAfterMs
  return failure
}

/** Where a redirect leads, for a message. */
function targetOf({ status, headers: { location } }: RefusedAnswer): string {
  return status < 400 && typeof location === 'string' && location !== '' ? ` (redirects to ${location})` : ''
}

/** Statuses that are about the request's own size and length, whatever answers: another attempt would end in the same way. */
const OF_THE_REQUEST = new Set([411, 413, 414, 431])

/**
 * True for a status that means nothing unless the store itself answers: an ingress without a backend answers 404 for a
 * moment, a captive portal redirects, a firewall forbids.
 */
function isStoresToSay(status: number): boolean {
  return (
    status >= 300 &&
    status < 500 &&
    !OF_THE_REQUEST.has(status) &&
    !THROTTLES.has(status) &&
    !PASSING.has(status)
  )
}

function classOf(side: Side, code: string, answer: RefusedAnswer): FailureClass {
  const { status, headers, kind, isWrite = false } = answer
  if (kind === 'other' && isStoresToSay(status)) return 'transient'
  const known = classOfCode(code)
  if (known === 'missing' && side === 'destination') return 'permanent'
  // A delete marker requested by its version id is answered with 405.
  if (code === 'MethodNotAllowed' && headers['x-amz-delete-marker'] === 'true') return 'missing'
  if (known !== undefined) return known
  if (isWrite && status === 404) return 'transient'
  return classOfStatus(side, status)
}

/** 420: an older form of 429. 498: OpenStack Swift's. 509: bandwidth. */
const THROTTLES = new Set([420, 429, 498, 503, 509])
/** 421: asked on the wrong connection. 423: locked. 460, 499: a load balancer that lost one of its sides. */
const PASSING = new Set([408, 409, 421, 423, 425, 460, 499])

function classOfStatus(side: Side, status: number): FailureClass {
  if (THROTTLES.has(status)) return 'throttle'
  if (PASSING.has(status) || status === 412) return 'transient'
  if (status === 404) return side === 'source' ? 'missing' : 'permanent'
  if (status === 501 || status === 505) return 'permanent'
  return status >= 500 || status < 400 ? 'transient' : 'permanent'
}

const CODE_OF_STATUS: Record<number, string> = {
  301: 'PermanentRedirect',
  307: 'TemporaryRedirect',
  403: 'AccessDenied',
  404: 'NoSuchKey',
  405: 'MethodNotAllowed',
  408: 'RequestTimeout',
  411: 'MissingContentLength',
  412: 'PreconditionFailed',
  413: 'EntityTooLarge',
  416: 'InvalidRange',
  429: 'TooManyRequests',
  500: 'InternalError',
  501: 'NotImplemented',
  503: 'ServiceUnavailable',
}

/** Responses to HEAD have no body, and proxies send their own pages: then the status gives the code. */
function codeOfStatus({ status, headers, kind }: RefusedAnswer): string {
  if (kind === 'other' && isStoresToSay(status)) return `Http${status}`
  const named = headers['x-amz-error-code'] ?? headers['x-minio-error-code']
  if (typeof named === 'string' && named !== '') return named
  // AWS names the bucket's region in the headers where a body, which HEAD lacks, would name it as the reason.
  if (status === 400 && typeof headers['x-amz-bucket-region'] === 'string')
    return 'AuthorizationHeaderMalformed'
  return CODE_OF_STATUS[status] ?? `Http${status}`
}

const MAX_RETRY_AFTER_MS = 5 * 60_000

/** `Retry-After` in seconds or as a date, in milliseconds, at most five minutes. */
function readRetryAfter(header: string | string[] | undefined): number | undefined {
  if (typeof header !== 'string' || header === '') return undefined
  const seconds = Number(header)
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - Date.now()
  return Number.isFinite(ms) && ms >= 0 ? Math.min(ms, MAX_RETRY_AFTER_MS) : undefined
}
