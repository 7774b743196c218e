import type { KeyBatch } from './key-batch.js'
import type { CompiledFilter } from './row-filter.js'

/**
 * The rows of a batch that match, and the number of each in the manifest. Rows without a usable key always match, because a filter on
 * keys does not apply to them. The same batch if every row matches.
 */
export function selectRows(batch: KeyBatch, take: (index: number) => boolean): KeyBatch {
  const taken: number[] = []
  for (let index = 0; index < batch.keys.length; index++) if (take(index)) taken.push(index)
  if (taken.length === batch.keys.length) return batch
  const pick = <Value>(values: readonly Value[]): Value[] => taken.map((index) => values[index]!)
  const { rowGroup, firstRow, lastOfRowGroup, keys, problems } = batch
  const positions = new Map(taken.map((index, position) => [index, position]))
  return {
    rowGroup,
    firstRow,
    lastOfRowGroup,
    keys: pick(keys),
    rows: taken.map((index) => (batch.rows ? batch.rows[index]! : firstRow + index)),
    problems: problems.flatMap((problem) => {
      const index = positions.get(problem.index)
      return index === undefined ? [] : [{ ...problem, index }]
    }),
    ...(batch.sizes && { sizes: pick(batch.sizes) }),
    ...(batch.etags && { etags: pick(batch.etags) }),
    ...(batch.versionIds && { versionIds: pick(batch.versionIds) }),
    ...(batch.destinationKeys && { destinationKeys: pick(batch.destinationKeys) }),
    ...(batch.lastModifieds && { lastModifieds: pick(batch.lastModifieds) }),
  }
}

/** The rows of a batch whose numbers in the manifest are not left out. */
export function leaveOutRows(batch: KeyBatch, leaveOut: ((row: number) => boolean) | undefined): KeyBatch {
  if (!leaveOut) return batch
  return selectRows(batch, (index) => !leaveOut(batch.rows?.[index] ?? batch.firstRow + index))
}

/** The rows of a batch that match. */
export function filterRows(batch: KeyBatch, filter: CompiledFilter | null): KeyBatch {
  if (!filter) return batch
  return selectRows(batch, (index) => {
    const key = batch.keys[index]
    if (typeof key !== 'string') return true
    const sizeBytes = batch.sizes?.[index] ?? null
    return filter.matches({ key, sizeBytes, lastModifiedMs: batch.lastModifieds?.[index] ?? null })
  })
}
