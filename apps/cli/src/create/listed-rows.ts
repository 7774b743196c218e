import type { Store } from '@lagoon/transfer'
import type { CandidateRow } from './rows.js'

/** What to list of a bucket. */
interface BucketListing {
  /** None means the whole bucket. */
  readonly prefixes: readonly string[]
  /** Listings at once. */
  readonly concurrency: number
  /** Objects under it are left out: the manifests themselves. */
  readonly manifestPrefix: string
}

/** The objects of a bucket, as the listings bring them. */
export async function* listedRows(
  store: Store,
  { prefixes, concurrency, manifestPrefix }: BucketListing,
): AsyncGenerator<CandidateRow[]> {
  const listing = { prefixes: withoutNested(prefixes), parallel: concurrency }
  for await (const page of store.listUnordered(listing)) {
    yield page
      .filter(({ key }) => manifestPrefix === '' || !key.startsWith(manifestPrefix))
      .map(({ key, sizeBytes: size, etag, lastModified }) =>
        lastModified === undefined ? { key, size, etag } : { key, size, etag, lastModified },
      )
  }
}

/** A prefix that begins with another one would name its objects twice. */
function withoutNested(given: readonly string[]): string[] {
  const prefixes = given.length === 0 ? [''] : [...new Set(given)]
  return prefixes.filter((prefix) => !prefixes.some((other) => other !== prefix && prefix.startsWith(other)))
}
