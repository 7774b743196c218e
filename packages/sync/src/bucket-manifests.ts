import { discoverManifests, openManifest, suggestPrefixes, type ManifestStore } from '@lagoon/manifest'
import type { ResolvedOptions } from './options.js'
import type { ManifestSource } from './ports.js'

/** The Parquet manifests under the prefix of the source bucket. */
export function bucketManifests(store: ManifestStore, options: ResolvedOptions): ManifestSource {
  const { manifestPrefix, manifestColumn, source } = options
  return {
    discover: (signal) => discoverManifests(store, { prefix: manifestPrefix, ...withSignal(signal) }),
    suggestPrefixes: (signal) => suggestPrefixes(store, withSignal(signal)),
    open: (ref, signal) =>
      openManifest(store, ref, {
        bucket: source.bucket,
        ...(manifestColumn === undefined ? {} : { column: manifestColumn }),
        ...withSignal(signal),
      }),
  }
}

function withSignal(signal: AbortSignal | undefined): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal }
}
