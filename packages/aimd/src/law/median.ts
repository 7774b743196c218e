/** The median of some values and its standard error, by the median distance from it: a mean that single values far off don't move. */
export function medianOf(values: readonly number[]): { median: number; error: number } {
  const median = middle(values)
  const distance = middle(values.map((value) => Math.abs(value - median)))
  return { median, error: (NORMAL * distance) / Math.sqrt(values.length) }
}

function middle(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (sorted.length - 1) / 2
  return ((sorted[Math.floor(at)] ?? 0) + (sorted[Math.ceil(at)] ?? 0)) / 2
}

/** Of values that scatter normally, the standard error of the median is so many median distances ÷ √count. */
const NORMAL = 1.86
