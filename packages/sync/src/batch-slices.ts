import type { KeyBatch } from './ports/manifests.js'

/** Rows that are looked up and named at once. */
export const SLICE_ROWS = 64

/**
 * A batch in slices. What is made for each row then lives as long as a slice takes to copy and dies young: made for a whole batch, it would
 * live for seconds and be moved to the old generation, where it stays until a full collection.
 */
export function* slicesOf(batch: KeyBatch, sliceRows = SLICE_ROWS): Generator<KeyBatch> {
  const rows = batch.keys.length
  if (rows <= sliceRows) return yield batch
  let problem = 0
  for (let start = 0; start < rows; start += sliceRows) {
    const end = Math.min(start + sliceRows, rows)
    const problems: KeyBatch['problems'][number][] = []
    for (; problem < batch.problems.length && batch.problems[problem]!.index < end; problem += 1) {
      const found = batch.problems[problem]!
      problems.push({ ...found, index: found.index - start })
    }
    yield {
      rowGroup: batch.rowGroup,
      firstRow: batch.firstRow + start,
      lastOfRowGroup: batch.lastOfRowGroup && end === rows,
      keys: batch.keys.slice(start, end),
      problems,
      ...(batch.rows && { rows: batch.rows.slice(start, end) }),
      ...(batch.sizes && { sizes: batch.sizes.slice(start, end) }),
      ...(batch.etags && { etags: batch.etags.slice(start, end) }),
      ...(batch.versionIds && { versionIds: batch.versionIds.slice(start, end) }),
      ...(batch.destinationKeys && { destinationKeys: batch.destinationKeys.slice(start, end) }),
    }
  }
}
