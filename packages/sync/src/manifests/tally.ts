/** Rows by what became of them; completed + skipped + failed is the number of rows that have an outcome. */
export interface RowFigures {
  completed: number
  skipped: number
  failed: number
  /** Among the failed. */
  missing: number
}

/** What became of a manifest. */
export type ManifestStatus = 'completed' | 'skipped' | 'failed'

/**
 * The rows of one manifest, over every scan: one in an ordinary run, one in each round of a watch.
 *
 * 1. What a first scan finds counts as it comes.
 * 2. After that each row's outcome stands until a later scan of the manifest has ended; only what that scan copies counts at once.
 * 3. A row that was copied in one scan, and is found complete in the next, stays a copied one.
 */
export class ManifestTally {
  readonly etag: string
  /** What this scan has found so far; whoever gives a row its outcome counts it here. */
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

  /** Whether an earlier scan has told what became of the row. */
  wasSeen(row: number): boolean {
    return row < this.#seenBefore
  }

  /** Notes what became of the manifest, and for an unreadable one why; says whether that is news. */
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
    // A manifest that could be read less far than before has told nothing new of the rows that were not reached.
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
