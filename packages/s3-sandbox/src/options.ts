import type { Credentials } from './auth/verify-request.js'
import { SandboxError } from './errors.js'
import type { FaultRule } from './faults/fault-rule.js'
import { DEFAULT_LIMITS, type Limits } from './limits.js'
import type { RequestRecord } from './log/request-record.js'
import { checkShape, type Shape } from './shape/shape.js'

export interface SandboxOptions {
  /** TCP port; default 0, a free one. */
  port?: number
  /** Address to listen on; default `127.0.0.1`. */
  host?: string
  /** Buckets in host names: `photos.<domain>:port`; default `localhost`. */
  domain?: string
  /** Serves HTTPS with this key and certificate, both PEM; default HTTP. */
  tls?: { key: string; cert: string }
  /** Default `us-east-1`. Signatures must name it. */
  region?: string
  /** Who may ask; default access key `sandbox` with the secret `sandbox-secret`. Null lets everybody in, signed or not. */
  credentials?: Credentials | null
  /** Keeps objects in this directory, and finds them there again; default in memory. */
  directory?: string
  /** False forgets what the bytes were once they are digested: sizes, ETags and checksums stay, what is read are zeros. Not with `directory`. Default true. */
  keepBytes?: boolean
  /**
   * Makes objects up: the size in bytes of one that nobody wrote, or null for none. The same key and size always give the same bytes. They can be
   * read and are in no listing. Default: none.
   */
  madeUp?: (bucket: string, key: string) => number | null
  /** Buckets to create, if they aren't there. */
  buckets?: readonly string[]
  /** Rules in force from the start; more with `sandbox.faults.add`. */
  faults?: readonly FaultRule[]
  /** Behaviour under load; changed with `sandbox.setShape`. */
  shape?: Shape
  /** What the store takes; the defaults are AWS's. */
  limits?: Partial<Limits>
  /** Of everything random (fault probabilities, latencies); default 1. */
  seed?: number
  /** The server's clock in Unix milliseconds; default the machine's. */
  now?: () => number
  /** Request records to keep; default 10,000. Counters cover everything. */
  logSize?: number
  /** Called when a request was understood, before anything happens; a promise holds the request. */
  onRequest?: (request: RequestRecord) => void | Promise<void>
}

export interface ResolvedOptions {
  port: number
  host: string
  domain: string
  tls: { key: string; cert: string } | null
  region: string
  credentials: Credentials | null
  directory: string | null
  keepBytes: boolean
  madeUp: ((bucket: string, key: string) => number | null) | null
  buckets: readonly string[]
  faults: readonly FaultRule[]
  shape: Shape
  limits: Limits
  seed: number
  now: () => number
  logSize: number
  onRequest: ((request: RequestRecord) => void | Promise<void>) | null
}

/** Fills in the defaults. @throws {SandboxError} `LAGOON_SANDBOX_OPTION_INVALID` */
export function resolveOptions(options: SandboxOptions = {}): ResolvedOptions {
  const { credentials = { accessKeyId: 'sandbox', secretAccessKey: 'sandbox-secret' } } = options
  const resolved: ResolvedOptions = {
    port: options.port ?? 0,
    host: options.host ?? '127.0.0.1',
    domain: options.domain ?? 'localhost',
    tls: options.tls ?? null,
    region: options.region ?? 'us-east-1',
    credentials,
    directory: options.directory ?? null,
    keepBytes: options.keepBytes ?? true,
    madeUp: options.madeUp ?? null,
    buckets: options.buckets ?? [],
    faults: options.faults ?? [],
    shape: checkShape(options.shape ?? {}),
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    seed: options.seed ?? 1,
    now: options.now ?? Date.now,
    logSize: options.logSize ?? 10_000,
    onRequest: options.onRequest ?? null,
  }
  const { port, logSize, limits } = resolved
  if (!resolved.keepBytes && resolved.directory !== null)
    invalid('keepBytes', 'true where there is a directory')
  if (!Number.isInteger(port) || port < 0 || port > 65_535) invalid('port', 'a whole number from 0 to 65,535')
  if (!Number.isInteger(logSize) || logSize < 0) invalid('logSize', 'a whole number from 0')
  if (credentials !== null && (!credentials.accessKeyId || !credentials.secretAccessKey)) {
    invalid('credentials', 'null, or an access key and a secret that are not empty')
  }
  for (const name of ['minPartSizeBytes', 'maxPutBytes', 'maxCopyBytes', 'maxParts'] as const) {
    if (!Number.isInteger(limits[name]) || limits[name] < 0)
      invalid(`limits.${name}`, 'a whole number from 0')
  }
  return resolved
}

function invalid(option: string, range: string): never {
  throw new SandboxError(
    'LAGOON_SANDBOX_OPTION_INVALID',
    `option ${option} is impossible`,
    `It must be ${range}.`,
  )
}
