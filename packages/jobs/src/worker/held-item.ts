import type { ReadProblem } from '../records/item-record.js'
import type { RowOutcome } from '../records/counts.js'

/**
 * What a worker may do with a row. `begin`: start now. `wait`: not now; await {@link HeldItem.ready} and ask again. `settled`: it has an
 * outcome. `poison`: it has killed several holders; settle it as failed without starting it. `gone`: another worker has it, or this worker
 * is stopping; start nothing more of this item.
 */
export type Admission = 'begin' | 'wait' | 'settled' | 'poison' | 'gone'

/** How a row ended. */
export interface Settlement {
  readonly outcome: RowOutcome
  /** Bytes copied; default 0. */
  readonly bytes?: number
  /** With `failed` and `missing`: stored with the job unchanged, for `readFailures`. Plain data of at most a few kilobytes. */
  readonly failure?: object
}

/** Failure code of a row that `begin` reported as `poison`. */
export const POISON_ROW = 'LAGOON_JOB_POISON_ROW'

/**
 * A range of rows that this worker holds. Row numbers count from the start of the manifest.
 *
 * 1. Rows are begun in order. Between `begin(row)` and the first byte that reaches a store nothing is awaited.
 * 2. `begin` never returns `begin` when the lease may have expired, by this process's clock.
 * 3. An outcome counts once a checkpoint with it was confirmed; `settle` only notes it.
 * 4. Once the item is lost, no outcome that `settle` notes reaches the job.
 */
export interface HeldItem {
  /** `<manifest>.<row group>.<first row>`. */
  readonly id: string
  readonly manifest: {
    readonly id: string
    readonly key: string
    readonly etag: string
    readonly scope: string
  }
  readonly rowGroup: number
  /** Number of the first row of the row group. */
  readonly groupStart: number
  readonly from: number
  /** One more than the last row, or null until the manifest has been read to its end. Decreases when rows are split off. */
  readonly to: number | null
  /** How many holders the item has had, including this one. */
  readonly epoch: number
  /** Maximum rows in flight: 16 after three holders died without progress, 1 after five, else Infinity. */
  readonly maxInFlight: number
  /** Aborts when the item is lost to another worker or was handed back. Rows in flight may finish; their outcomes are dropped. */
  readonly signal: AbortSignal
  /** Rows with an outcome, including those of earlier holders. */
  readonly settled: number
  /** True if every row has an outcome, so that the item can be finished. */
  readonly complete: boolean
  /** True for a row with an outcome: skip it when reading. */
  isSettled(row: number): boolean
  begin(row: number): Admission
  /** Resolves when `begin` may return something other than `wait`. */
  ready(): Promise<void>
  /** Notes an outcome. False if it does not count: the row has one, or the item is lost. */
  settle(row: number, settlement: Settlement): boolean
  /** Notes the same outcome for all rows of `[from, to)` without one; returns how many there were. */
  settleRows(from: number, to: number, outcome: RowOutcome): number
  /** Sets the number of rows of the manifest, where only reading could reveal it. */
  setEnd(rows: number): void
  /** Writes what was noted; resolves when the engine has confirmed it. False if the item is lost. */
  checkpoint(): Promise<boolean>
  /** From now on a record counts rows only when the part of the report with them is stored. */
  reportTo(parts: ReportParts): void
  /** Ends the item. Every row must have an outcome. False if the item was lost. */
  finish(): Promise<boolean>
  /** Ends the item of a manifest that cannot be read. False if the item was lost. */
  unreadable(problem: ReadProblem): Promise<boolean>
  /**
   * Hands the item back, with what was noted, so that another worker continues from here.
   *
   * @returns false if the item was lost, or the engine did not respond: then it is delivered again once the lease has expired, from the
   * last checkpoint
   */
  release(options?: ReleaseOptions): Promise<boolean>
}

/**
 * The report of an item while one holder has it: one part, which grows. Each time a record is written, the part with the rows that it counts
 * is stored before, under a name of its own, and the record names it in place of the one before.
 */
export interface ReportParts {
  /** The part with every row settled up to now; null when no row came since the part before. Nothing is awaited between this and the record. */
  next(): ReportPart | null
}

export interface ReportPart {
  readonly name: string
  /** Rejects when it can't be stored: then the record is not written either. */
  store(): Promise<void>
  /** A record names this part now, and the one before no more. */
  recorded(): void
}

export interface ReleaseOptions {
  /** Pause before the item is delivered again, in ms; default 0. */
  readonly delayMs?: number
  /** How long to wait for an engine that does not respond, in ms; default the lease. */
  readonly withinMs?: number
}
