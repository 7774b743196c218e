import { TransferError } from '../errors.js'
import type { Credentials } from '../s3/credentials.js'
import type { DestinationLimits } from './provider-limits.js'
import type { ProxySettings } from './proxy-for.js'

/** One bucket of one S3-compatible store, and how to reach it. */
export interface EndpointOptions {
  /** `http:` or `https:` URL of the store, with a path if it has one. Default: AWS's endpoint of the region. */
  endpointUrl?: string
  /** Region to sign for. Custom stores mostly accept any; R2 wants `auto`. */
  region: string
  bucket: string
  /** Bucket in the path, not in the host name. Default: true with `endpointUrl`, and for names that no certificate covers. */
  forcePathStyle?: boolean
  /** Default: the AWS default chain. */
  credentials?: Credentials
  /** Sends requests unsigned, for a public bucket. Not together with any credentials. Default: false. */
  anonymous?: boolean
  /** Profile of the shared AWS files that the default chain reads. Only without `credentials`. Default: that of the environment. */
  awsProfile?: string
  /** ARN of a role to assume with the credentials, or with those of the default chain. Default: none. */
  roleArn?: string
  /** Says that the requester pays, on every request. Default: false. */
  requesterPays?: boolean
  /** AWS's dual-stack endpoint (IPv6). Only without `endpointUrl`. Default: false. */
  useDualstackEndpoint?: boolean
  /** AWS's FIPS endpoint. Only without `endpointUrl`. Default: false. */
  useFipsEndpoint?: boolean
  /**
   * Key of the customer's own (SSE-C) that objects here are encrypted with: 32 bytes in base64. Sent with every request for an object, so only
   * over https, or to a store on this machine. A source then has no objects that are encrypted otherwise; manifests may be. Default: none.
   */
  sseCustomerKey?: string
  /** PEM of the authorities to trust instead of Node's and the system's. Default: none. */
  certificateAuthority?: string
  /**
   * Proxy for this store: `environment` obeys `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` in either case, `none` goes direct, a URL is
   * used as it is. Always by a tunnel (`CONNECT`), for http too. Default: `environment`.
   */
  proxy?: string
  /** Longest time to open a connection, in milliseconds. Default 10,000; at least 1. */
  connectTimeoutMs?: number
  /**
   * Longest wait for the first byte of an answer after the request was sent, in milliseconds. Default 60,000; at least 1. A value equal
   * to `idleTimeoutMs` saves a timer a request.
   */
  firstByteTimeoutMs?: number
  /** Longest silence within a body, in milliseconds. Default 60,000; at least 1. */
  idleTimeoutMs?: number
  /**
   * `md5`: an ETag of 32 hexadecimal digits is the MD5 of the bytes, unless the answer names a kind of encryption where it is not.
   * `opaque`: never is, for stores that make ETags up; always so for directory buckets. Default: `md5`.
   */
  etags?: 'md5' | 'opaque'
  /** Where the store bounds uploads otherwise than S3 does. Default: known by the host name of R2 and Scaleway. */
  limits?: Partial<DestinationLimits>
  /**
   * True for a bucket that wants a digest with every write, as those with object lock do: one that is not known is computed by reading the object twice.
   * Default: false, until the store asks for it.
   */
  requireDigests?: boolean
  /** False for a store that does not keep to `If-None-Match` on a PUT, and is not asked to. Default: true, until it refuses one. */
  conditionalWrites?: boolean
  /** Cap on the bytes of objects read from, or written to, this store by a copier. Default: none; at least 1. */
  maxBytesPerSecond?: number
  /** Cap on the requests sent to this store. Default: none; at least 1. */
  maxRequestsPerSecond?: number
}

/** {@link EndpointOptions} with nothing left to decide. */
export interface ResolvedEndpoint {
  /** Scheme, host and port, as the connection pool wants it. */
  origin: string
  /** As the `host` header says it: without the scheme's own port. */
  host: string
  /** What comes before `/` and the key in the path of a request; holds the bucket in path style. */
  pathPrefix: string
  /** URL for the SDK: without the bucket. Unset for AWS's own. */
  endpointUrl: string | undefined
  region: string
  bucket: string
  forcePathStyle: boolean
  credentials: Credentials | undefined
  anonymous: boolean
  awsProfile: string | undefined
  roleArn: string | undefined
  requireDigests: boolean
  requesterPays: boolean
  useDualstackEndpoint: boolean
  useFipsEndpoint: boolean
  /** A bucket of S3 Express One Zone, by its name. */
  directoryBucket: boolean
  sseCustomerKey: string | undefined
  certificateAuthority: string | undefined
  proxy: ProxySettings
  connectTimeoutMs: number
  firstByteTimeoutMs: number
  idleTimeoutMs: number
  etags: 'md5' | 'opaque'
  limits: Partial<DestinationLimits> | undefined
  conditionalWrites: boolean
  maxBytesPerSecond: number | undefined
  maxRequestsPerSecond: number | undefined
}

export function invalid(what: string, hint: string, cause?: unknown): TransferError {
  return new TransferError('LAGOON_TRANSFER_INVALID_OPTION', what, hint, cause)
}

/** A whole number within bounds, or its default. */
export function whole(
  name: string,
  value: number | undefined,
  fallback: number,
  min: number,
  max: number,
): number {
  if (value === undefined) return fallback
  if (!Number.isInteger(value) || value < min || value > max)
    throw invalid(`${name} is ${value}`, `Give a whole number from ${min} to ${max}.`)
  return value
}

/** One of a few words, or its default. */
export function oneOf<T extends string>(
  name: string,
  value: T | undefined,
  fallback: T,
  allowed: readonly T[],
): T {
  if (value === undefined) return fallback
  if (!allowed.includes(value)) throw invalid(`${name} is '${value}'`, `Give one of: ${allowed.join(', ')}.`)
  return value
}
