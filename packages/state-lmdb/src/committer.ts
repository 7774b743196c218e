import { explainCommitError } from './commit-error.js'
import { planWithin } from './commit-room.js'
import { DiskWatch } from './disk-watch.js'
import type { StateError } from './errors.js'
import type { KeySet } from './key-set.js'
import { toJson, type LmdbStore } from './lmdb-store.js'
import type { Memtable } from './memtable.js'
import { Outbox } from './outbox.js'
import type { ResolvedOptions } from './options.js'
import { RecordWriter, type Counters } from './record-writer.js'
import type { Snapshot } from './snapshot.js'

/** Segments of merging owed for each recorded segment's worth of fingerprints; see merge-policy.ts. */
const MERGE_FACTOR = 12
/** Outcomes in one commit while there are failures: each that completes one may change pages of its own. */
const ENTRIES_AMONG_FAILURES = 8192
/** Segments that one transaction moves at most: 2 MB each. */
const SEGMENTS_PER_COMMIT = 2
/** Debt of merging, in segments, at which recording is asked to wait. */
const MERGE_DEBT_LIMIT = 16

/**
 * Commits what is said, in groups, one transaction at a time: the outcomes, the marks that rest on them, and a bounded
 * piece of merging. LMDB writes and syncs in a thread of its own; the event loop only prepares the pages.
 */
export class Committer {
  /** What is said from now on goes here. */
  active = new Outbox()
  /** What is being committed, or could not be. */
  frozen: Outbox | null = null
  counters: Counters
  onError: ((error: Error) => void) | null = null
  onCommitted: () => void = () => {}
  readonly #store: LmdbStore
  readonly #snapshot: Snapshot
  readonly #keys: KeySet
  readonly #options: ResolvedOptions
  #timer: NodeJS.Timeout | null = null
  /** Whether the timer is only there to go on merging, and keeps no process alive. */
  #resting = false
  #pumping: Promise<void> | null = null
  #waiters: { outbox: Outbox; resolve: () => void; reject: (error: Error) => void }[] = []
  #room: (() => void)[] = []
  #wanted = false
  #broken = false
  /** Whether `onError` was told of the failure at hand. */
  #reported = false
  #debt = 0
  /** The memtable of the last commit, emptied. */
  #spare: Memtable | undefined
  readonly #disk: DiskWatch

  constructor(
    store: LmdbStore,
    snapshot: Snapshot,
    keys: KeySet,
    counters: Counters,
    options: ResolvedOptions,
  ) {
    this.#store = store
    this.#snapshot = snapshot
    this.#keys = keys
    this.#options = options
    this.counters = counters
    this.#disk = new DiskWatch(store.directory, options.diskFloorBytes)
    this.#scheduleMerge()
  }

  /** To be called after something was put into {@link active}. */
  said(): void {
    if (this.#broken) return
    if (this.active.size >= this.#commitEntries()) this.#pump()
    else if (this.#timer === null) this.#schedule()
    else if (this.#resting) {
      this.#resting = false
      this.#timer.ref()
    }
  }

  /** Resolves when everything in the outboxes is on the disk. */
  flush(): Promise<void> {
    if (this.active.size === 0 && this.frozen === null) return Promise.resolve()
    const outbox = this.active.size > 0 ? this.active : this.frozen!
    return new Promise((resolve, reject) => {
      this.#waiters.push({ outbox, resolve, reject })
      this.#broken = false
      this.#wanted = true
      this.#pump()
    })
  }

  idle(): Promise<void> | null {
    if (this.#hasRoom()) return null
    this.#pump()
    return new Promise((resolve) => this.#room.push(resolve))
  }

  /** Commits what was said and then a change of what is recorded, in a transaction of its own. */
  change(action: (writer: RecordWriter) => void): Promise<void> {
    return this.#alone(() => this.#change(action))
  }

  /** Merges all runs into one, and ends the removal of what was dropped. */
  compact(): Promise<void> {
    return this.#alone(async () => {
      while (this.counters.dropped.length > 0) await this.#change(() => {})
      while (this.#keys.runs > 1) await this.#commit(SEGMENTS_PER_COMMIT, true)
    })
  }

  async #change(action: (writer: RecordWriter) => void): Promise<void> {
    let counters = this.counters
    await this.#store.env.childTransaction(() => {
      const writer = new RecordWriter(this.#store, this.counters)
      action(writer)
      counters = writer.end()
      void this.#store.meta.put('index', toJson({ counters, keys: this.#keys.meta }))
    })
    this.#snapshot.renew()
    this.counters = counters
  }

  /** Runs something while no commit does. */
  async #alone(action: () => Promise<void>): Promise<void> {
    await this.flush()
    while (this.#pumping !== null) await this.#pumping
    const running = action()
    this.#pumping = running.catch(() => {})
    try {
      await running
    } finally {
      this.#pumping = null
    }
  }

  /** Commits what is left and stops; rejects if that fails, and has stopped all the same. */
  async close(): Promise<void> {
    try {
      await this.flush()
    } finally {
      this.#broken = true
      if (this.#timer !== null) clearTimeout(this.#timer)
      this.#debt = 0
      await this.#pumping
    }
  }

  #commitEntries(): number {
    const { commitEntries } = this.#options
    return this.counters.failed > 0 ? Math.min(commitEntries, ENTRIES_AMONG_FAILURES) : commitEntries
  }

  #hasRoom(): boolean {
    if (this.#broken) return true
    const { maxBufferedEntries } = this.#options
    const most =
      this.counters.failed > 0 ? Math.min(maxBufferedEntries, 2 * ENTRIES_AMONG_FAILURES) : maxBufferedEntries
    return this.#debt < MERGE_DEBT_LIMIT && this.active.size < most
  }

  #schedule(): void {
    this.#timer = setTimeout(() => {
      this.#timer = null
      this.#resting = false
      this.#wanted = this.active.size > 0
      if (!this.#wanted) this.#debt = Math.max(this.#debt, 1)
      this.#pump()
    }, this.#options.commitIntervalMs)
  }

  /** Goes on merging while nothing is said; that alone keeps no process alive. */
  #scheduleMerge(): void {
    if (this.#timer !== null || this.#broken || !this.#keys.mergeable) return
    this.#schedule()
    this.#timer!.unref()
    this.#resting = true
  }

  #pump(): void {
    if (this.#pumping === null && !this.#broken) this.#pumping = this.#drive()
  }

  async #drive(): Promise<void> {
    await this.#work()
    this.#pumping = null
    // What was said during the last step found the pump running.
    if (this.#due()) this.#pump()
    else if (this.active.size === 0 || this.#broken) this.#scheduleMerge()
    else if (this.#timer === null) this.#schedule()
  }

  #due(): boolean {
    if (this.#broken) return false
    return (
      this.frozen !== null ||
      (this.active.size > 0 && (this.#wanted || this.active.size >= this.#commitEntries()))
    )
  }

  async #work(): Promise<void> {
    try {
      for (;;) {
        const due = this.#due()
        if (!due && (this.#debt <= 0 || !this.#keys.mergeable)) break
        if (due) await this.#lookAround()
        await this.#commit(Math.min(Math.max(this.#debt, 0), SEGMENTS_PER_COMMIT), false, due)
      }
      this.#debt = 0
    } catch (error) {
      this.#fail(await explainCommitError(error, this.#store.directory))
    }
    this.#giveRoom()
  }

  async #commit(mergeSegments: number, compact: boolean, outcomes = false): Promise<void> {
    if (outcomes && this.frozen === null) {
      this.frozen = this.active
      this.active = new Outbox(this.#spare)
      this.#spare = undefined
      this.#wanted = false
      this.#giveRoom()
    }
    const outbox = outcomes ? this.frozen : null
    const { segmentChunks } = this.#options
    const request = { outbox, mergeSegments, compact }
    const plan = await planWithin(this.#store.directory, this.#keys, segmentChunks, request)
    if (plan?.step == null) this.#debt = 0
    if (plan === null) return
    let counters = this.counters
    await this.#store.env.childTransaction(() => {
      const writer = new RecordWriter(this.#store, this.counters)
      if (outbox !== null) {
        writer.removeCompleted(outbox.complete)
        for (const write of outbox.writes) write(writer)
        for (const failure of outbox.failures.values()) writer.putFailure(failure)
      }
      writer.counters.complete += plan.added
      counters = writer.end()
      void this.#store.meta.put('index', toJson({ counters, keys: this.#keys.write(plan) }))
    })
    this.#snapshot.renew()
    this.#keys.install(plan)
    this.counters = counters
    if (plan.step !== null) this.#debt -= plan.step.drafts.length
    if (!this.#keys.mergeable) this.#debt = 0
    this.#giveRoom()
    if (outbox === null) return
    this.#debt += (MERGE_FACTOR * outbox.complete.size) / this.#segmentEntries()
    this.frozen = null
    outbox.complete.clear()
    this.#spare = outbox.complete
    this.#reported = false
    this.onCommitted()
    this.#waiters = this.#waiters.filter((waiter) => {
      if (waiter.outbox === outbox) waiter.resolve()
      return waiter.outbox !== outbox
    })
  }

  #segmentEntries(): number {
    return (this.#options.segmentChunks * this.#options.chunkBytes) / 20
  }

  #giveRoom(): void {
    if (!this.#hasRoom()) return
    for (const resolve of this.#room.splice(0)) resolve()
  }

  #fail(error: StateError): void {
    this.#broken = true
    // Should merging be what fails, the outcomes can be committed without it.
    this.#debt = 0
    const waiters = this.#waiters.splice(0)
    for (const { reject } of waiters) reject(error)
    if (this.#reported) return
    this.#reported = true
    this.onError?.(error)
  }

  /** Below the floor the run is told to stop; what it still says is committed as long as the disk takes it. */
  async #lookAround(): Promise<void> {
    if (!this.#disk.isDue()) return
    // A reader that was killed would keep pages from being used again.
    this.#store.env.readerCheck()
    const low = await this.#disk.look()
    if (low !== null) this.onError?.(low)
  }
}
