import { addCounts, NO_COUNTS, type Counts } from '../records/counts.js'
import type { ItemRecord } from '../records/item-record.js'
import type { SettledRows } from '../records/settled-rows.js'
import type { FailureChunks } from './failure-chunks.js'
import type { Settlement } from './held-item.js'

/** What became of the rows of an item: begun, settled, counted. Arithmetic, without any engine behind it. */
export class RowProgress {
  readonly #from: number
  readonly #rows: SettledRows
  readonly #failures: FailureChunks
  readonly #begun = new Set<number>()
  readonly #atClaim: number
  #counts: Counts
  #to: number | null
  /** Rows below were begun, or had an outcome when they came up. */
  #begunTo: number
  #version = 0

  constructor(from: number, record: ItemRecord, rows: SettledRows, failures: FailureChunks) {
    this.#from = from
    this.#rows = rows
    this.#failures = failures
    this.#counts = record.counts
    this.#to = record.to
    this.#begunTo = rows.through
    this.#atClaim = rows.count
  }

  get to(): number | null {
    return this.#to
  }

  get settled(): number {
    return this.#rows.count
  }

  /** All rows below have an outcome. */
  get through(): number {
    return this.#rows.through
  }

  get complete(): boolean {
    return this.#to !== null && this.#rows.through >= this.#to
  }

  /** First row that was not begun yet, with none begun or settled behind it. */
  get nextRow(): number {
    return Math.max(this.#begunTo, this.#rows.end)
  }

  get inFlight(): number {
    return this.#begun.size
  }

  /** Grows with everything that is noted. */
  get version(): number {
    return this.#version
  }

  isSettled(row: number): boolean {
    return this.#rows.has(row)
  }

  isBegun(row: number): boolean {
    return this.#begun.has(row)
  }

  /** True for a row that doesn't belong to the item, or no longer. */
  isOutside(row: number): boolean {
    return row < this.#from || (this.#to !== null && row >= this.#to)
  }

  begin(row: number): void {
    this.#begun.add(row)
    this.#begunTo = Math.max(this.#begunTo, row + 1)
  }

  /** False when the row has an outcome, or isn't one of the item's. */
  settle(row: number, { outcome, bytes = 0, failure = {} }: Settlement): boolean {
    if (this.isOutside(row) || !this.#rows.add(row)) return false
    this.#begun.delete(row)
    this.#begunTo = Math.max(this.#begunTo, this.#rows.through)
    this.#counts = addCounts(this.#counts, { ...NO_COUNTS, [outcome]: 1, bytes })
    if (outcome === 'failed' || outcome === 'missing') this.#failures.add({ row, outcome, failure })
    this.#version += 1
    return true
  }

  /** The item ends here from now on. */
  endAt(row: number): void {
    this.#to = row
    this.#version += 1
  }

  /** How much of the work that was left at the claim is done, from 0 to 1. */
  shareDone(): number {
    const left = (this.#to ?? Infinity) - this.#from - this.#atClaim
    return left <= 0 ? 1 : (this.#rows.count - this.#atClaim) / left
  }

  /** As a record says it. */
  toRecord(): Pick<ItemRecord, 'to' | 'through' | 'window' | 'counts'> {
    const window = this.#rows.toWindow()
    return {
      to: this.#to,
      through: this.#rows.through,
      ...(window !== undefined && { window }),
      counts: this.#counts,
    }
  }
}
