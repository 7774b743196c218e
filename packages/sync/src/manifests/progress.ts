import type { ManifestTally } from './tally.js'
import type { ManifestRef } from '../ports/manifests.js'
import type { ManifestState, RowOutcome } from '../ports/state.js'

interface OpenGroup {
  outstanding: number
  rows: number
  /** Every row of the group has been seen. */
  read: boolean
}

/**
 * Follows the rows of one manifest until each has an outcome.
 *
 * 1. A row group is settled in the state when it was read to its end and no row of it is outstanding.
 * 2. A manifest is finished when it was read to its end and all its row groups are settled.
 * 3. Both are recorded after the outcomes they stand for, so that the state never claims more than it has.
 */
export class ManifestProgress {
  readonly #groups = new Map<number, OpenGroup>()
  #rows = 0
  #rowGroups = 0
  #readToEnd = false

  readonly ref: ManifestRef
  readonly state: ManifestState
  readonly tally: ManifestTally
  readonly #onFinished: (rows: number) => void

  constructor(
    ref: ManifestRef,
    { state, tally }: { readonly state: ManifestState; readonly tally: ManifestTally },
    onFinished: (rows: number) => void,
  ) {
    this.ref = ref
    this.state = state
    this.tally = tally
    this.#onFinished = onFinished
  }

  /** `rows` rows of `index` were read, of which `outstanding` still wait for an outcome. */
  read(index: number, rows: number, outstanding: number, last: boolean): void {
    let group = this.#groups.get(index)
    if (group === undefined) {
      group = { outstanding: 0, rows: 0, read: false }
      this.#groups.set(index, group)
    }
    group.rows += rows
    group.outstanding += outstanding
    group.read = last
    this.#settleWhenDone(index, group)
  }

  /** A row has its outcome, whether it was outstanding or never was. */
  settle(row: number, outcome: RowOutcome, bytes = 0): void {
    this.state.settleRow?.(row, outcome, bytes)
  }

  /** A row of `index` that was outstanding has its outcome. */
  rowDone(index: number): void {
    const group = this.#groups.get(index)
    // A retried row of a group that was settled in an earlier run.
    if (group === undefined) return
    group.outstanding -= 1
    this.#settleWhenDone(index, group)
  }

  /** The manifest was read to its end: its totals. */
  end(rows: number, rowGroups: number): void {
    this.#rows = rows
    this.#rowGroups = rowGroups
    this.#readToEnd = true
    this.#finishWhenDone()
  }

  #settleWhenDone(index: number, group: OpenGroup): void {
    if (!group.read || group.outstanding > 0) return
    this.state.settleRowGroup(index, group.rows)
    this.#groups.delete(index)
    this.#finishWhenDone()
  }

  #finishWhenDone(): void {
    if (!this.#readToEnd || this.#groups.size > 0) return
    this.#readToEnd = false
    this.state.finish({ rows: this.#rows, rowGroups: this.#rowGroups })
    this.#onFinished(this.#rows)
  }
}
