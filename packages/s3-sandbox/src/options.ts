import type { Credentials } from './auth/verify-request.js'
import {
  callback,
  checkFields,
  flag,
  invalid,
  list,
  object,
  text,
  texts,
  wholeFrom,
  type FieldCheck,
} from './check-fields.js'
import { combineDialects, type Dialect } from './dialect/dialect.js'
import type { FaultRule } from './faults/fault-rule.js'
import { resolveLimits, type Limits } from './limits.js'
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
  /** Access keys of clients; default access key `sandbox` with the secret `sandbox-secret`. Null accepts every request, signed or not. */
  credentials?: Credentials | null
  /** Keeps objects in this directory across restarts; default in memory. */
  directory?: string
  /**
   * False discards the bytes after computing digests: sizes, ETags and checksums stay, and reads return zeros. Not with `directory`.
   * Default true.
   */
  keepBytes?: boolean
  /**
   * Generates objects: the size in bytes of an object that was never written, or null for none. The same key and size always have the same
   * bytes. Such objects can be read but are not listed. Default: none.
   */
  madeUp?: (bucket: string, key: string) => number | null
  /** Buckets to create if they do not exist. */
  buckets?: readonly string[]
  /** Initial fault rules; add more with `sandbox.faults.add`. */
  faults?: readonly FaultRule[]
  /** Behaviour under load; change it with `sandbox.setShape`. */
  shape?: Shape
  /** How the store differs from S3; change it with `sandbox.setDialect`. Several dialects are combined. */
  dialect?: Dialect | readonly Dialect[]
  /** The store's limits; the defaults are AWS's. */
  limits?: Partial<Limits>
  /** Seed of everything random (fault probabilities, latencies); default 1. */
  seed?: number
  /** The server's clock in Unix milliseconds; default the machine's. */
  now?: () => number
  /** Number of request records to keep; default 10,000. Counters cover everything. */
  logSize?: number
  /** Called when a request was parsed, before it is processed; a promise holds the request. */
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
  dialect: Dialect
  limits: Limits
  seed: number
  now: () => number
  logSize: number
  onRequest: ((request: RequestRecord) => void | Promise<void>) | null
}

const credentials: FieldCheck = [
  (value) => {
    if (value === null) return true
    const { accessKeyId, secretAccessKey, sessionToken = '' } = (value ?? {}) as Partial<Credentials>
    const texts = [accessKeyId, secretAccessKey, sessionToken].every((part) => typeof part === 'string')
    return texts && accessKeyId !== '' && secretAccessKey !== ''
  },
  'null, or { accessKeyId, secretAccessKey, sessionToken? } that are not empty',
]

const CHECKS: Readonly<Record<keyof SandboxOptions, FieldCheck>> = {
  port: wholeFrom(0, 65_535),
  host: text,
  domain: text,
  tls: object,
  region: text,
  credentials,
  directory: text,
  keepBytes: flag,
  madeUp: callback,
  buckets: texts,
  faults: list,
  shape: object,
  dialect: object,
  limits: object,
  seed: [Number.isInteger, 'a whole number'],
  now: callback,
  logSize: wholeFrom(0),
  onRequest: callback,
}

/** Fills in the defaults. @throws {SandboxError} `LAGOON_SANDBOX_OPTION_INVALID` */
export function resolveOptions(options: SandboxOptions = {}): ResolvedOptions {
  checkFields('options', options, CHECKS)
  if (options.tls !== undefined) checkFields('options.tls', options.tls, { key: text, cert: text })
  if (options.keepBytes === false && options.directory !== undefined)
    throw invalid('options.keepBytes', 'true where there is a directory')
  return {
    port: options.port ?? 0,
    host: options.host ?? '127.0.0.1',
    domain: options.domain ?? 'localhost',
    tls: options.tls ?? null,
    region: options.region ?? 'us-east-1',
    credentials:
      options.credentials === undefined
        ? { accessKeyId: 'sandbox', secretAccessKey: 'sandbox-secret' }
        : checkCredentials(options.credentials),
    directory: options.directory ?? null,
    keepBytes: options.keepBytes ?? true,
    madeUp: options.madeUp ?? null,
    buckets: options.buckets ?? [],
    faults: options.faults ?? [],
    shape: checkShape(options.shape ?? {}),
    dialect: combineDialects(options.dialect ?? {}),
    limits: resolveLimits(options.limits ?? {}),
    seed: options.seed ?? 1,
    now: options.now ?? Date.now,
    logSize: options.logSize ?? 10_000,
    onRequest: options.onRequest ?? null,
  }
}

/** @throws {SandboxError} `LAGOON_SANDBOX_OPTION_INVALID` */
export function checkCredentials(given: Credentials | null): Credentials | null {
  if (!credentials[0](given)) throw invalid('credentials', credentials[1])
  return given
}
