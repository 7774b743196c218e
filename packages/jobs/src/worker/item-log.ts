import { ensureChildren } from '../items/create-item.js'
import type { Job } from '../job.js'
import type { ItemRecord, ItemState } from '../records/item-record.js'
import { itemId, type ItemAddress } from '../records/names.js'
import type { SettledRows } from '../records/settled-rows.js'
import { FailureChunks } from './failure-chunks.js'
import type { ReportParts } from './held-item.js'
import type { ItemWriter } from './item-writer.js'
import { RowProgress } from './row-progress.js'

/** What was noted of a held item, and how much of it the engine has confirmed. Writes are sequential. */
export class ItemLog {
  readonly progress: RowProgress
  readonly #job: Job
  readonly #address: ItemAddress
  readonly #base: ItemRecord
  readonly #worker: string
  readonly #writer: ItemWriter
  readonly #failures: FailureChunks
  #children: (readonly [from: number, to: number])[]
  #confirmedVersion = 0
  #parts: ReportParts | null = null
  /** Name of the part that the record names. */
  #part: string | null = null
  #lane: Promise<unknown> = Promise.resolve()

  constructor(
    job: Job,
    worker: string,
    claimed: { address: ItemAddress; record: ItemRecord; rows: SettledRows; writer: ItemWriter },
  ) {
    const { address, record, rows, writer } = claimed
    this.#job = job
    this.#worker = worker
    this.#address = address
    this.#base = record
    this.#writer = writer
    this.#children = [...(record.children ?? [])]
    this.#failures = new FailureChunks(job.records, itemId(address), record.epoch)
    this.progress = new RowProgress(address.from, record, rows, this.#failures)
  }

  /** True if a checkpoint would write something. */
  get isDirty(): boolean {
    return this.unconfirmed > 0 || this.#children.length > 0
  }

  /** How many notes are not confirmed. */
  get unconfirmed(): number {
    return this.progress.version - this.#confirmedVersion
  }

  /** The item now ends at `at`; the next write says so, and who gets the rows up to `to`. */
  giveAway(at: number, to: number): void {
    this.progress.endAt(at)
    this.#children.unshift([at, to])
  }

  reportTo(parts: ReportParts): void {
    this.#parts = parts
  }

  /**
   * Failures and the part of the report first, then the record that names them, then the rows that were split off.
   *
   * @returns the record as it was written; null if another worker has the item
   */
  async write(state: ItemState, extra: Partial<ItemRecord> = {}): Promise<ItemRecord | null> {
    const { version } = this.progress
    const part = this.#parts?.next() ?? null
    const record = this.#record(state, extra, part?.name ?? this.#part)
    await this.#failures.flush()
    await part?.store()
    if (!(await this.#writer.write(record))) return null
    if (part !== null) {
      this.#part = part.name
      part.recorded()
    }
    this.#confirmedVersion = version
    const children = record.children ?? []
    if (children.length > 0) {
      await ensureChildren(this.#job, this.#address, children)
      this.#children = this.#children.filter(([from]) => !children.some(([known]) => known === from))
    }
    return record
  }

  inTurn<T>(action: () => Promise<T>): Promise<T> {
    const result = this.#lane.then(action, action)
    this.#lane = result.catch(() => undefined)
    return result
  }

  #record(state: ItemState, extra: Partial<ItemRecord>, part: string | null): ItemRecord {
    const { children: _, window: __, failures: earlier = [], parts = [], ...base } = this.#base
    const { count } = this.#failures
    const failures = count > 0 ? [...earlier, [base.epoch, count] as const] : earlier
    return {
      ...base,
      ...this.progress.toRecord(),
      state,
      // Also for an open item: this is how a worker recognises its own write after a lost response.
      holder: this.#worker,
      ...(this.#children.length > 0 && { children: [...this.#children] }),
      ...(failures.length > 0 && { failures }),
      ...((parts.length > 0 || part !== null) && { parts: part === null ? parts : [...parts, part] }),
      ...extra,
    }
  }
}
