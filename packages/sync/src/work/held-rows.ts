import type { HeldItem } from '@lagoon/jobs'
import { LAST_PASS_CAPACITY } from '../outcomes/outcomes.js'
import type { ManifestRef } from '../ports/manifests.js'
import type { FailureRecord, RowOutcome } from '../ports/state.js'
import type { ItemPart } from './report-parts.js'

/** Last passes of an item whose rows fail because a store can't be reached, although it answers otherwise. */
const LAST_PASSES_UNREACHABLE = 3

/**
 * An item in the hands of this worker: outcomes as the pipeline says them, on their way to the job.
 *
 * 1. A row is settled once: a passing failure has no outcome before it was tried again at the end of the item.
 * 2. The item is finished when every row is settled.
 */
export class HeldRows {
  readonly item: HeldItem
  /** An object of its own for each item: what the pipeline knows the item by. */
  readonly ref: ManifestRef
  /** Where what becomes of the rows is reported; null without a report. */
  readonly part: ItemPart | null
  readonly #failures = new Map<number, FailureRecord>()
  #postponed = new Map<number, FailureRecord>()
  #isRead = false
  #lastPasses = 0
  readonly #onChange: (rows: HeldRows) => void

  /** @param onChange called when the item may be complete, or needs its last pass */
  constructor(item: HeldItem, part: ItemPart | null, onChange: (rows: HeldRows) => void) {
    this.item = item
    this.part = part
    if (part !== null) item.reportTo(part)
    const { key, etag, scope } = item.manifest
    this.ref = { key, etag, sizeBytes: 0, ...(scope !== '' && { scope }) }
    this.#onChange = onChange
  }

  /** True when all that is left are rows that failed for a passing reason. */
  get needsLastPass(): boolean {
    const { to, from, settled } = this.item
    return (
      this.#isRead && to !== null && this.#postponed.size > 0 && settled + this.#postponed.size >= to - from
    )
  }

  /** The item was read to its end. */
  wasRead(): void {
    this.#isRead = true
    this.#onChange(this)
  }

  /** Hands over what is to be tried again; what fails now has failed. */
  beginLastPass(): FailureRecord[] {
    const postponed = [...this.#postponed.values()]
    this.#postponed = new Map()
    this.#lastPasses += 1
    return postponed
  }

  /** @param isUnreachable no store answered: the row is tried again once it is known that this is not the worker's own trouble */
  postpone(failure: FailureRecord, isUnreachable: boolean): boolean {
    const mostPasses = isUnreachable ? LAST_PASSES_UNREACHABLE : 1
    if (this.#lastPasses >= mostPasses || this.#postponed.size >= LAST_PASS_CAPACITY) return false
    this.#postponed.set(failure.row, failure)
    this.#onChange(this)
    return true
  }

  fail(failure: FailureRecord): void {
    this.#failures.set(failure.row, failure)
  }

  /** A row without a complete object has failed, whatever the pipeline counts it as. */
  settle(row: number, outcome: RowOutcome, bytes: number): void {
    const failure = this.#failures.get(row)
    this.#failures.delete(row)
    const failed = failure !== undefined && outcome === 'skipped' ? 'failed' : outcome
    const taken = this.item.settle(row, { outcome: failed, bytes, ...(failure !== undefined && { failure }) })
    if (taken) this.part?.settled(row, failure ?? null)
    this.#onChange(this)
  }
}
