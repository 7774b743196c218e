import { discoverManifests, openManifest, suggestPrefixes, type ManifestStore } from '@lagoon/manifest'
import type { ResolvedOptions } from './options.js'
import type { ManifestReader, ManifestRef, ManifestSource } from './ports.js'

/**
 * The Parquet manifests under the prefix of the source bucket. A manifest read by another column or with another filter names other objects, so
 * both are part of the ETag that the state knows it by.
 */
export function bucketManifests(store: ManifestStore, options: ResolvedOptions): ManifestSource {
  const { manifestPrefix, manifestColumn, filter, source } = options
  const scope = scopeOf(options)
  return {
    async *discover(signal) {
      for await (const ref of discoverManifests(store, { prefix: manifestPrefix, ...withSignal(signal) })) {
        yield { ...ref, etag: ref.etag + scope }
      }
    },
    suggestPrefixes: (signal) => suggestPrefixes(store, withSignal(signal)),
    async open(ref, signal) {
      const reader = await openManifest(store, withoutScope(ref, scope), {
        bucket: source.bucket,
        ...(manifestColumn === undefined ? {} : { column: manifestColumn }),
        ...(filter === undefined ? {} : { filter }),
        ...withSignal(signal),
      })
      return filter === undefined ? reader : withoutTotals(reader)
    },
  }
}

/** What of a manifest is read; empty for all of it. */
function scopeOf({ manifestColumn, filter }: ResolvedOptions): string {
  const column = manifestColumn === undefined ? '' : `;column=${manifestColumn}`
  if (filter === undefined) return column
  return `${column};filter=${JSON.stringify({ ...filter, pattern: filter.pattern?.toString() })}`
}

/** How many rows a filter takes is only known when all are read. */
export function withoutTotals(reader: ManifestReader): ManifestReader {
  return {
    rows: null,
    bytes: null,
    rowGroups: reader.rowGroups,
    batches: (options) => reader.batches(options),
  }
}

function withoutScope(ref: ManifestRef, scope: string): ManifestRef {
  return { ...ref, etag: ref.etag.slice(0, ref.etag.length - scope.length) }
}

function withSignal(signal: AbortSignal | undefined): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal }
}
