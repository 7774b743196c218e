import {
  discoverManifests,
  openManifest,
  suggestPrefixes,
  type LeftOut,
  type ManifestRef,
} from '@lagoon/manifest'
import type { Store } from '@lagoon/transfer'
import type { ResolvedOptions } from '../options/options.js'
import type { NamedManifestSource } from '../ports/manifests.js'
import { leftOutWarning } from './left-out-warning.js'
import { openOptionsOf, scopeOf, withSignal, withTotals } from './read-scope.js'

/** The Parquet manifests under the prefix of the source bucket. */
export function bucketManifests(store: Store, options: ResolvedOptions): NamedManifestSource {
  const scope = scopeOf(options)
  let reported = ''
  return {
    async *discover(signal, onWarning) {
      const { manifestPrefix: prefix } = options
      const onLeftOut = (leftOut: LeftOut): void => {
        const warning = leftOutWarning(leftOut)
        // A watch repeats it only when it changed.
        if (warning.message !== reported) onWarning?.(warning)
        reported = warning.message
      }
      for await (const ref of discoverManifests(store, { prefix, onLeftOut, ...withSignal(signal) })) {
        yield { ...ref, ...scope }
      }
    },
    async find(key, signal) {
      const ref = await findObject(store, key, signal)
      return ref === null ? null : { ...ref, ...scope }
    },
    suggestPrefixes: (signal) => suggestPrefixes(store, withSignal(signal)),
    open: async (ref, signal) => withTotals(await openManifest(store, ref, openOptionsOf(options, signal))),
  }
}

/** An object of a bucket as it is now; null when there is none. */
export async function findObject(
  store: Store,
  key: string,
  signal: AbortSignal | undefined,
): Promise<ManifestRef | null> {
  try {
    const { etag, sizeBytes } = await store.head({ key, ...withSignal(signal) })
    return { key, etag, sizeBytes }
  } catch (error) {
    if ((error as { code?: unknown }).code === 'LAGOON_TRANSFER_OBJECT_MISSING') return null
    throw error
  }
}
