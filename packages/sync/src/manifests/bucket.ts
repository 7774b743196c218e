import {
  discoverManifests,
  openManifest,
  suggestPrefixes,
  type LeftOut,
  type ManifestStore,
} from '@lagoon/manifest'
import type { ResolvedOptions } from '../options.js'
import type { ManifestSource } from '../ports/manifests.js'
import { leftOutWarning } from './left-out-warning.js'
import { openOptionsOf, scopeOf, withSignal, withTotals } from './read-scope.js'

/** The Parquet manifests under the prefix of the source bucket. */
export function bucketManifests(store: ManifestStore, options: ResolvedOptions): ManifestSource {
  const scope = scopeOf(options)
  let told = ''
  return {
    async *discover(signal, onWarning) {
      const { manifestPrefix: prefix } = options
      const onLeftOut = (leftOut: LeftOut): void => {
        const warning = leftOutWarning(leftOut)
        // A watch says it again only when it changed.
        if (warning.message !== told) onWarning?.(warning)
        told = warning.message
      }
      for await (const ref of discoverManifests(store, { prefix, onLeftOut, ...withSignal(signal) })) {
        yield { ...ref, ...scope }
      }
    },
    suggestPrefixes: (signal) => suggestPrefixes(store, withSignal(signal)),
    open: async (ref, signal) => withTotals(await openManifest(store, ref, openOptionsOf(options, signal))),
  }
}
