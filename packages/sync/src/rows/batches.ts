import type { KeyStreamItem } from '../ports/key-stream.js'
import type { KeyBatch, ManifestRef } from '../ports/manifests.js'
import type { FailureRecord } from '../ports/state.js'

/** Consecutive batches of one manifest. */
interface BatchGroup {
  readonly kind: 'batches'
  readonly ref: ManifestRef
  readonly batches: readonly KeyBatch[]
}

/** Combines batches until they have that many rows, which is asked again for each group. Everything else passes in its place. */
export async function* batchGroups(
  stream: AsyncIterable<KeyStreamItem>,
  rowsAtOnce: () => number,
): AsyncGenerator<BatchGroup | Exclude<KeyStreamItem, { kind: 'batch' }>> {
  let batches: KeyBatch[] = []
  let rows = 0
  let ref: ManifestRef | null = null
  const take = (): BatchGroup[] => {
    const group = ref === null ? [] : [{ kind: 'batches', ref, batches } as const]
    batches = []
    rows = 0
    ref = null
    return group
  }
  for await (const item of stream) {
    if (item.kind !== 'batch' || item.ref !== ref) yield* take()
    if (item.kind !== 'batch') {
      yield item
      continue
    }
    ref = item.ref
    batches.push(item.batch)
    rows += item.batch.keys.length
    if (rows >= rowsAtOnce()) yield* take()
  }
  yield* take()
}

/** Rows that are looked up and named at once. */
const SLICE_ROWS = 64

/**
 * A batch in slices. Objects created for each row then live only as long as a slice takes to copy, and die young: created for a whole
 * batch, they would live for seconds and be moved to the old generation, where they stay until a full collection.
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

/** The rows of a batch at these positions. */
export function pickRows(batch: KeyBatch, positions: readonly number[]): KeyBatch {
  const of = <T>(column: readonly T[]): T[] => positions.map((position) => column[position]!)
  const problems = new Map(batch.problems.map((problem) => [problem.index, problem]))
  const { sizes, etags, versionIds, destinationKeys } = batch
  return {
    rowGroup: batch.rowGroup,
    firstRow: batch.firstRow,
    lastOfRowGroup: batch.lastOfRowGroup,
    keys: of(batch.keys),
    rows: positions.map((position) => batch.rows?.[position] ?? batch.firstRow + position),
    problems: positions.flatMap((position, index) => {
      const problem = problems.get(position)
      return problem === undefined ? [] : [{ ...problem, index }]
    }),
    ...(sizes && { sizes: of(sizes) }),
    ...(etags && { etags: of(etags) }),
    ...(versionIds && { versionIds: of(versionIds) }),
    ...(destinationKeys && { destinationKeys: of(destinationKeys) }),
  }
}

/** The batch without the rows for which `isLeftOut` is true; they are asked for by their numbers in the manifest. */
export function leaveOutRows(batch: KeyBatch, isLeftOut: (row: number) => boolean): KeyBatch {
  const left: number[] = []
  for (let i = 0; i < batch.keys.length; i += 1) {
    if (!isLeftOut(batch.rows?.[i] ?? batch.firstRow + i)) left.push(i)
  }
  return left.length === batch.keys.length ? batch : pickRows(batch, left)
}

/** Most failures that are retried in one item of the stream. */
export const FAILURES_A_STEP = 1000

/** Failures in steps of at most {@link FAILURES_A_STEP}, each requested only when the one before was taken. */
export function* failureSteps(failures: Iterable<FailureRecord>): Generator<FailureRecord[]> {
  let step: FailureRecord[] = []
  for (const failure of failures) {
    step.push(failure)
    if (step.length === FAILURES_A_STEP) {
      yield step
      step = []
    }
  }
  if (step.length > 0) yield step
}
