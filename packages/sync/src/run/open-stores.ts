import { createStore, type Store } from '@lagoon/transfer'
import { asSyncError } from '../as-sync-error.js'
import type { ProbeResult } from '../copy/run-trouble.js'
import { bucketManifests } from '../manifests/bucket.js'
import type { Cleanup } from '../cleanup.js'
import { SyncError } from '../ports/errors.js'
import { listedManifests } from '../listing/listed-manifests.js'
import { namedManifests } from '../manifests/named.js'
import type { ResolvedOptions } from '../options/options.js'
import type { ManifestSource, NamedManifestSource } from '../ports/manifests.js'
import type { Requests } from './requests.js'
import { shardedManifests, type ShardRows } from '../rows/shard.js'
import { SourceStores } from '../manifests/source-stores.js'

/** Both stores, checked, and the manifests in the source's. */
export interface OpenStores {
  readonly manifests: ManifestSource
  /** The same without shards, whose manifests can be found again by their names. */
  readonly named: NamedManifestSource
  /** Rows read so far, if the job is split into shards. */
  readonly shardRows?: ShardRows
  /** Requests sent so far, by side. */
  readonly requests: () => Requests
  /** Whether a store still accepts the run's credentials. */
  readonly probe: (side: 'source' | 'destination') => Promise<ProbeResult>
}

/**
 * @param lists whether the source is listed, so that it must be listable
 * @throws SyncError for a store that can't be used; it names the side
 */
export async function openStores(
  options: ResolvedOptions,
  cleanup: Cleanup,
  lists = options.manifests === undefined,
): Promise<OpenStores> {
  const { source, destination } = options
  const sourceStores = new SourceStores(source)
  cleanup.add(() => sourceStores.close())
  const sourceStore = sourceStores.of(source.bucket)
  const destinationStore = createStore(destination, 'destination')
  cleanup.add(() => destinationStore.close())
  await Promise.all([
    probe(() => sourceStore.probe(), 'source', !lists),
    probe(() => destinationStore.probe(), 'destination', true),
  ])
  const named =
    options.manifests === undefined
      ? bucketManifests(sourceStore, options)
      : namedManifests(sourceStores, options)
  const manifests = options.listing === undefined ? named : listedManifests(sourceStore, options, cleanup)
  const { shard } = options
  const shardRows: ShardRows = { rows: 0, read: 0 }
  return {
    ...(shard === undefined
      ? { manifests }
      : { manifests: shardedManifests(manifests, shard, options.copy, shardRows), shardRows }),
    named,
    probe: (side) => probeAgain(side === 'source' ? sourceStore : destinationStore),
    requests: () => ({ source: sourceStores.requests, destination: destinationStore.requests }),
  }
}

/**
 * Codes of errors that every request to a bucket ends with. A bucket that may not be listed has accepted the credentials, and
 * a page from something in between says nothing about them.
 */
const REFUSED = new Set([
  'LAGOON_TRANSFER_BUCKET_MISSING',
  'LAGOON_TRANSFER_CLOCK_SKEW',
  'LAGOON_TRANSFER_CREDENTIALS_MISSING',
  'LAGOON_TRANSFER_CREDENTIALS_REFUSED',
  'LAGOON_TRANSFER_WRONG_REGION',
])
/** Causes of `LAGOON_TRANSFER_ENDPOINT_UNREACHABLE` that waiting cannot fix. */
const NO_TLS = /certificate|TLS/

async function probeAgain(store: Store): Promise<ProbeResult> {
  try {
    await store.probe()
    return 'good'
  } catch (error) {
    const { code = '', message = '' } = error as { code?: string; message?: string }
    if (code === 'LAGOON_TRANSFER_ACCESS_DENIED') return 'good'
    return REFUSED.has(code) || NO_TLS.test(message) ? 'refused' : 'unknown'
  }
}

/** Adds the side to a probe's error. */
async function probe(
  check: () => Promise<void>,
  side: 'source' | 'destination',
  mayBeUnlisted: boolean,
): Promise<void> {
  try {
    await check()
  } catch (error) {
    const known = asSyncError(error)
    if (mayBeUnlisted && known.code === 'LAGOON_TRANSFER_ACCESS_DENIED') return
    throw new SyncError(known.code, `${side}: ${known.message}`, {
      cause: error,
      reason: known.reason,
      ...(known.hint === undefined ? {} : { hint: known.hint }),
    })
  }
}
