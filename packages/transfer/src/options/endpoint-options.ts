import type { Credentials } from './credentials.js'
import type { DestinationLimits } from './provider-limits.js'
import type { ProxySettings } from './proxy-for.js'

/** One bucket of one S3-compatible store, and how to reach it. */
export interface EndpointOptions {
  /** `http:` or `https:` URL of the store, with a path if it has one. Default: AWS's endpoint of the region. */
  endpointUrl?: string
  /** Region to sign for. Default with an `endpointUrl`: us-east-1, which most other stores accept; R2 wants `auto`. Required for AWS. */
  region?: string
  bucket: string
  /**
   * Bucket in the path, not in the host name. Default: true with `endpointUrl`, and for names that no certificate covers.
   */
  forcePathStyle?: boolean
  /** Default: AWS's default credential chain. */
  credentials?: Credentials
  /** Sends requests unsigned, for a public bucket. Cannot be combined with credentials. Default: false. */
  anonymous?: boolean
  /**
   * Profile of the shared AWS files that the default chain reads. Only without `credentials`. Default: from the
   * environment.
   */
  awsProfile?: string
  /** ARN of a role to assume with the credentials, or with those of the default chain. Default: none. */
  roleArn?: string
  /** Accepts requester-pays charges, on every request. Default: false. */
  requesterPays?: boolean
  /** AWS's dual-stack endpoint (IPv6). Only without `endpointUrl`. Default: false. */
  useDualstackEndpoint?: boolean
  /** AWS's FIPS endpoint. Only without `endpointUrl`. Default: false. */
  useFipsEndpoint?: boolean
  /**
   * Customer-provided key (SSE-C) of the objects here: 32 bytes in base64. It is sent with every request for an
   * object, so only over https, or to a store on this machine. A source then must not have objects that are encrypted
   * differently, apart from manifests. Default: none.
   */
  sseCustomerKey?: string
  /** PEM of the certificate authorities to trust instead of Node's and the system's. Default: none. */
  certificateAuthority?: string
  /**
   * Proxy for this store: `environment` uses `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` in either case, `none`
   * connects directly, a URL names the proxy. Always a tunnel (`CONNECT`), for http too. Default: `environment`.
   */
  proxy?: string
  /** Longest time to open a connection, in milliseconds. Default 10,000; at least 1. */
  connectTimeoutMs?: number
  /**
   * Longest wait for the first byte of a response after the request was sent, in milliseconds. Default 60,000; at
   * least 1. A value equal to `idleTimeoutMs` saves one timer per request.
   */
  firstByteTimeoutMs?: number
  /** Longest wait between bytes of a body, in milliseconds. Default 60,000; at least 1. */
  idleTimeoutMs?: number
  /**
   * `md5`: an ETag of 32 hexadecimal digits is the MD5 of the bytes, unless the response names a kind of encryption
   * for which it is not. `opaque`: never, for stores that invent ETags; always used for directory buckets. Default:
   * `md5`.
   */
  etags?: 'md5' | 'opaque'
  /** Limits of a store that differ from those of S3. Default: derived from the host name for R2 and Scaleway. */
  limits?: Partial<DestinationLimits>
  /**
   * True for a bucket that requires a digest with every write, such as one with object lock. A digest that is not
   * known is computed by reading the object twice. Default: false, until the store asks for it.
   */
  requireDigests?: boolean
  /**
   * False for a store that does not support `If-None-Match` on a PUT; it is then not sent. Default: true, until the
   * store refuses one.
   */
  conditionalWrites?: boolean
  /** Cap on the bytes of objects read from, or written to, this store by a copier. Default: none; at least 1. */
  maxBytesPerSecond?: number
  /** Cap on the requests sent to this store. Default: none; at least 1. */
  maxRequestsPerSecond?: number
}

/** {@link EndpointOptions} with every default filled in. */
export interface ResolvedEndpoint {
  /** Scheme, host and port, as the connection pool expects it. */
  origin: string
  /** As in the `host` header: without the scheme's own port. */
  host: string
  /** What precedes `/` and the key in the path of a request; contains the bucket in path style. */
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
