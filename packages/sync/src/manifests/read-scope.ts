import type { OpenOptions } from '@lagoon/manifest'
import type { ResolvedOptions } from '../options.js'
import type { ManifestReader } from '../ports/manifests.js'

type Reading = Pick<ResolvedOptions, 'manifestColumn' | 'filter' | 'source'>

/**
 * What of a manifest is read; empty for all of it. A manifest read by another column or with another filter names other objects,
 * so this is a part of the ETag that the state knows it by.
 */
export function scopeOf({ manifestColumn, filter }: Reading): string {
  const column = manifestColumn === undefined ? '' : `;column=${manifestColumn}`
  if (filter === undefined) return column
  return `${column};filter=${JSON.stringify({ ...filter, pattern: filter.pattern?.toString() })}`
}

/** How a manifest is opened to be read so. */
export function openOptionsOf(
  { manifestColumn, filter, source }: Reading,
  signal: AbortSignal | undefined,
): OpenOptions {
  return {
    bucket: source.bucket,
    ...(manifestColumn === undefined ? {} : { column: manifestColumn }),
    ...(filter === undefined ? {} : { filter }),
    ...withSignal(signal),
  }
}

/** The reader with the totals that hold: how many rows a filter takes is only known when all are read. */
export function withTotalsOf({ filter }: Reading, reader: ManifestReader): ManifestReader {
  if (filter === undefined) return reader
  const { rowGroups } = reader
  return { rows: null, bytes: null, rowGroups, batches: (options) => reader.batches(options) }
}

export function withSignal(signal: AbortSignal | undefined): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal }
}
