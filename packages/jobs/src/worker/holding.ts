import { JobsError } from '../errors.js'
import { ensureChildren } from '../items/create-item.js'
import { rollUp } from '../items/roll-up.js'
import type { Job } from '../job.js'
import { addCounts, NO_COUNTS, type Counts, type RowOutcome } from '../records/counts.js'
import type { ItemRecord, ItemState, ReadProblem } from '../records/item-record.js'
import { itemId, type ItemAddress } from '../records/names.js'
import type { PlanRecord } from '../records/plan-record.js'
import type { SettledRows } from '../records/settled-rows.js'
import { FailureChunks } from './failure-chunks.js'
import type { Admission, HeldItem, Settlement } from './held-item.js'
import type { ItemWriter } from './item-writer.js'
import type { ResolvedWorkerOptions } from './options.js'
import type { Outage } from './outage.js'

/** The worker, as its items see it. */
export interface HoldingContext {
  readonly job: Job
  readonly options: ResolvedWorkerOptions
  readonly outage: Outage
  readonly paused: boolean
  readonly stopping: boolean
  /** True when the worker has this item only. */
  isAlone(item: Holding): boolean
  /** The item left this worker's hands. */
  ended(item: Holding, how: 'done' | 'released' | 'lost', manifestEnded: boolean): void
  /** The worker can't go on. */
  fail(error: unknown): void
}

/** What a claim found. */
export interface Claimed {
  readonly address: ItemAddress
  readonly plan: PlanRecord
  readonly groupStart: number
  readonly record: ItemRecord
  readonly rows: SettledRows
  readonly writer: ItemWriter
  readonly maxInFlight: number
  readonly poisonRow: number | null
}

/** See {@link HeldItem} for what it promises. */
export class Holding implements HeldItem {
  readonly id: string
  readonly manifest: HeldItem['manifest']
  readonly rowGroup: number
  readonly groupStart: number
  readonly from: number
  readonly epoch: number
  readonly maxInFlight: number
  readonly poisonRow: number | null
  readonly writer: ItemWriter

  readonly #context: HoldingContext
  readonly #address: ItemAddress
  readonly #base: ItemRecord
  readonly #rows: SettledRows
  readonly #chunks: FailureChunks
  readonly #gone = new AbortController()
  readonly #begun = new Set<number>()
  readonly #waiting = new Set<() => void>()
  readonly #claimedAt: number
  #counts: Counts
  #to: number | null
  #children: (readonly [number, number])[]
  /** Rows below were begun, or had an outcome when they came up. */
  #begunTo: number
  /** Counts what was noted; a checkpoint confirms it up to a version. */
  #version = 0
  #confirmedVersion = 0
  #ended: ItemRecord | null = null
  #lane: Promise<unknown> = Promise.resolve()

  constructor(context: HoldingContext, claimed: Claimed) {
    const { address, plan, record, rows, writer } = claimed
    this.#context = context
    this.#address = address
    this.#base = record
    this.#rows = rows
    this.#counts = record.counts
    this.#to = record.to
    this.#children = [...(record.children ?? [])]
    this.#claimedAt = context.job.clock.now()
    this.id = itemId(address)
    this.manifest = { id: address.manifest, key: plan.key, etag: plan.etag, scope: plan.scope }
    this.rowGroup = address.rowGroup
    this.groupStart = claimed.groupStart
    this.from = address.from
    this.epoch = record.epoch
    this.maxInFlight = claimed.maxInFlight
    this.poisonRow = claimed.poisonRow
    this.writer = writer
    this.#begunTo = rows.through
    this.#chunks = new FailureChunks(context.job.records, this.id, record.epoch)
  }

  get to(): number | null {
    return this.#to
  }

  get signal(): AbortSignal {
    return this.#gone.signal
  }

  get settled(): number {
    return this.#rows.count
  }

  get complete(): boolean {
    return this.#to !== null && this.#rows.through >= this.#to
  }

  /** First row that was not begun yet. */
  get nextRow(): number {
    return Math.max(this.#begunTo, this.#rows.end)
  }

  /** True when there is nothing left to begin. */
  get begunAll(): boolean {
    return this.#to !== null && this.nextRow >= this.#to
  }

  get isDirty(): boolean {
    return this.#version !== this.#confirmedVersion || this.#children.length > 0
  }

  isSettled(row: number): boolean {
    return this.#rows.has(row)
  }

  begin(row: number): Admission {
    const { job, paused, stopping } = this.#context
    if (this.#gone.signal.aborted || this.#ended !== null || stopping) return 'gone'
    if (this.#to !== null && row >= this.#to) return 'gone'
    if (this.#rows.has(row)) return 'settled'
    if (row === this.poisonRow) return 'poison'
    if (paused || job.clock.now() - this.writer.confirmedAt >= (job.leaseMs * 2) / 3) return 'wait'
    if (this.#begun.has(row)) return 'begin'
    if (this.maxInFlight !== Infinity) {
      // Few at a time, and with one at a time only when the outcome of the one before is confirmed: then the next holder knows which it was.
      const full =
        this.#begun.size >= this.maxInFlight || (this.maxInFlight === 1 && this.isDirty && this.settled > 0)
      if (full || !this.#context.isAlone(this)) return 'wait'
    }
    this.#begun.add(row)
    this.#begunTo = Math.max(this.#begunTo, row + 1)
    return 'begin'
  }

  ready(): Promise<void> {
    return new Promise((resolve) => this.#waiting.add(resolve))
  }

  /** Something changed that `begin` looks at. */
  wake(): void {
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }

  settle(row: number, { outcome, bytes = 0, failure }: Settlement): boolean {
    if (!this.#note(row, outcome)) return false
    this.#counts = { ...this.#counts, bytes: this.#counts.bytes + bytes }
    if (outcome === 'failed' || outcome === 'missing')
      this.#chunks.add({ row, outcome, failure: failure ?? {} })
    this.wake()
    return true
  }

  settleRows(from: number, to: number, outcome: RowOutcome): number {
    let added = 0
    for (let row = from; row < to; row += 1) if (this.settle(row, { outcome })) added += 1
    return added
  }

  setEnd(rows: number): void {
    if (this.#to !== null) return
    this.#to = rows
    this.#version += 1
  }

  checkpoint(): Promise<boolean> {
    return this.#inTurn(() => this.#write('held'))
  }

  async finish({ part }: { part?: string } = {}): Promise<boolean> {
    if (!this.complete && !this.#gone.signal.aborted) {
      throw new JobsError(
        'LAGOON_JOBS_INVALID_OPTION',
        `item ${this.id} has rows without an outcome: the first is ${this.#rows.through}`,
        'Settle every row before finishing the item, or release it.',
      )
    }
    return this.#end('done', this.#partsWith(part))
  }

  unreadable(problem: ReadProblem): Promise<boolean> {
    return this.#end('unreadable', { problem })
  }

  async release({ delayMs = 0, part }: { delayMs?: number; part?: string } = {}): Promise<void> {
    const written = await this.#inTurn(() => this.#write('open', this.#partsWith(part))).finally(() =>
      this.#leave('released'),
    )
    if (written) this.writer.message.nak(delayMs)
  }

  /** The item is somebody else's, or the worker failed: nothing of it counts any more. */
  lose(reason: string): void {
    if (this.#gone.signal.aborted) return
    this.#context.options.onEvent({ type: 'lost', item: this.id, reason })
    this.#leave('lost')
  }

  /** Gives the second half of what was not begun away. False when there is too little of it, or the item is lost. */
  giveHalfAway(): Promise<boolean> {
    return this.#inTurn(async () => {
      const to = this.#to
      const next = this.nextRow
      if (to === null || to - next < (next > this.from ? 1 : 2)) return false
      return this.#giveAway(next + Math.floor((to - next) / 2), to)
    })
  }

  /** Gives everything from `at` on away. */
  giveRestAway(at: number): Promise<boolean> {
    return this.#inTurn(async () => {
      const to = this.#to
      return to !== null && at > this.from && at < to ? this.#giveAway(at, to) : false
    })
  }

  /** Mean time in ms until everything is settled, at the pace so far; Infinity while nothing was. */
  remainingMs(): number {
    const settled = this.#rows.count - (this.#base.settledAtClaim ?? 0)
    const elapsed = this.#context.job.clock.now() - this.#claimedAt
    const left = (this.#to ?? Infinity) - this.from - this.#rows.count
    return settled === 0 ? Infinity : (elapsed / settled) * left
  }

  #note(row: number, outcome: RowOutcome): boolean {
    if (this.#gone.signal.aborted || this.#ended !== null) return false
    if (row < this.from || (this.#to !== null && row >= this.#to) || !this.#rows.add(row)) return false
    this.#begun.delete(row)
    this.#begunTo = Math.max(this.#begunTo, this.#rows.through)
    this.#counts = addCounts(this.#counts, { ...NO_COUNTS, [outcome]: 1 })
    this.#version += 1
    return true
  }

  #partsWith(part: string | undefined): Partial<ItemRecord> {
    return part === undefined ? {} : { parts: [...(this.#base.parts ?? []), part] }
  }

  async #giveAway(at: number, to: number): Promise<boolean> {
    this.#to = at
    this.#children.unshift([at, to])
    this.#version += 1
    if (!(await this.#write('held'))) return false
    this.#context.options.onEvent({ type: 'split', item: this.id, at, to })
    return true
  }

  async #end(state: ItemState, extra: Partial<ItemRecord>): Promise<boolean> {
    const { outage, job } = this.#context
    let manifestEnded = false
    const done = await outage.outlast(() =>
      this.#inTurn(async () => {
        if (this.#ended === null && !(await this.#write(state, extra))) return false
        const stored = { address: this.#address, record: this.#ended!, revision: this.writer.revision }
        manifestEnded = await rollUp(job, stored)
        await this.writer.message.ack()
        return true
      }),
    )
    if (done) this.#leave('done', manifestEnded)
    return done
  }

  /** One write: failures first, then the record that names them, then the rows that it gave away. */
  async #write(state: ItemState, extra: Partial<ItemRecord> = {}): Promise<boolean> {
    if (this.#gone.signal.aborted) return false
    const version = this.#version
    const record = this.#record(state, extra)
    await this.#chunks.flush()
    if (!(await this.writer.write(record))) {
      this.lose('another worker holds it')
      return false
    }
    this.#confirmedVersion = version
    if (state === 'done' || state === 'unreadable') this.#ended = record
    this.wake()
    const children = record.children ?? []
    if (children.length > 0) {
      await ensureChildren(this.#context.job, this.#address, children)
      this.#children = this.#children.filter(([from]) => !children.some(([known]) => known === from))
    }
    return true
  }

  #record(state: ItemState, extra: Partial<ItemRecord>): ItemRecord {
    const { children: _, window: __, failures: earlier = [], holder: ___, ...base } = this.#base
    const window = this.#rows.toWindow()
    const failures =
      this.#chunks.count > 0 ? [...earlier, [this.epoch, this.#chunks.count] as const] : earlier
    return {
      ...base,
      state,
      to: this.#to,
      through: this.#rows.through,
      ...(window !== undefined && { window }),
      counts: this.#counts,
      ...(state !== 'open' && { holder: this.#context.options.id }),
      ...(this.#children.length > 0 && { children: [...this.#children] }),
      ...(failures.length > 0 && { failures }),
      ...extra,
    }
  }

  #leave(how: 'done' | 'released' | 'lost', manifestEnded = false): void {
    if (this.#gone.signal.aborted) return
    this.#gone.abort(new Error(`item ${this.id}: ${how}`))
    this.wake()
    this.#context.ended(this, how, manifestEnded)
  }

  /** Writes come one after the other. */
  #inTurn<T>(action: () => Promise<T>): Promise<T> {
    const result = this.#lane.then(action, action)
    this.#lane = result.catch(() => undefined)
    return result
  }
}
