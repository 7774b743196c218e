import { addCounts, NO_COUNTS, type Counts } from '../records/counts.js'
import type { ItemRecord } from '../records/item-record.js'
import type { SettledRows } from '../records/settled-rows.js'
import type { FailureChunks } from './failure-chunks.js'
import type { Settlement } from './held-item.js'

/** What became of the rows of an item: begun, settled, counted. Pure arithmetic, without an engine. */
export class RowProgress {
  readonly #from: number
  readonly #rows: SettledRows
  readonly #failures: FailureChunks
  readonly #begun = new Set<number>()
  readonly #atClaim: number
  #counts: Counts
  #to: number | null
  /** All rows below were begun, or had an outcome when they were reached. */
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

  /** First row that was not begun, with no later row begun or settled. */
  get nextRow(): number {
    return Math.max(this.#begunTo, this.#rows.end)
  }

  get inFlight(): number {
    return this.#begun.size
  }

  /** Increases with every note. */
  get version(): number {
    return this.#version
  }

  isSettled(row: number): boolean {
    return this.#rows.has(row)
  }

  isBegun(row: number): boolean {
    return this.#begun.has(row)
  }

  /** True for a row that is not, or no longer, in the item. */
  isOutside(row: number): boolean {
    return row < this.#from || (this.#to !== null && row >= this.#to)
  }

  begin(row: number): void {
    this.#begun.add(row)
    this.#begunTo = Math.max(this.#begunTo, row + 1)
  }

  /** False if the row has an outcome, or is not in the item. */
  settle(row: number, { outcome, bytes = 0, failure = {} }: Settlement): boolean {
    if (this.isOutside(row) || !this.#rows.add(row)) return false
    this.#begun.delete(row)
    this.#begunTo = Math.max(this.#begunTo, this.#rows.through)
    this.#counts = addCounts(this.#counts, { ...NO_COUNTS, [outcome]: 1, bytes })
    if (outcome === 'failed' || outcome === 'missing') this.#failures.add({ row, outcome, failure })
    this.#version += 1
    return true
  }

  /** The item now ends here. */
  endAt(row: number): void {
    this.#to = row
    this.#version += 1
  }

  /** The completed fraction of the work that was left at the claim, from 0 to 1. */
  shareDone(): number {
    const left = (this.#to ?? Infinity) - this.#from - this.#atClaim
    return left <= 0 ? 1 : (this.#rows.count - this.#atClaim) / left
  }

  /** In the form of a record. */
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
