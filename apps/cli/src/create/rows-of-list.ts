import { fileSource, openKeyList, streamSource, type KeyBatch, type KeyReader } from '@lagoon/manifest'
import type { CandidateRow } from './rows.js'

/** The keys of a local list, `-` being standard input, and what the list says beside them. */
export async function* rowsOfList(
  path: string,
  options: { bucket: string; column?: string },
): AsyncGenerator<CandidateRow[]> {
  for await (const batch of openList(path, options).batches()) yield rowsOf(batch)
}

function openList(path: string, options: { bucket: string; column?: string }): KeyReader {
  const source = path === '-' ? streamSource('standard input', process.stdin) : fileSource(path)
  return openKeyList(source, { ...options, format: 'auto', lastModified: true })
}

function rowsOf(batch: KeyBatch): CandidateRow[] {
  const problems = new Map(batch.problems.map(({ index, key, message }) => [index, `${key}: ${message}`]))
  return batch.keys.map((key, i) => {
    if (key === null) {
      const row = (batch.rows?.[i] ?? batch.firstRow + i) + 1
      return { problem: `row ${row}: ${problems.get(i)}` }
    }
    const size = batch.sizes?.[i]
    const etag = batch.etags?.[i]
    const lastModified = batch.lastModifieds?.[i]
    const versionId = batch.versionIds?.[i]
    const destinationKey = batch.destinationKeys?.[i]
    return {
      key,
      ...(size == null ? {} : { size }),
      ...(etag == null ? {} : { etag }),
      ...(lastModified == null ? {} : { lastModified: new Date(lastModified) }),
      ...(versionId == null ? {} : { versionId }),
      ...(destinationKey == null ? {} : { destinationKey }),
    }
  })
}
