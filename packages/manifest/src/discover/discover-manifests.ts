import type { ManifestRef, ManifestStore } from '../manifest-store.js'
import { hiddenPart } from './hidden-files.js'
import { type LeftOut, LeftOutTally } from './left-out.js'
import { ParquetProbe } from './parquet-probe.js'

/** Where to look for manifests. */
export interface DiscoverOptions {
  /** Prefix of their keys. Required; the empty string is the whole bucket. */
  prefix: string
  signal?: AbortSignal
  /** Called once at the end of the listing, if any file under the prefix was not read as a manifest. */
  onLeftOut?: (leftOut: LeftOut) => void
}

/** Files probed at the same time. */
const PARALLEL_PROBES = 16

/**
 * Every Parquet file under a prefix, at any depth, in listing order: `*.parquet`, and files that begin like Parquet under another name.
 * An empty `*.parquet` is included: opening it reports what is wrong, whereas skipping it would say that there was nothing to copy.
 *
 * Skipped and reported to `onLeftOut`: files hidden by their name or directory, such as logs and half-written files of table formats,
 * and files that are not Parquet.
 */
export async function* discoverManifests(
  store: ManifestStore,
  { prefix, signal, onLeftOut }: DiscoverOptions,
): AsyncIterable<ManifestRef> {
  const leftOut = new LeftOutTally(prefix)
  const probe = new ParquetProbe(store, signal)
  const waiting: { ref: ManifestRef; isParquet: Promise<boolean> | true }[] = []
  const next = async (): Promise<ManifestRef | null> => {
    const { ref, isParquet } = waiting.shift()!
    if (await isParquet) return ref
    leftOut.other(ref.key)
    return null
  }
  for await (const { key, etag, sizeBytes } of store.list({ prefix, ...(signal && { signal }) })) {
    // A key that ends in a slash stands for a directory.
    if (leftOut.hides(key) || key.endsWith('/')) continue
    const ref = { key, etag: unquote(etag), sizeBytes }
    const isParquet = isNamedParquet(key) || probe.begins(ref)
    // Its awaiter sees the error; after an early end there is none.
    if (isParquet !== true) isParquet.catch(() => undefined)
    waiting.push({ ref, isParquet })
    while (waiting[0] && (waiting[0].isParquet === true || waiting.length > PARALLEL_PROBES)) {
      const found = await next()
      if (found) yield found
    }
  }
  while (waiting.length > 0) {
    const found = await next()
    if (found) yield found
  }
  const { total } = leftOut
  if (total) onLeftOut?.(total)
}

/** Limits of {@link suggestPrefixes}. */
export interface SuggestOptions {
  signal?: AbortSignal
  /** Most prefixes to check. Default 50. */
  maxPrefixes?: number
  /** Most objects to check under each. Default 1,000: one page of a listing. */
  maxObjectsPerPrefix?: number
}

/**
 * For the message when there is nothing under the given prefix: the prefixes one level down in the bucket that contain a `.parquet`
 * file, sorted. Bounded, so that it stays cheap in a bucket of any size.
 */
export async function suggestPrefixes(
  store: ManifestStore,
  { signal, maxPrefixes = 50, maxObjectsPerPrefix = 1_000 }: SuggestOptions = {},
): Promise<string[]> {
  const withSignal = signal ? { signal } : {}
  const found: string[] = []
  let listed = 0
  for await (const prefix of store.listPrefixes({ prefix: '', ...withSignal })) {
    if (await holdsParquet(store, { prefix, ...withSignal }, maxObjectsPerPrefix)) found.push(prefix)
    if (++listed >= maxPrefixes) break
  }
  return found.sort()
}

async function holdsParquet(
  store: ManifestStore,
  listing: { prefix: string; signal?: AbortSignal },
  maxObjects: number,
): Promise<boolean> {
  let seen = 0
  for await (const { key } of store.list(listing)) {
    if (hiddenPart(listing.prefix, key) === null && isNamedParquet(key)) return true
    if (++seen >= maxObjects) return false
  }
  return false
}

function isNamedParquet(key: string): boolean {
  return key.toLowerCase().endsWith('.parquet')
}

function unquote(etag: string): string {
  return etag.replace(/^(?:W\/)?"(.*)"$/, '$1')
}
