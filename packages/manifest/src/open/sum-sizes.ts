import { setImmediate } from 'node:timers/promises'
import { BATCH_ROWS } from '../rows/key-batch.js'
import { openIntegerColumn } from './open-column.js'
import type { PlannedRowGroup } from '../parquet/plan-row-groups.js'
import { SpannedFile } from '../parquet/byte-source.js'
import { planSpans } from '../parquet/plan-spans.js'
import type { RangedFile } from '../parquet/ranged-file.js'
import type { Leaf } from '../parquet/footer/schema.js'
import type { IntegerSink } from '../parquet/values/value-sink.js'

/**
 * The sum of a size column. Reads only that column, one row group after the other; rows without a size count as nothing. Throws
 * `Damage`, errors of reading, or the reason of the signal.
 */
export async function sumSizes(
  file: RangedFile,
  leaf: Leaf,
  groups: readonly PlannedRowGroup[],
  signal: AbortSignal,
): Promise<number> {
  let sum = 0
  const sink: IntegerSink = {
    take(value) {
      if (value > 0) sum += value
    },
    missing() {},
  }
  const only = groups.map(({ rows, firstRow, chunks }) => ({
    planned: { rows, firstRow, chunks: new Map([[leaf.index, chunks.get(leaf.index)!]]) },
  }))
  const columns = [...planSpans(only)].flatMap((run) => {
    const source = run.span ? new SpannedFile(file, run.span) : file
    return run.groups.map(({ planned }) => ({
      rows: planned.rows,
      column: openIntegerColumn({ file: source, group: planned, signal }, leaf),
    }))
  })
  for (const [index, { rows, column }] of columns.entries()) {
    columns[index + 1]?.column.prefetch()
    for (let left = rows; left > 0; left -= BATCH_ROWS) {
      await column.read(Math.min(left, BATCH_ROWS), sink)
      await setImmediate()
      signal.throwIfAborted()
    }
  }
  return sum
}
