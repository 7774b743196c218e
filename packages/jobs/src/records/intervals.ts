/** Disjoint half-open ranges in ascending order, written flat: `[from, to, from, to, …]`. Neighbours are merged. */
export type Intervals = readonly number[]

/** How many numbers they contain. */
export function sizeOf(intervals: Intervals): number {
  let size = 0
  for (let i = 0; i < intervals.length; i += 2) size += intervals[i + 1]! - intervals[i]!
  return size
}

/** How many numbers of `[from, to)` they contain. */
export function overlapOf(intervals: Intervals, from: number, to: number): number {
  let overlap = 0
  for (let i = 0; i < intervals.length; i += 2) {
    overlap += Math.max(0, Math.min(intervals[i + 1]!, to) - Math.max(intervals[i]!, from))
  }
  return overlap
}

export function includes(intervals: Intervals, number: number): boolean {
  return overlapOf(intervals, number, number + 1) === 1
}

/** With `[from, to)` added, which may touch or overlap existing ranges. */
export function withRange(intervals: Intervals, from: number, to: number): number[] {
  if (to <= from) return [...intervals]
  const result: number[] = []
  let [start, end] = [from, to]
  let placed = false
  for (let i = 0; i < intervals.length; i += 2) {
    const [left, right] = [intervals[i]!, intervals[i + 1]!]
    if (right < start) result.push(left, right)
    else if (left > end) {
      if (!placed) result.push(start, end)
      placed = true
      result.push(left, right)
    } else {
      start = Math.min(start, left)
      end = Math.max(end, right)
    }
  }
  if (!placed) result.push(start, end)
  return result
}

/** Without `[from, to)`. */
export function withoutRange(intervals: Intervals, from: number, to: number): number[] {
  if (to <= from) return [...intervals]
  const result: number[] = []
  for (let i = 0; i < intervals.length; i += 2) {
    const [left, right] = [intervals[i]!, intervals[i + 1]!]
    if (left < Math.min(right, from)) result.push(left, Math.min(right, from))
    if (Math.max(left, to) < right) result.push(Math.max(left, to), right)
  }
  return result
}

/** The ranges of `[from, to)` that they do not cover. */
export function gapsOf(intervals: Intervals, from: number, to: number): number[] {
  let gaps: number[] = from < to ? [from, to] : []
  for (let i = 0; i < intervals.length; i += 2) gaps = withoutRange(gaps, intervals[i]!, intervals[i + 1]!)
  return gaps
}
