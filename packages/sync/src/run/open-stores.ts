import { createStore } from '@lagoon/transfer'
import { asSyncError } from '../as-sync-error.js'
import { bucketManifests } from '../manifests/bucket.js'
import type { Cleanup } from './cleanup.js'
import { SyncError } from '../errors.js'
import { namedManifests } from '../manifests/named.js'
import type { ResolvedOptions } from '../options.js'
import type { ManifestSource } from '../ports/manifests.js'
import type { Requests } from './requests.js'
import { SourceStores } from '../manifests/source-stores.js'

/** Both stores, tried, and the manifests in the source's. */
export interface OpenStores {
  readonly manifests: ManifestSource
  /** Requests sent so far, by side. */
  readonly requests: () => Requests
}

/** @throws SyncError for a store that can't be used; it names the side */
export async function openStores(options: ResolvedOptions, cleanup: Cleanup): Promise<OpenStores> {
  const { source, destination } = options
  const sourceStores = new SourceStores(source)
  cleanup.add(() => sourceStores.close())
  const sourceStore = sourceStores.of(source.bucket)
  const destinationStore = createStore(destination, 'destination')
  cleanup.add(() => destinationStore.close())
  await Promise.all([
    probe(() => sourceStore.probe(), 'source'),
    probe(() => destinationStore.probe(), 'destination'),
  ])
  return {
    manifests:
      options.manifests === undefined
        ? bucketManifests(sourceStore, options)
        : namedManifests(sourceStores, options),
    requests: () => ({ source: sourceStores.requests, destination: destinationStore.requests }),
  }
}

/** Names the side in what a probe has to say. */
async function probe(check: () => Promise<void>, side: 'source' | 'destination'): Promise<void> {
  try {
    await check()
  } catch (error) {
    const known = asSyncError(error)
    throw new SyncError(known.code, `${side}: ${known.message}`, {
      cause: error,
      reason: known.reason,
      ...(known.hint === undefined ? {} : { hint: known.hint }),
    })
  }
}
