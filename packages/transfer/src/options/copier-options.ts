import type { KeyMapping } from './key-mapping.js'
import { invalid, oneOf, whole } from '../contract/check-options.js'
import type { EndpointOptions, ResolvedEndpoint } from './endpoint-options.js'
import { resolveParts, type PartOptions, type PlanTuning } from './part-sizes.js'
import { resolveEndpoint } from './resolve-endpoint.js'
import { refuseSameBucket, storeIdentity } from './store-identity.js'
import type { CopyLedger, UploadLedger } from '../contract/copier.js'
import {
  resolveWrittenObject,
  type ResolvedWrittenObject,
  type WrittenObjectOptions,
} from './destination-headers.js'

const MIB = 1024 * 1024
const GIB = 1024 * MIB

/** What a copier needs. */
export interface CopierOptions extends WrittenObjectOptions, KeyMapping, PartOptions {
  source: EndpointOptions
  destination: EndpointOptions
  /**
   * Most connections to each side; opened only as needed. At least the number of copies run at the same time. Default
   * 1,024; 1 to 65,535.
   */
  connections?: number
  /**
   * Most bytes of small bodies held in memory at the same time; beyond that they are streamed. Default 32 MiB; at
   * least 0.
   */
  bufferBudgetBytes?: number
  /**
   * Copy threads, each with its own connections. 1: copies run in the caller's thread. More: each job goes to one of
   * that many worker threads, and the runner stays in the caller's. Caps, `bufferBudgetBytes` and the number in
   * flight apply to all of them together; `connections` applies to each. The other options must then be plain data.
   * Default 1; 1 to 64.
   */
  threads?: number
  /**
   * Most parts of one object in flight at the same time, where they need not be in order. A tenth of the parts at most, and at least one: what is in
   * flight is sent again after a kill. Default 4; 1 to 256.
   */
  partConcurrency?: number
  /**
   * Records uploads in progress, so that they can be resumed after the process was killed. Default: none; failed
   * uploads are aborted.
   */
  uploads?: UploadLedger
  /**
   * What to do when the object exists at the destination. `overwrite`: replace it. `if-missing`: keep it; if the
   * store supports `If-None-Match`, even one that was created during the copy. `if-different`: replace it unless its
   * ETag equals the source's. Default `overwrite`.
   */
  overwrite?: OverwriteMode
  /**
   * `strict`: if only the size could be compared, reads the copy and the source back and compares their MD5s. Default
   * `auto`: such a copy is recorded as `size`.
   */
  verify?: 'auto' | 'strict'
  /**
   * Server-side copies. `auto`: if both buckets share an endpoint and the credentials are the same, unless the store
   * refuses. `always`: a refusal is a failure. `never`: every byte passes through this machine. Default `auto`.
   */
  serverSideCopy?: 'auto' | 'always' | 'never'
}

export type OverwriteMode = 'overwrite' | 'if-missing' | 'if-different'

/** {@link CopierOptions} with every default filled in. */
export interface ResolvedCopier {
  source: ResolvedEndpoint
  destination: ResolvedEndpoint
  connections: number
  bufferBudgetBytes: number
  tuning: PlanTuning
  threads: number
  partConcurrency: number
  uploads: CopyLedger | null
  overwrite: OverwriteMode
  verify: 'auto' | 'strict'
  /** Also `never` if the buckets do not share an endpoint. */
  serverSideCopy: 'auto' | 'always' | 'never'
  mapping: Required<KeyMapping>
  written: ResolvedWrittenObject
}

/**
 * Completes and checks the options; pure.
 *
 * @throws TransferError `LAGOON_TRANSFER_INVALID_OPTION`, `LAGOON_TRANSFER_ENDPOINT_MALFORMED`, `LAGOON_TRANSFER_SAME_BUCKET`
 */
export function resolveCopier(options: CopierOptions): ResolvedCopier {
  const resolved: ResolvedCopier = {
    source: resolveEndpoint(options.source),
    destination: resolveEndpoint(options.destination),
    connections: whole('connections', options.connections, 1024, 1, 65_535),
    bufferBudgetBytes: whole('bufferBudgetBytes', options.bufferBudgetBytes, 32 * MIB, 0, 64 * GIB),
    tuning: resolveParts(options),
    threads: whole('threads', options.threads, 1, 1, 64),
    partConcurrency: whole('partConcurrency', options.partConcurrency, 4, 1, 256),
    uploads: options.uploads ?? null,
    overwrite: oneOf('overwrite', options.overwrite, 'overwrite', [
      'overwrite',
      'if-missing',
      'if-different',
    ]),
    verify: oneOf('verify', options.verify, 'auto', ['auto', 'strict']),
    serverSideCopy: oneOf('serverSideCopy', options.serverSideCopy, 'auto', ['auto', 'always', 'never']),
    mapping: { stripPrefix: options.stripPrefix ?? '', addPrefix: options.addPrefix ?? '' },
    written: resolveWrittenObject(options),
  }
  const { source, destination } = resolved
  const oneStore = isOneEndpoint(source, destination)
  if (!oneStore && resolved.serverSideCopy === 'always')
    throw invalid(
      'serverSideCopy is always, but the buckets do not share an endpoint and an access key',
      'Use auto, or give both sides the same endpoint, region and credentials.',
    )
  // CopyObject does not support a condition on the destination everywhere.
  if (!oneStore || resolved.overwrite === 'if-missing') resolved.serverSideCopy = 'never'
  refuseSameBucket(source, destination)
  return resolved
}

/** True if one request can name both buckets. AWS's own endpoint serves one region. */
function isOneEndpoint(source: ResolvedEndpoint, destination: ResolvedEndpoint): boolean {
  if (storeIdentity(source) !== storeIdentity(destination)) return false
  if (source.credentials?.accessKeyId !== destination.credentials?.accessKeyId) return false
  if (source.anonymous || destination.anonymous) return false
  if (source.awsProfile !== destination.awsProfile || source.roleArn !== destination.roleArn) return false
  // A session is valid for one directory bucket.
  if (source.directoryBucket || destination.directoryBucket) return false
  return source.endpointUrl !== undefined || source.region === destination.region
}
