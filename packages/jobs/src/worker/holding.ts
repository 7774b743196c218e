import { isPassing, JobsError } from '../errors.js'
import { ensureChildren } from '../items/create-item.js'
import { rollUp } from '../items/roll-up.js'
import type { Job } from '../job.js'
import type { RowOutcome } from '../records/counts.js'
import type { ItemRecord, ItemState, ReadProblem } from '../records/item-record.js'
import { itemId, type ItemAddress } from '../records/names.js'
import type { PlanRecord } from '../records/plan-record.js'
import type { SettledRows } from '../records/settled-rows.js'
import { FailureChunks } from './failure-chunks.js'
import type { Admission, HeldItem, ReleaseOptions, Settlement } from './held-item.js'
import type { ItemWriter } from './item-writer.js'
import type { ResolvedWorkerOptions } from './options.js'
import type { Outage } from './outage.js'
import { RowProgress } from './row-progress.js'

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
  readonly writer: ItemWriter

  readonly #context: HoldingContext
  readonly #address: ItemAddress
  readonly #base: ItemRecord
  readonly #progress: RowProgress
  readonly #failures: FailureChunks
  readonly #gone = new AbortController()
  readonly #waiting = new Set<() => void>()
  readonly #claimedAt: number
  readonly #poisonRow: number | null
  #children: (readonly [number, number])[]
  /** Of what was noted, a checkpoint has confirmed all up to here. */
  #confirmedVersion = 0
  #ended: ItemRecord | null = null
  #hurrying = false
  #lane: Promise<unknown> = Promise.resolve()

  constructor(context: HoldingContext, claimed: Claimed) {
    const { address, plan, record, rows, writer } = claimed
    this.#context = context
    this.#address = address
    this.#base = record
    this.#children = [...(record.children ?? [])]
    this.#claimedAt = context.job.clock.now()
    this.id = itemId(address)
    this.manifest = { id: address.manifest, key: plan.key, etag: plan.etag, scope: plan.scope }
    this.rowGroup = address.rowGroup
    this.groupStart = claimed.groupStart
    this.from = address.from
    this.epoch = record.epoch
    this.maxInFlight = claimed.maxInFlight
    this.#poisonRow = claimed.poisonRow
    this.writer = writer
    this.#failures = new FailureChunks(context.job.records, this.id, record.epoch)
    this.#progress = new RowProgress(address.from, record, rows, this.#failures)
  }

  get to(): number | null {
    return this.#progress.to
  }

  get signal(): AbortSignal {
    return this.#gone.signal
  }

  get settled(): number {
    return this.#progress.settled
  }

  get complete(): boolean {
    return this.#progress.complete
  }

  /** True when there is something that a checkpoint would write. */
  get isDirty(): boolean {
    return this.#progress.version !== this.#confirmedVersion || this.#children.length > 0
  }

  isSettled(row: number): boolean {
    return this.#progress.isSettled(row)
  }

  begin(row: number): Admission {
    const { job, paused, stopping } = this.#context
    const progress = this.#progress
    if (this.#gone.signal.aborted || this.#ended !== null || stopping || progress.isOutside(row))
      return 'gone'
    if (progress.isSettled(row)) return 'settled'
    if (row === this.#poisonRow) return 'poison'
    if (paused || job.clock.now() - this.writer.confirmedAt >= (job.leaseMs * 2) / 3) return 'wait'
    if (progress.isBegun(row)) return 'begin'
    if (this.maxInFlight !== Infinity && !this.#mayBeginWithCare()) return 'wait'
    progress.begin(row)
    return 'begin'
  }

  /**
   * Alone, few at a time, and never more of them without a confirmed outcome than that: so a holder that dies leaves a record that says
   * how far it came, and with one at a time which row it was.
   */
  #mayBeginWithCare(): boolean {
    const { inFlight, version } = this.#progress
    if (!this.#context.isAlone(this) || inFlight >= this.maxInFlight) return false
    if (version - this.#confirmedVersion + inFlight < this.maxInFlight) return true
    if (version !== this.#confirmedVersion) this.#checkpointSoon()
    return false
  }

  #checkpointSoon(): void {
    if (this.#hurrying) return
    this.#hurrying = true
    void this.checkpoint()
      // What passes is tried again by whoever keeps the item up.
      .catch((error: unknown) => {
        if (!isPassing(error)) this.#context.fail(error)
      })
      .finally(() => (this.#hurrying = false))
  }

  ready(): Promise<void> {
    return new Promise((resolve) => this.#waiting.add(resolve))
  }

  /** Something changed that `begin` looks at. */
  wake(): void {
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }

  settle(row: number, settlement: Settlement): boolean {
    if (this.#gone.signal.aborted || this.#ended !== null) return false
    if (!this.#progress.settle(row, settlement)) return false
    this.wake()
    return true
  }

  settleRows(from: number, to: number, outcome: RowOutcome): number {
    let added = 0
    for (let row = from; row < to; row += 1) if (this.settle(row, { outcome })) added += 1
    return added
  }

  setEnd(rows: number): void {
    if (this.to === null) this.#progress.endAt(rows)
  }

  checkpoint(): Promise<boolean> {
    return this.#inTurn(() => this.#write('held'))
  }

  async finish({ part }: { part?: string } = {}): Promise<boolean> {
    if (!this.complete && !this.#gone.signal.aborted) {
      throw new JobsError(
        'LAGOON_JOBS_INVALID_OPTION',
        `item ${this.id} has rows without an outcome: the first is ${this.#progress.through}`,
        'Settle every row before finishing the item, or release it.',
      )
    }
    return this.#end('done', this.#partsWith(part))
  }

  unreadable(problem: ReadProblem): Promise<boolean> {
    return this.#end('unreadable', { problem })
  }

  async release({ delayMs = 0, part, withinMs }: ReleaseOptions = {}): Promise<boolean> {
    const { job, outage } = this.#context
    const late = new AbortController()
    const timer = AbortSignal.any([late.signal, this.#gone.signal])
    void job.clock.sleep(withinMs ?? job.leaseMs, timer).then(() => late.abort())
    let written = false
    try {
      const write = (): Promise<boolean> => this.#inTurn(() => this.#write('open', this.#partsWith(part)))
      written = await outage.outlast(write, late.signal)
    } catch (error) {
      // Nobody answers: the lease runs out, and another worker goes on from the last checkpoint.
      if (!isPassing(error)) throw error
    } finally {
      late.abort()
      this.#leave('released')
    }
    if (written) this.writer.message.nak(delayMs)
    return written
  }

  /** The item is somebody else's, or the worker failed: nothing of it counts any more. */
  lose(reason: string): void {
    if (this.#gone.signal.aborted) return
    this.#context.options.onEvent({ type: 'lost', item: this.id, reason })
    this.#leave('lost')
  }

  /** True when this will take longer than `ms`, at the pace so far, and there is something to give away. */
  takesLonger(ms: number): boolean {
    const { to, nextRow } = this.#progress
    if (to === null || nextRow >= to) return false
    const done = this.#progress.shareDone()
    const elapsed = this.#context.job.clock.now() - this.#claimedAt
    return done === 0 ? elapsed > ms / 10 : elapsed / done - elapsed > ms
  }

  /** Gives the second half of what was not begun away. False when there is too little of it, or the item is lost. */
  giveHalfAway(): Promise<boolean> {
    return this.#giveAwayFrom(({ nextRow, to }) => nextRow + Math.floor((to - nextRow) / 2))
  }

  /** Keeps so many of the rows that have no outcome, and gives the rest away. */
  keepOnly(rows: number): Promise<boolean> {
    return this.#giveAwayFrom(({ nextRow }) => nextRow + rows)
  }

  #partsWith(part: string | undefined): Partial<ItemRecord> {
    return part === undefined ? {} : { parts: [...(this.#base.parts ?? []), part] }
  }

  #giveAwayFrom(choose: (rows: { nextRow: number; to: number }) => number): Promise<boolean> {
    return this.#inTurn(async () => {
      const { nextRow, to } = this.#progress
      const at = to === null ? 0 : choose({ nextRow, to })
      if (to === null || at <= this.from || at < nextRow || at >= to) return false
      this.#progress.endAt(at)
      this.#children.unshift([at, to])
      if (!(await this.#write('held'))) return false
      this.#context.options.onEvent({ type: 'split', item: this.id, at, to })
      return true
    })
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
    const { version } = this.#progress
    const record = this.#record(state, extra)
    await this.#failures.flush()
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
    const { count } = this.#failures
    const failures = count > 0 ? [...earlier, [this.epoch, count] as const] : earlier
    return {
      ...base,
      ...this.#progress.toRecord(),
      state,
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
