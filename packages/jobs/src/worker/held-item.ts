import type { ReadProblem } from '../records/item-record.js'
import type { RowOutcome } from '../records/counts.js'

/**
 * What a worker may do with a row. `begin`: do it now. `wait`: not now; await {@link HeldItem.ready} and ask again. `settled`: it has an
 * outcome. `poison`: it has killed holder after holder; settle it as failed without touching it. `gone`: it is somebody else's, or this
 * worker is stopping; begin nothing more of this item from here on.
 */
export type Admission = 'begin' | 'wait' | 'settled' | 'poison' | 'gone'

/** How a row ended. */
export interface Settlement {
  readonly outcome: RowOutcome
  /** Bytes copied; default 0. */
  readonly bytes?: number
  /** With `failed` and `missing`: kept with the job as it is, for `readFailures`. Plain data of at most some kilobytes. */
  readonly failure?: object
}

/** Code of the failure of a row that `begin` called `poison`. */
export const POISON_ROW = 'LAGOON_JOB_POISON_ROW'

/**
 * A range of rows in the hands of this worker. Row numbers count from the start of the manifest.
 *
 * 1. Rows are begun in order. Between `begin(row)` and the first byte that reaches a store nothing is awaited.
 * 2. `begin` never answers `begin` when the lease may have run out, by this process's own clock.
 * 3. An outcome counts once a checkpoint with it was confirmed; `settle` only notes it.
 * 4. Once the item is lost, nothing that `settle` notes reaches the job.
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
  /** One more than the last row, or null until the manifest was read to its end. Falls when rows are given away. */
  readonly to: number | null
  /** How many holders the item has had, this one included. */
  readonly epoch: number
  /** Rows in flight at most: 16 after three holders died without getting further, 1 after five, else Infinity. */
  readonly maxInFlight: number
  /** Aborts when the item is lost to another worker, or was handed back. What is in flight may end; its outcomes are dropped. */
  readonly signal: AbortSignal
  /** Rows with an outcome, those of earlier holders included. */
  readonly settled: number
  /** True when every row has an outcome, so that the item can be finished. */
  readonly complete: boolean
  /** True for a row with an outcome: leave it out when reading. */
  isSettled(row: number): boolean
  begin(row: number): Admission
  /** Resolves when `begin` may answer something else than `wait`. */
  ready(): Promise<void>
  /** Notes an outcome. False when it doesn't count: the row has one, or the item is lost. */
  settle(row: number, settlement: Settlement): boolean
  /** Notes the same outcome for all rows of `[from, to)` that have none; how many there were. */
  settleRows(from: number, to: number, outcome: RowOutcome): number
  /** Says how many rows the manifest has, where only reading could tell. */
  setEnd(rows: number): void
  /** Writes what was noted; resolves when the engine confirmed it. False when the item is lost. */
  checkpoint(): Promise<boolean>
  /**
   * Ends the item. Every row must have an outcome.
   *
   * @param options.part name of the part of the report with the rows that this holder settled, stored before
   * @returns false when the item was lost
   */
  finish(options?: { part?: string }): Promise<boolean>
  /** Ends the item of a manifest that can't be read. False when the item was lost. */
  unreadable(problem: ReadProblem): Promise<boolean>
  /**
   * Hands the item back, with what was noted, so that another worker continues where this one stopped.
   *
   * @returns false when the item was lost, or when nobody answered: then it is handed out again once the lease has run out, from the last
   * checkpoint
   */
  release(options?: ReleaseOptions): Promise<boolean>
}

export interface ReleaseOptions {
  /** Pause before the item is given out again, in ms; default 0. */
  readonly delayMs?: number
  /** As for {@link HeldItem.finish}. */
  readonly part?: string
  /** How long an engine that doesn't answer is outlasted, in ms; default the lease. */
  readonly withinMs?: number
}
