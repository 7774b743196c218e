/** How rows ended. */
export interface Counts {
  /** Copied and verified. */
  readonly copied: number
  /** Already at the destination. */
  readonly skipped: number
  /** Without an object at the source. */
  readonly missing: number
  /** Failed permanently. */
  readonly failed: number
  /** Excluded by a filter. */
  readonly excluded: number
  /** Bytes of the objects that were copied. */
  readonly bytes: number
}

export type RowOutcome = Exclude<keyof Counts, 'bytes'>

export const NO_COUNTS: Counts = { copied: 0, skipped: 0, missing: 0, failed: 0, excluded: 0, bytes: 0 }

/** `sign` −1 takes `b` away. */
export function addCounts(a: Counts, b: Counts, sign: 1 | -1 = 1): Counts {
  return {
    copied: a.copied + sign * b.copied,
    skipped: a.skipped + sign * b.skipped,
    missing: a.missing + sign * b.missing,
    failed: a.failed + sign * b.failed,
    excluded: a.excluded + sign * b.excluded,
    bytes: a.bytes + sign * b.bytes,
  }
}

/** Rows that have an outcome. */
export function rowsOf(counts: Counts): number {
  return counts.copied + counts.skipped + counts.missing + counts.failed + counts.excluded
}
