import type { Store } from '@lagoon/transfer'
import type { CandidateRow } from './rows.js'

/** The objects of a bucket under some prefixes, without the manifests themselves. */
export async function* listedRows(
  store: Store,
  given: readonly string[],
  manifestPrefix: string,
): AsyncGenerator<CandidateRow> {
  for (const prefix of prefixesOf(given)) {
    for await (const { key, sizeBytes: size, etag, lastModified } of store.list({ prefix })) {
      if (manifestPrefix !== '' && key.startsWith(manifestPrefix)) continue
      yield { key, size, etag, ...(lastModified === undefined ? {} : { lastModified }) }
    }
  }
}

/** None means the whole bucket. A prefix that begins with another one would name its objects twice. */
function prefixesOf(given: readonly string[]): string[] {
  const prefixes = given.length === 0 ? [''] : [...new Set(given)]
  return prefixes.filter((prefix) => !prefixes.some((other) => other !== prefix && prefix.startsWith(other)))
}
