import { customerKeyHeaders } from './customer-key.js'
import { zonalHost, zoneOf } from './directory-bucket.js'
import { encodeQueryValue } from '../protocol/encode-key.js'
import { TransferError } from '../contract/errors.js'
import { invalid, oneOf, whole } from '../contract/check-options.js'
import type { EndpointOptions, ResolvedEndpoint } from './endpoint-options.js'
import { isThisMachine } from './store-identity.js'
import { resolveProxy } from './proxy-for.js'
import { checkCap } from './traffic-limits.js'

/** What most stores other than AWS take, and those with regions of their own correct at the first request. */
const ANY_REGION = 'us-east-1'
const MAX_TIMEOUT_MS = 24 * 3_600_000
/**
 * Bucket names that can be part of a host name:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 */
const HOST_LABEL = /^[a-z0-9](?:[a-z0-9-]{1,61}[a-z0-9])?$/

/**
 * Decides address, style and timeouts of an endpoint; pure, no I/O.
 *
 * @throws TransferError `LAGOON_TRANSFER_ENDPOINT_MALFORMED`, `LAGOON_TRANSFER_INVALID_OPTION`
 */
export function resolveEndpoint(options: EndpointOptions): ResolvedEndpoint {
  const { bucket, endpointUrl } = options
  const region = options.region ?? (endpointUrl === undefined ? undefined : ANY_REGION)
  if (typeof bucket !== 'string' || bucket === '') throw invalid('the bucket is empty', 'Set the bucket.')
  if (typeof region !== 'string' || !/^[A-Za-z0-9-]+$/.test(region))
    throw region === undefined
      ? invalid('the region is missing', 'Name it, or the endpoint URL of the store.')
      : invalid(`the region '${region}' is not a region`, 'Use a name such as us-east-1, or auto.')
  const custom = endpointUrl !== undefined
  if (custom && (options.useDualstackEndpoint || options.useFipsEndpoint))
    throw invalid(
      'an endpoint URL and AWS’s dual-stack or FIPS endpoint cannot be combined',
      'Use only one of them.',
    )
  checkCredentials(options)
  const directoryBucket = zoneOf(bucket) !== null
  if (directoryBucket) checkDirectoryBucket(options)

  const inHost = HOST_LABEL.test(bucket)
  const forcePathStyle = options.forcePathStyle ?? (custom || !inHost)
  if (!forcePathStyle && !/^[a-z0-9][a-z0-9.-]+$/.test(bucket))
    throw invalid(`the bucket '${bucket}' cannot be part of a host name`, 'Use path style for it.')

  const address = addressOf({ ...options, region }, forcePathStyle)
  checkCustomerKey(options, address.origin)
  return {
    ...address,
    region,
    bucket,
    forcePathStyle,
    credentials: options.credentials,
    anonymous: options.anonymous ?? false,
    awsProfile: options.awsProfile,
    roleArn: options.roleArn,
    requireDigests: options.requireDigests ?? false,
    requesterPays: options.requesterPays ?? false,
    useDualstackEndpoint: options.useDualstackEndpoint ?? false,
    useFipsEndpoint: options.useFipsEndpoint ?? false,
    directoryBucket,
    sseCustomerKey: options.sseCustomerKey,
    certificateAuthority: options.certificateAuthority,
    // The one place that reads the environment: what `environment` stands for is fixed from here on.
    proxy: resolveProxy(options.proxy ?? 'environment', process.env),
    connectTimeoutMs: whole('connectTimeoutMs', options.connectTimeoutMs, 10_000, 1, MAX_TIMEOUT_MS),
    firstByteTimeoutMs: whole('firstByteTimeoutMs', options.firstByteTimeoutMs, 60_000, 1, MAX_TIMEOUT_MS),
    idleTimeoutMs: whole('idleTimeoutMs', options.idleTimeoutMs, 60_000, 1, MAX_TIMEOUT_MS),
    maxBytesPerSecond: checkCap('maxBytesPerSecond', options.maxBytesPerSecond),
    maxRequestsPerSecond: checkCap('maxRequestsPerSecond', options.maxRequestsPerSecond),
    limits: options.limits,
    conditionalWrites: options.conditionalWrites ?? true,
    etags: directoryBucket ? 'opaque' : oneOf('etags', options.etags, 'md5', ['md5', 'opaque']),
  }
}

/** The same endpoint in another region: AWS's own changes, a custom one is only signed for the region. */
export function inRegion(settings: ResolvedEndpoint, region: string): ResolvedEndpoint {
  const { endpointUrl, ...rest } = settings
  if (endpointUrl !== undefined) return { ...settings, region }
  const moved = { bucket: rest.bucket, region, useDualstackEndpoint: rest.useDualstackEndpoint }
  const address = addressOf({ ...moved, useFipsEndpoint: rest.useFipsEndpoint }, rest.forcePathStyle)
  return { ...settings, ...address, region }
}

/** Where requests go, and what precedes the key. */
function addressOf(
  options: EndpointOptions & { region: string },
  forcePathStyle: boolean,
): Pick<ResolvedEndpoint, 'origin' | 'host' | 'pathPrefix' | 'endpointUrl'> {
  const { bucket, endpointUrl } = options
  const url = parseEndpointUrl(endpointUrl ?? awsEndpoint(options))
  const host = forcePathStyle ? url.host : `${bucket}.${url.host}`
  const base = url.pathname.replace(/\/+$/, '')
  return {
    origin: `${url.protocol}//${host}`,
    host,
    pathPrefix: forcePathStyle ? `${base}/${encodeQueryValue(bucket)}` : base,
    endpointUrl: endpointUrl === undefined ? undefined : `${url.origin}${base}`,
  }
}

function checkCredentials({ credentials, anonymous, awsProfile, roleArn }: EndpointOptions): void {
  const signs = [credentials && 'credentials', awsProfile && 'awsProfile', roleArn && 'roleArn'].filter(
    Boolean,
  )
  if (anonymous === true && signs.length > 0)
    throw invalid(`anonymous and ${signs.join(' and ')} cannot be combined`, 'Use only one of them.')
  if (credentials !== undefined && awsProfile !== undefined)
    throw invalid(
      'credentials and awsProfile cannot be combined',
      'Set the keys, or the profile that has them.',
    )
  if (roleArn !== undefined && !/^arn:[a-z0-9-]+:iam::\d{12}:role\/\S+$/.test(roleArn))
    throw invalid(
      `'${roleArn}' is not the ARN of a role`,
      'Write it like arn:aws:iam::123456789012:role/name.',
    )
  if (credentials === undefined) return
  for (const name of ['accessKeyId', 'secretAccessKey'] as const)
    if (typeof credentials[name] !== 'string' || credentials[name] === '')
      throw invalid(`credentials.${name} is empty`, 'Set both keys, or neither for the AWS default chain.')
}

/** What https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-express-differences.html leaves out. */
function checkDirectoryBucket(options: EndpointOptions): void {
  const { bucket, endpointUrl, forcePathStyle, requesterPays, sseCustomerKey } = options
  const impossible =
    (requesterPays === true && 'requesterPays') ||
    (options.anonymous === true && 'anonymous') ||
    (sseCustomerKey !== undefined && 'sseCustomerKey') ||
    (endpointUrl === undefined && forcePathStyle === true && 'forcePathStyle')
  if (impossible)
    throw invalid(
      `${impossible} is set for the directory bucket '${bucket}'`,
      'Omit it: S3 Express One Zone does not support it.',
    )
}

/** The key is a header of every request: nobody on the path may read it, and AWS and MinIO refuse it over http. */
function checkCustomerKey({ sseCustomerKey }: EndpointOptions, origin: string): void {
  if (sseCustomerKey === undefined) return
  customerKeyHeaders(sseCustomerKey)
  const { protocol, hostname } = new URL(origin)
  if (protocol === 'https:' || isThisMachine(hostname)) return
  throw invalid(
    `sseCustomerKey would be sent unencrypted to '${origin}'`,
    'Use an https: endpoint; the option `certificateAuthority` names the authority of a certificate of your own.',
  )
}

/** https://docs.aws.amazon.com/general/latest/gr/s3.html */
function awsEndpoint({
  bucket,
  region,
  useDualstackEndpoint,
  useFipsEndpoint,
}: EndpointOptions & { region: string }): string {
  const zone = zoneOf(bucket)
  if (zone !== null)
    return `https://${zonalHost(zone, region, useFipsEndpoint === true, useDualstackEndpoint === true)}`
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'
  return `https://s3${useFipsEndpoint ? '-fips' : ''}${useDualstackEndpoint ? '.dualstack' : ''}.${region}.${suffix}`
}

function parseEndpointUrl(text: string): URL {
  let url: URL
  try {
    url = new URL(text)
  } catch (error) {
    throw malformed(text, 'is not a URL', error)
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw malformed(text, 'is neither http: nor https:')
  if (url.username !== '' || url.password !== '') {
    url.username = ''
    url.password = ''
    throw malformed(url.href, 'contains a user name or password')
  }
  if (url.search !== '' || url.hash !== '') throw malformed(text, 'has a query or a fragment')
  return url
}

function malformed(url: string, what: string, cause?: unknown): TransferError {
  return new TransferError(
    'LAGOON_TRANSFER_ENDPOINT_MALFORMED',
    `the endpoint '${url}' ${what}`,
    'Write it like https://s3.example.com or http://127.0.0.1:9000, without the bucket.',
    cause,
  )
}
