import { isPassing, JobsError } from '../errors.js'
import { rollUp } from '../items/roll-up.js'
import type { RowOutcome } from '../records/counts.js'
import type { ItemRecord, ItemState, ReadProblem } from '../records/item-record.js'
import { itemId, type ItemAddress } from '../records/names.js'
import type { Claimed, HoldingContext } from './context.js'
import type { Admission, HeldItem, ReleaseOptions, ReportParts, Settlement } from './held-item.js'
import { ItemLog } from './item-log.js'
import type { ItemWriter } from './item-writer.js'

/** See {@link HeldItem} for its guarantees. */
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
  readonly #log: ItemLog
  readonly #gone = new AbortController()
  readonly #waiting = new Set<() => void>()
  readonly #claimedAt: number
  readonly #poisonRow: number | null
  #ended: ItemRecord | null = null
  #hurrying = false

  constructor(context: HoldingContext, claimed: Claimed) {
    const { address, plan, record, writer } = claimed
    this.#context = context
    this.#address = address
    this.#claimedAt = context.job.clock.now()
    this.#poisonRow = claimed.poisonRow
    this.#log = new ItemLog(context.job, context.options.id, claimed)
    this.id = itemId(address)
    this.manifest = { id: address.manifest, key: plan.key, etag: plan.etag, scope: plan.scope }
    this.rowGroup = address.rowGroup
    this.groupStart = claimed.groupStart
    this.from = address.from
    this.epoch = record.epoch
    this.maxInFlight = claimed.maxInFlight
    this.writer = writer
  }

  get to(): number | null {
    return this.#log.progress.to
  }

  get signal(): AbortSignal {
    return this.#gone.signal
  }

  get settled(): number {
    return this.#log.progress.settled
  }

  get complete(): boolean {
    return this.#log.progress.complete
  }

  /** True if a checkpoint would write something. */
  get isDirty(): boolean {
    return this.#log.isDirty
  }

  isSettled(row: number): boolean {
    return this.#log.progress.isSettled(row)
  }

  begin(row: number): Admission {
    const { job, paused, stopping } = this.#context
    const { progress } = this.#log
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
   * Alone, with few rows in flight, and never more of them than that without a confirmed outcome: a holder that dies leaves a record that
   * says how far it got, and with one at a time, which row it was.
   */
  #mayBeginWithCare(): boolean {
    const { progress, unconfirmed } = this.#log
    if (!this.#context.isAlone(this) || progress.inFlight >= this.maxInFlight) return false
    if (unconfirmed + progress.inFlight < this.maxInFlight) return true
    if (unconfirmed > 0) this.#checkpointSoon()
    return false
  }

  #checkpointSoon(): void {
    if (this.#hurrying) return
    this.#hurrying = true
    void this.checkpoint()
      // Temporary failures are retried by the loop that keeps the item.
      .catch((error: unknown) => {
        if (!isPassing(error)) this.#context.fail(error)
      })
      .finally(() => (this.#hurrying = false))
  }

  ready(): Promise<void> {
    return new Promise((resolve) => this.#waiting.add(resolve))
  }

  /** Something changed that `begin` depends on. */
  wake(): void {
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }

  settle(row: number, settlement: Settlement): boolean {
    if (this.#gone.signal.aborted || this.#ended !== null) return false
    if (!this.#log.progress.settle(row, settlement)) return false
    this.wake()
    return true
  }

  settleRows(from: number, to: number, outcome: RowOutcome): number {
    let added = 0
    for (let row = from; row < to; row += 1) if (this.settle(row, { outcome })) added += 1
    return added
  }

  setEnd(rows: number): void {
    if (this.to === null) this.#log.progress.endAt(rows)
  }

  checkpoint(): Promise<boolean> {
    return this.#log.inTurn(() => this.#write('held'))
  }

  reportTo(parts: ReportParts): void {
    this.#log.reportTo(parts)
  }

  async finish(): Promise<boolean> {
    if (!this.complete && !this.#gone.signal.aborted) {
      throw new JobsError(
        'LAGOON_JOBS_INVALID_OPTION',
        `item ${this.id} has rows without an outcome: the first is ${this.#log.progress.through}`,
        'Settle every row before finishing the item, or release it.',
      )
    }
    return this.#end('done', {})
  }

  unreadable(problem: ReadProblem): Promise<boolean> {
    return this.#end('unreadable', { problem })
  }

  async release({ delayMs = 0, withinMs }: ReleaseOptions = {}): Promise<boolean> {
    const { job, outage } = this.#context
    const late = new AbortController()
    const timer = AbortSignal.any([late.signal, this.#gone.signal])
    void job.clock.sleep(withinMs ?? job.leaseMs, timer).then(() => late.abort())
    let written = false
    try {
      const write = (): Promise<boolean> => this.#log.inTurn(() => this.#write('open'))
      written = await outage.outlast(write, late.signal)
    } catch (error) {
      // No response: the lease expires, and another worker continues from the last checkpoint.
      if (!isPassing(error)) throw error
    } finally {
      late.abort()
      this.#leave('released')
    }
    if (written) this.writer.message.nak(delayMs)
    return written
  }

  /** Another worker has the item, or this worker failed: nothing of it counts any more. */
  lose(reason: string): void {
    if (this.#gone.signal.aborted) return
    this.#context.options.onEvent({ type: 'lost', item: this.id, reason })
    this.#leave('lost')
  }

  /** True if this will take longer than `ms` at the present pace, and there are rows to split off. */
  takesLonger(ms: number): boolean {
    const { to, nextRow } = this.#log.progress
    if (to === null || nextRow >= to) return false
    const done = this.#log.progress.shareDone()
    const elapsed = this.#context.job.clock.now() - this.#claimedAt
    return done === 0 ? elapsed > ms / 10 : elapsed / done - elapsed > ms
  }

  /** Splits off the second half of the rows that were not begun. False if there are too few, or the item is lost. */
  giveHalfAway(): Promise<boolean> {
    return this.#giveAwayFrom(({ nextRow, to }) => nextRow + Math.floor((to - nextRow) / 2))
  }

  /** Keeps this many of the rows without an outcome, and splits off the rest. */
  keepOnly(rows: number): Promise<boolean> {
    return this.#giveAwayFrom(({ nextRow }) => nextRow + rows)
  }

  #giveAwayFrom(choose: (rows: { nextRow: number; to: number }) => number): Promise<boolean> {
    return this.#log.inTurn(async () => {
      const { nextRow, to } = this.#log.progress
      const at = to === null ? 0 : choose({ nextRow, to })
      if (to === null || at <= this.from || at < nextRow || at >= to) return false
      this.#log.giveAway(at, to)
      if (!(await this.#write('held'))) return false
      this.#context.options.onEvent({ type: 'split', item: this.id, at, to })
      return true
    })
  }

  async #end(state: ItemState, extra: Partial<ItemRecord>): Promise<boolean> {
    const { outage, job } = this.#context
    let manifestEnded = false
    const done = await outage.outlast(() =>
      this.#log.inTurn(async () => {
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

  async #write(state: ItemState, extra?: Partial<ItemRecord>): Promise<boolean> {
    if (this.#gone.signal.aborted) return false
    // What was asked for while the item ended comes too late: its record stays as it is.
    if (this.#ended !== null) return true
    const record = await this.#log.write(state, extra)
    if (record === null) {
      this.lose('another worker holds it')
      return false
    }
    if (state === 'done' || state === 'unreadable') this.#ended = record
    this.wake()
    return true
  }

  #leave(how: 'done' | 'released' | 'lost', manifestEnded = false): void {
    if (this.#gone.signal.aborted) return
    this.#gone.abort(new Error(`item ${this.id}: ${how}`))
    this.wake()
    this.#context.ended(this, how, manifestEnded)
  }
}
