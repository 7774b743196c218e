import { damaged } from '../errors.js'
import type { StoredRecord } from '../ports.js'
import { NO_COUNTS, addCounts, type Counts } from './counts.js'
import { gapsOf, includes, overlapOf, sizeOf, withRange, withoutRange, type Intervals } from './intervals.js'
import type { ReadProblem } from './item-record.js'
import { decode, encode } from './json.js'

/** Consecutive row groups of the same shape. */
export interface RowGroupRun {
  readonly groups: number
  /** Rows of each group. */
  readonly rows: number
  /** Rows of an item. */
  readonly slice: number
}

/** One version of a manifest: its slices, and the sums over the items that are done. */
export interface PlanRecord {
  readonly key: string
  readonly etag: string
  readonly scope: string
  /** Null for a list whose rows are known only after reading: it is one item. */
  readonly runs: readonly RowGroupRun[] | null
  /** The number of rows, where only reading could reveal it. */
  readonly rowsRead?: number
  /** Rows that are done, as ranges of row numbers: each item is added to the sums exactly once. */
  readonly done: Intervals
  /** Sums over `done`. */
  readonly counts: Counts
  /** Rows that could not be read. */
  readonly unreadable: Intervals
  /** Why the manifest, or a part of it, cannot be read. */
  readonly problem?: ReadProblem
  /** True if a newer version of the manifest superseded it: the rest of it is not copied. */
  readonly superseded?: true
}

/** A range of rows of one row group, as the plan divides it. */
export interface Slice {
  readonly rowGroup: number
  /** Number of the first row of the row group in the whole manifest. */
  readonly groupStart: number
  readonly from: number
  /** Null if only reading reveals it. */
  readonly to: number | null
}

export function newPlan(manifest: {
  key: string
  etag: string
  scope: string
  runs: readonly RowGroupRun[] | null
  problem?: ReadProblem
}): PlanRecord {
  return { ...manifest, done: [], counts: NO_COUNTS, unreadable: [] }
}

export const encodePlan = (plan: PlanRecord): Uint8Array => encode(plan)

/** @throws {JobsError} `LAGOON_JOBS_RECORD_DAMAGED` */
export function decodePlan(stored: StoredRecord): PlanRecord {
  const plan = decode<PlanRecord>(stored)
  if (typeof plan.key !== 'string' || !Array.isArray(plan.done)) throw damaged(stored.key)
  return plan
}

/** All slices, in the order in which they are worked on. */
export function* planSlicesOf(plan: PlanRecord): Iterable<Slice> {
  if (plan.problem !== undefined && plan.runs === null) return
  if (plan.runs === null) {
    yield { rowGroup: 0, groupStart: 0, from: 0, to: null }
    return
  }
  let rowGroup = 0
  let groupStart = 0
  for (const { groups, rows, slice } of plan.runs) {
    for (let group = 0; group < groups; group += 1) {
      for (let from = 0; from < rows; from += slice) {
        yield { rowGroup, groupStart, from: groupStart + from, to: groupStart + Math.min(rows, from + slice) }
      }
      rowGroup += 1
      groupStart += rows
    }
  }
}

/** The row group with this number; null if the manifest has no such group. */
export function groupOf(
  plan: PlanRecord,
  rowGroup: number,
): { start: number; rows: number | null; slice: number } | null {
  if (plan.runs === null) return rowGroup === 0 ? { start: 0, rows: null, slice: 0 } : null
  let [first, start] = [0, 0]
  for (const { groups, rows, slice } of plan.runs) {
    if (rowGroup < first + groups) return { start: start + (rowGroup - first) * rows, rows, slice }
    first += groups
    start += groups * rows
  }
  return null
}

/** The slice that begins at `from`; null if the plan has none there. */
export function sliceAt(plan: PlanRecord, rowGroup: number, from: number): Slice | null {
  const group = groupOf(plan, rowGroup)
  if (group === null) return null
  const { start, rows, slice } = group
  if (rows === null) return from === 0 ? { rowGroup, groupStart: 0, from, to: null } : null
  const within = from - start
  if (within < 0 || within >= rows || within % slice !== 0) return null
  return { rowGroup, groupStart: start, from, to: start + Math.min(rows, within + slice) }
}

/** Rows of the manifest; null until they are known. */
export function rowsOfPlan(plan: PlanRecord): number | null {
  if (plan.runs === null) return plan.rowsRead ?? null
  return plan.runs.reduce((sum, { groups, rows }) => sum + groups * rows, 0)
}

/** `finished`: every row is done. `ended`: nothing is left to work on, but a part could not be read or was superseded. */
export function stageOf(plan: PlanRecord): 'open' | 'finished' | 'ended' {
  const rows = rowsOfPlan(plan)
  const done = sizeOf(plan.done)
  if (rows !== null && done === rows) return 'finished'
  if (plan.superseded === true) return 'ended'
  if (rows === null) return plan.problem === undefined ? 'open' : 'ended'
  return done + sizeOf(plan.unreadable) === rows ? 'ended' : 'open'
}

/** True when the item that begins at `from` needs no more work. */
export function isSettled(plan: PlanRecord, from: number): boolean {
  return stageOf(plan) !== 'open' || includes(plan.done, from) || includes(plan.unreadable, from)
}

/** Adds a done range to the sums; null if they already include it, `overlap` if they include a part of it. */
export function withDone(
  plan: PlanRecord,
  from: number,
  to: number,
  counts: Counts,
): PlanRecord | 'overlap' | null {
  if (plan.runs === null && plan.rowsRead === 0) return null
  const overlap = overlapOf(plan.done, from, to)
  if (overlap > 0) return overlap === to - from ? null : 'overlap'
  return {
    ...plan,
    ...(plan.runs === null && { rowsRead: to }),
    done: withRange(plan.done, from, to),
    counts: addCounts(plan.counts, counts),
  }
}

/** Takes a range out of the sums, so that its rows can be retried; null if they do not include it. */
export function withoutDone(plan: PlanRecord, from: number, to: number, counts: Counts): PlanRecord | null {
  if (overlapOf(plan.done, from, to) === 0) return null
  return { ...plan, done: withoutRange(plan.done, from, to), counts: addCounts(plan.counts, counts, -1) }
}

/** Records that `[from, to)` cannot be read; `to` is null if the number of rows is unknown. */
export function withUnreadable(
  plan: PlanRecord,
  from: number,
  to: number | null,
  problem: ReadProblem,
): PlanRecord {
  return { ...plan, unreadable: to === null ? [] : withRange(plan.unreadable, from, to), problem }
}

/** Opens `[from, to)` again, so that it is read once more. */
export function withoutUnreadable(plan: PlanRecord, from: number, to: number | null): PlanRecord {
  const unreadable = to === null ? [] : withoutRange(plan.unreadable, from, to)
  const { problem, ...rest } = plan
  return { ...rest, unreadable, ...(unreadable.length > 0 && problem !== undefined && { problem }) }
}

/** Ranges of `[from, to)` that are neither done nor unreadable. */
export function openRanges(plan: PlanRecord, from: number, to: number): number[] {
  let settled: Intervals = plan.done
  for (let i = 0; i < plan.unreadable.length; i += 2) {
    settled = withRange(settled, plan.unreadable[i]!, plan.unreadable[i + 1]!)
  }
  return gapsOf(settled, from, to)
}
