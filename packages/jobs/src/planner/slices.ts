import type { RowGroupRun } from '../records/plan-record.js'

/** Minimum and maximum rows of an item, and maximum items of a row group: each item reads its row group's column from the beginning. */
const MIN_ROWS = 1024
const MAX_ROWS = 65_536
const MAX_SLICES = 16

/**
 * Rows of an item in a job of this many rows: a thousandth, so that workers stay busy until the end and a dead worker delays little;
 * between 1,024 and 65,536.
 */
export function itemRowsFor(jobRows: number): number {
  return Math.min(MAX_ROWS, Math.max(MIN_ROWS, Math.ceil(jobRows / 1000)))
}

/** How row groups of these sizes are divided into items of about `itemRows`. */
export function cutRowGroups(rowGroups: Iterable<number>, itemRows: number): RowGroupRun[] {
  const runs: RowGroupRun[] = []
  for (const rows of rowGroups) {
    const slices = Math.min(MAX_SLICES, Math.max(1, Math.ceil(rows / itemRows)))
    const slice = Math.max(1, Math.ceil(rows / slices))
    const last = runs.at(-1)
    if (last !== undefined && last.rows === rows) runs[runs.length - 1] = { ...last, groups: last.groups + 1 }
    else runs.push({ groups: 1, rows, slice })
  }
  return runs
}
