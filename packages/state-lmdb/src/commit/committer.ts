import { explainCommitError } from './commit-error.js'
import { planWithin } from './disk-reservation.js'
import { CommitTimer } from './commit-timer.js'
import { commitChange, commitBuffer, type Committed } from './transaction.js'
import { DiskGuard } from './disk-guard.js'
import { FlushWaiters, RoomWaiters } from './waiters.js'
import { MergeDebt, SEGMENTS_PER_COMMIT } from './merge-debt.js'
import { writeBufferLimits, type WriteBufferLimits } from './write-buffer-limits.js'
import type { StateError } from '../errors.js'
import type { Journal } from '../lmdb/journal.js'
import type { KeySet } from '../keys/level.js'
import type { LmdbStore } from '../lmdb/store.js'
import type { Memtable } from '../keys/memtable.js'
import { WriteBuffer } from './write-buffer.js'
import type { ResolvedOptions } from '../options.js'
import type { Counters, RecordWriter } from '../records/writer.js'
import type { Snapshot } from '../lmdb/snapshot.js'

/** What a committer works on. */
interface CommitterParts {
  readonly store: LmdbStore
  readonly snapshot: Snapshot
  readonly keys: KeySet
  readonly counters: Counters
  readonly options: ResolvedOptions
  /** Where outcomes are written until they are committed. */
  readonly journal: Journal
  /** Called after each commit. */
  readonly onCommitted: () => void
}

/**
 * Commits outcomes in groups, one transaction at a time: the outcomes, the marks that depend on them, and a bounded piece of merging.
 * LMDB writes and syncs in its own thread; the event loop only prepares the pages.
 */
export class Committer {
  /** Receives everything recorded from now on. */
  active = new WriteBuffer()
  /** What is being committed, or could not be. */
  frozen: WriteBuffer | null = null
  counters: Counters
  readonly journal: Journal
  readonly #parts: CommitterParts
  readonly #timer: CommitTimer
  readonly #flushes = new FlushWaiters()
  readonly #recorders = new RoomWaiters()
  #pumping: Promise<unknown> | null = null
  #wanted = false
  #broken = false
  /** Whether `onError` was called for the current failure. */
  #reported = false
  readonly #debt: MergeDebt
  /** The memtable of the last commit, emptied. */
  #spare: Memtable | undefined
  readonly #disk: DiskGuard

  constructor(parts: CommitterParts) {
    const { store, counters, options, journal } = parts
    this.#parts = parts
    this.journal = journal
    this.counters = counters
    this.#debt = new MergeDebt(options)
    this.#disk = new DiskGuard(store.directory, options.diskFloorBytes)
    this.#timer = new CommitTimer(options.commitIntervalMs, () => this.#commitIsDue())
    this.#scheduleMerge()
  }

  /** Call after adding something to {@link active}. */
  changed(): void {
    if (this.#broken) return
    if (this.active.size >= this.#limits().commitEntries) this.#pump()
    else this.#timer.need()
  }

  /** Resolves when everything in the buffers is on disk. */
  flush(): Promise<void> {
    if (this.active.size === 0 && this.frozen === null) return Promise.resolve()
    const buffer = this.active.size > 0 ? this.active : this.frozen!
    const committed = this.#flushes.wait(buffer)
    this.#broken = false
    this.#wanted = true
    this.#pump()
    return committed
  }

  idle(): Promise<void> | null {
    if (this.#hasRoom()) return null
    this.#pump()
    return this.#recorders.wait()
  }

  /** Commits what is buffered, then a change of the records, in a separate transaction. */
  change<T>(action: (writer: RecordWriter) => T): Promise<T> {
    return this.#alone(() => this.#change(action))
  }

  /** Merges all runs into one, and finishes the removal of what was dropped. */
  compact(): Promise<void> {
    return this.#alone(async () => {
      while (this.counters.dropped.length > 0) await this.#change(() => {})
      while (this.#parts.keys.runs > 1) await this.#commit(SEGMENTS_PER_COMMIT, true)
    })
  }

  async #change<T>(action: (writer: RecordWriter) => T): Promise<T> {
    const { result, counters } = await commitChange(this.#committed(), action)
    this.#parts.snapshot.renew()
    this.counters = counters
    return result
  }

  #committed(): Committed {
    return { store: this.#parts.store, keys: this.#parts.keys, counters: this.counters }
  }

  /** Runs something while no commit is running. */
  async #alone<T>(action: () => Promise<T>): Promise<T> {
    await this.flush()
    while (this.#pumping !== null) await this.#pumping
    const running = action()
    this.#pumping = running.catch(() => {})
    try {
      return await running
    } finally {
      this.#pumping = null
    }
  }

  /** Commits what is left and stops. Rejects if that fails, and stops all the same. */
  async close(): Promise<void> {
    let committed = false
    try {
      await this.flush()
      committed = true
    } finally {
      this.#broken = true
      this.#timer.stop()
      this.#debt.clear()
      await this.#pumping
      this.journal.close(committed)
    }
  }

  #limits(): WriteBufferLimits {
    return writeBufferLimits(this.#parts.options, this.counters.failed)
  }

  #hasRoom(): boolean {
    if (this.#broken) return true
    return !this.#debt.isHigh && this.active.size < this.#limits().maxBufferedEntries
  }

  #commitIsDue(): void {
    this.#wanted = this.active.size > 0
    if (!this.#wanted) this.#debt.invite()
    this.#pump()
  }

  /** Keeps merging while nothing is recorded. */
  #scheduleMerge(): void {
    if (!this.#broken && this.#parts.keys.mergeable) this.#timer.rest()
  }

  #pump(): void {
    if (this.#pumping === null && !this.#broken) this.#pumping = this.#drive()
  }

  async #drive(): Promise<void> {
    await this.#work()
    this.#pumping = null
    // Whatever was recorded during the last step found the pump running.
    if (this.#due()) this.#pump()
    else if (this.active.size === 0 || this.#broken) this.#scheduleMerge()
    else this.#timer.need()
  }

  #due(): boolean {
    if (this.#broken) return false
    return (
      this.frozen !== null ||
      (this.active.size > 0 && (this.#wanted || this.active.size >= this.#limits().commitEntries))
    )
  }

  async #work(): Promise<void> {
    try {
      for (;;) {
        const due = this.#due()
        if (!due && (this.#debt.share === 0 || !this.#parts.keys.mergeable)) break
        if (due) await this.#checkDisk()
        await this.#commit(this.#debt.share, false, due)
      }
      this.#debt.clear()
    } catch (error) {
      this.#fail(await explainCommitError(error, this.#parts.store.directory))
    }
    this.#giveRoom()
  }

  async #commit(mergeSegments: number, compact: boolean, outcomes = false): Promise<void> {
    if (outcomes && this.frozen === null) {
      this.frozen = this.active
      this.frozen.generation = this.journal.next()
      this.active = new WriteBuffer(this.#spare)
      this.#spare = undefined
      this.#wanted = false
      this.#giveRoom()
    }
    const buffer = outcomes ? this.frozen : null
    const { segmentChunks } = this.#parts.options
    const request = { buffer, mergeSegments, compact }
    const plan = await planWithin(this.#parts.store.directory, this.#parts.keys, segmentChunks, request)
    if (plan?.step == null) this.#debt.clear()
    if (plan === null) return
    const counters = await commitBuffer(this.#committed(), buffer, plan)
    this.#parts.snapshot.renew()
    this.#parts.keys.install(plan)
    this.counters = counters
    if (plan.step !== null) this.#debt.moved(plan.step.drafts.length)
    if (!this.#parts.keys.mergeable) this.#debt.clear()
    this.#giveRoom()
    if (buffer === null) return
    this.#debt.recorded(buffer.complete.size)
    this.frozen = null
    buffer.complete.clear()
    this.#spare = buffer.complete
    this.#reported = false
    this.#parts.onCommitted()
    this.#flushes.committed(buffer)
  }

  #giveRoom(): void {
    if (this.#hasRoom()) this.#recorders.admit()
  }

  #fail(error: StateError): void {
    this.#broken = true
    // If merging fails, the outcomes can be committed without it.
    this.#debt.clear()
    this.#flushes.failed(error)
    if (this.#reported) return
    this.#reported = true
    this.#parts.options.onError(error)
  }

  /** Below the minimum the run is stopped; what it still records is committed as long as the disk has room. */
  async #checkDisk(): Promise<void> {
    if (!this.#disk.isDue()) return
    // A reader that was killed would prevent pages from being reused.
    this.#parts.store.env.readerCheck()
    const low = await this.#disk.check()
    if (low !== null) this.#parts.options.onError(low)
  }
}
