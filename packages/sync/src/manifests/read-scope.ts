import type { KeyReader, OpenOptions, RowFilter } from '@lagoon/manifest'
import type { ResolvedOptions } from '../options/options.js'
import type { ManifestReader } from '../ports/manifests.js'

type Reading = Pick<ResolvedOptions, 'manifestColumn' | 'filter' | 'source' | 'allVersions'>

/**
 * What part of a manifest is read; nothing for all of it. A manifest read by another column or with another filter names other objects.
 */
export function scopeOf({ manifestColumn, filter, allVersions = false }: Reading): { scope?: string } {
  const parts = [
    ...(allVersions ? ['all-versions'] : []),
    ...(manifestColumn === undefined ? [] : [`column=${manifestColumn}`]),
    ...(filter === undefined ? [] : [`filter=${describeFilter(filter)}`]),
  ]
  return parts.length === 0 ? {} : { scope: parts.join(';') }
}

/** A filter as text, the same for the same filter. */
export function describeFilter(filter: RowFilter): string {
  return JSON.stringify({ ...filter, pattern: filter.pattern?.toString() })
}

/** How to open a manifest with this scope. */
export function openOptionsOf(
  { manifestColumn, filter, source, allVersions = false }: Reading,
  signal: AbortSignal | undefined,
): OpenOptions {
  return {
    bucket: source.bucket,
    currentOnly: !allVersions,
    oneVersion: true,
    ...(manifestColumn === undefined ? {} : { column: manifestColumn }),
    ...(filter === undefined ? {} : { filter }),
    ...withSignal(signal),
  }
}

/** The reader with correct totals: how many rows are left out is only known when all are read. */
export function withTotals(reader: KeyReader): ManifestReader {
  const { rowGroups, selective } = reader
  if (!selective) return reader
  return { rows: null, bytes: null, rowGroups, batches: (options) => reader.batches(options) }
}

export function withSignal(signal: AbortSignal | undefined): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal }
}
