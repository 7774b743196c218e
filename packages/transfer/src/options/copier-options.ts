import type { KeyMapping } from './keys.js'
import { invalid, oneOf, whole, type EndpointOptions, type ResolvedEndpoint } from './endpoint-options.js'
import { resolveParts, type PartOptions } from './part-sizes.js'
import type { PlanTuning } from '../copy/plan.js'
import { resolveEndpoint } from './resolve-endpoint.js'
import { refuseSameBucket, storeIdentity } from '../store/store-identity.js'
import type { CopyLedger, UploadLedger } from '../copy/upload-ledger.js'
import {
  resolveWrittenObject,
  type ResolvedWrittenObject,
  type WrittenObjectOptions,
} from '../s3/destination-headers.js'

const MIB = 1024 * 1024
const GIB = 1024 * MIB

/** What a copier is made of. */
export interface CopierOptions extends WrittenObjectOptions, KeyMapping, PartOptions {
  source: EndpointOptions
  destination: EndpointOptions
  /** Most connections to each side; opened only as needed. At least the number of copies run at once. Default 1,024; 1 to 65,535. */
  connections?: number
  /** Most bytes of small bodies held in memory at once; beyond it they are streamed. Default 32 MiB; at least 0. */
  bufferBudgetBytes?: number
  /**
   * Threads that copy, each with connections of its own. 1: the copies run in the caller's thread. More: each job goes to one of as many worker
   * threads, and the runner stays in the caller's. Caps, `bufferBudgetBytes` and what is in flight hold for all of them together; `connections` for
   * each. The other options must be plain data then. Default 1; 1 to 64.
   */
  threads?: number
  /** Parts of one object under way at once, where they need not be in order. Default 4; 1 to 256. */
  partConcurrency?: number
  /** Remembers uploads under way, so that they go on after the process was killed. Default: none, uploads that fail are aborted. */
  uploads?: UploadLedger
  /**
   * What happens to an object that the destination has already. `overwrite`: it is replaced. `if-missing`: it stays; where the store knows
   * `If-None-Match`, even one that came to be during the copy. `if-different`: it is replaced unless its ETag is the source's. Default `overwrite`.
   */
  overwrite?: OverwriteMode
  /**
   * `strict`: a copy of which only the size would be known to agree is read back, and the source with it, and their MD5s are compared. Default
   * `auto`: such a copy is recorded as `size`.
   */
  verify?: 'auto' | 'strict'
  /**
   * Whether the store copies by itself. `auto`: where both buckets are at one endpoint and the credentials are the same, unless the store
   * refuses. `always`: a refusal is a failure. `never`: every byte passes through this machine. Default `auto`.
   */
  serverSideCopy?: 'auto' | 'always' | 'never'
}

export type OverwriteMode = 'overwrite' | 'if-missing' | 'if-different'

/** {@link CopierOptions} with nothing left to decide. */
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
  /** `never` also where the buckets are not at one endpoint. */
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
      'serverSideCopy is always, and the buckets are not at one endpoint with one access key',
      'Use auto, or give both sides the same endpoint, region and credentials.',
    )
  // A condition on the destination is none that CopyObject knows everywhere.
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
  // A session holds for one directory bucket.
  if (source.directoryBucket || destination.directoryBucket) return false
  return source.endpointUrl !== undefined || source.region === destination.region
}
