import type { ManifestRef, ManifestStore } from '../manifest-store.js'

/**
 * Every `*.parquet` object under a prefix, at any depth, in the order of the listing. An empty object is named
 * too: opening it says what is wrong with it, leaving it out would say that there was nothing to copy.
 */
export async function* discoverManifests(
  store: ManifestStore,
  { prefix, signal }: { prefix: string; signal?: AbortSignal },
): AsyncIterable<ManifestRef> {
  for await (const { key, etag, sizeBytes } of store.list({ prefix, ...(signal && { signal }) })) {
    if (isParquet(key)) yield { key, etag: unquote(etag), sizeBytes }
  }
}

/** How far {@link suggestPrefixes} looks. */
export interface SuggestOptions {
  signal?: AbortSignal
  /** Prefixes looked at, at most. Default 50. */
  maxPrefixes?: number
  /** Objects looked at under each, at most. Default 1,000: one page of a listing. */
  maxObjectsPerPrefix?: number
}

/**
 * For the message when nothing lies under the prefix that was given: the prefixes one level down in the bucket that
 * hold a `.parquet` file, sorted. Bounded, so that the question stays cheap in a bucket of any size.
 */
export async function suggestPrefixes(
  store: ManifestStore,
  { signal, maxPrefixes = 50, maxObjectsPerPrefix = 1_000 }: SuggestOptions = {},
): Promise<string[]> {
  const withSignal = signal ? { signal } : {}
  const found: string[] = []
  let looked = 0
  for await (const prefix of store.listPrefixes({ prefix: '', ...withSignal })) {
    if (await holdsParquet(store, { prefix, ...withSignal }, maxObjectsPerPrefix)) found.push(prefix)
    if (++looked >= maxPrefixes) break
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
    if (isParquet(key)) return true
    if (++seen >= maxObjects) return false
  }
  return false
}

function isParquet(key: string): boolean {
  return key.toLowerCase().endsWith('.parquet')
}

function unquote(etag: string): string {
  return etag.replace(/^(?:W\/)?"(.*)"$/, '$1')
}
