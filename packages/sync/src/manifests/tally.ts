/** Rows by outcome; completed + skipped + failed is the number of rows that have one. */
export interface RowFigures {
  completed: number
  skipped: number
  failed: number
  /** Among the failed. */
  missing: number
}

/** The status of a manifest. */
export type ManifestStatus = 'completed' | 'skipped' | 'failed'

/**
 * The rows of one manifest, over every scan: one in an ordinary run, one per round of a watch.
 *
 * 1. The results of a first scan count immediately.
 * 2. After that, each row's outcome stands until a later scan of the manifest has ended; only what that scan copies counts immediately.
 * 3. A row that was copied in one scan, and is found complete in the next, still counts as copied.
 */
export class ManifestTally {
  readonly etag: string
  /** The results of this scan so far; every row outcome is counted here. */
  scan = noRows()
  status: ManifestStatus | null = null
  #stands: RowFigures | null = null
  #problem = ''
  #seenBefore = 0
  #seen = 0

  constructor(etag: string) {
    this.etag = etag
  }

  get figures(): RowFigures {
    if (this.#stands === null) return this.scan
    const rows = rowsOf(this.#stands)
    const completed = Math.min(this.#stands.completed + this.scan.completed, rows)
    const failed = Math.min(Math.max(this.#stands.failed - this.scan.completed, 0), rows - completed)
    return {
      completed,
      skipped: rows - completed - failed,
      failed,
      missing: Math.min(this.#stands.missing, failed),
    }
  }

  /** Rows up to this one are being seen in this scan. */
  see(row: number): void {
    this.#seen = Math.max(this.#seen, row + 1)
  }

  /** Whether an earlier scan gave the row an outcome. */
  wasSeen(row: number): boolean {
    return row < this.#seenBefore
  }

  /** Notes the status of the manifest, and the reason for an unreadable one; returns whether that is new. */
  becomes(status: ManifestStatus, problem = ''): boolean {
    const known =
      status === 'skipped'
        ? this.status === 'completed' || this.status === 'skipped'
        : status === this.status && problem === this.#problem
    if (known) return false
    this.status = status
    this.#problem = problem
    return true
  }

  /** Every row that this scan could reach has its outcome. */
  endScan(): void {
    const { scan } = this
    // A manifest that could be read less far than before says nothing new about the rows that were not reached.
    if (this.#stands === null) this.#stands = scan
    else if (rowsOf(scan) < rowsOf(this.#stands)) this.#stands = this.figures
    else {
      const complete = rowsOf(scan) - scan.failed
      const completed = Math.min(this.#stands.completed + scan.completed, complete)
      this.#stands = { ...scan, completed, skipped: complete - completed }
    }
    this.scan = noRows()
    this.#seenBefore = Math.max(this.#seenBefore, this.#seen)
  }
}

export function noRows(): RowFigures {
  return { completed: 0, skipped: 0, failed: 0, missing: 0 }
}

export function rowsOf({ completed, skipped, failed }: RowFigures): number {
  return completed + skipped + failed
}

/** Adds `more` to `sum`. */
export function addRows(sum: RowFigures, more: RowFigures): void {
  sum.completed += more.completed
  sum.skipped += more.skipped
  sum.failed += more.failed
  sum.missing += more.missing
}
