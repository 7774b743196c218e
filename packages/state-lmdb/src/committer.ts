import { explainCommitError } from './commit-error.js'
import { checkDiskSpace, freeBytes, noRoom } from './disk-space.js'
import { StateError } from './errors.js'
import { fingerprintKey } from './failure-table.js'
import type { KeySet, KeySetPlan } from './key-set.js'
import { toJson, type LmdbStore } from './lmdb-store.js'
import type { Memtable } from './memtable.js'
import { Outbox } from './outbox.js'
import type { ResolvedOptions } from './options.js'
import { RecordWriter, type Counters } from './record-writer.js'
import type { Snapshot } from './snapshot.js'

/** Segments of merging owed for each recorded segment's worth of fingerprints; see merge-policy.ts. */
const MERGE_FACTOR = 12
/** Segments that one transaction moves at most: 2 MB each. */
const SEGMENTS_PER_COMMIT = 2
/** Debt of merging, in segments, at which recording is asked to wait. */
const MERGE_DEBT_LIMIT = 16
const DISK_CHECK_INTERVAL_MS = 5000
/** What a chunk may make the data file grow by: its page and its share of the pages that lead to it. */
const BYTES_PER_CHUNK = 4400

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
  #diskCheckedAt = performance.now()
  #lowDisk = false

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
    this.#scheduleMerge()
  }

  /** To be called after something was put into {@link active}. */
  said(): void {
    if (this.#broken) return
    if (this.active.size >= this.#options.commitEntries) this.#pump()
    else if (this.#timer === null) this.#schedule()
  }

  /** The last that was said of a key and is still to be committed. */
  saidOf(words: Uint32Array, at: number): 'complete' | 'failed' | null {
    const fingerprint = fingerprintKey(words, at / 4)
    const { active, frozen } = this
    const [w0, w1, w2, w3] = words.subarray(at, at + 4) as unknown as [number, number, number, number]
    if (active.hasFailed(fingerprint)) return 'failed'
    if (active.complete.find(w0, w1, w2, w3) >= 0) return 'complete'
    if (frozen === null) return null
    if (frozen.hasFailed(fingerprint, active)) return 'failed'
    return frozen.complete.find(w0, w1, w2, w3) >= 0 ? 'complete' : null
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

  #hasRoom(): boolean {
    if (this.#broken) return true
    return this.#debt < MERGE_DEBT_LIMIT && this.active.size < this.#options.maxBufferedEntries
  }

  #schedule(): void {
    this.#timer = setTimeout(() => {
      this.#timer = null
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
      (this.active.size > 0 && (this.#wanted || this.active.size >= this.#options.commitEntries))
    )
  }

  async #work(): Promise<void> {
    try {
      for (;;) {
        const due = this.#due()
        if (!due && (this.#debt <= 0 || !this.#keys.mergeable)) break
        if (due) await this.#checkDisk()
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
    const plan = await this.#planWithin(outbox, mergeSegments, compact)
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

  /** A plan that fits on the disk; merging is left out where it may not, and null means there is nothing else to do. */
  async #planWithin(
    outbox: Outbox | null,
    mergeSegments: number,
    compact: boolean,
  ): Promise<KeySetPlan | null> {
    const { directory } = this.#store
    const free = await freeBytes(directory)
    const roomToMerge = free > (Math.ceil(mergeSegments) + 1) * this.#options.segmentChunks * BYTES_PER_CHUNK
    if (!roomToMerge && !compact) this.#debt = 0
    if (!roomToMerge && outbox === null && !compact) return null
    const plan = this.#keys.plan(
      outbox?.complete ?? null,
      roomToMerge || compact ? mergeSegments : 0,
      compact,
    )
    if (free < roomFor(plan, outbox)) throw noRoom(directory, free, roomFor(plan, outbox))
    return plan
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
    const waiters = this.#waiters.splice(0)
    for (const { reject } of waiters) reject(error)
    if (this.#reported) return
    this.#reported = true
    this.onError?.(error)
  }

  /** Below the floor the run is told to stop; what it still says is committed as long as the disk takes it. */
  async #checkDisk(): Promise<void> {
    const now = performance.now()
    if (this.#lowDisk || now - this.#diskCheckedAt < DISK_CHECK_INTERVAL_MS) return
    this.#diskCheckedAt = now
    // A reader that was killed would keep pages from being used again.
    this.#store.env.readerCheck()
    try {
      await checkDiskSpace(this.#store.directory, this.#options.diskFloorBytes)
    } catch (error) {
      if (!(error instanceof StateError)) return
      this.#lowDisk = true
      this.onError?.(error)
    }
  }
}

/** Bytes by which a commit may make the data file grow: what it writes, LMDB's own pages, and some to spare. */
function roomFor({ fresh, step }: KeySetPlan, outbox: Outbox | null): number {
  const drafts = [...(fresh?.drafts ?? []), ...(step?.drafts ?? [])]
  const chunks = drafts.reduce((sum, draft) => sum + draft.chunks.length + 1, 0)
  const records = outbox === null ? 0 : outbox.failures.size + outbox.writes.length
  return chunks * BYTES_PER_CHUNK + records * 2000 + 256 * 1024
}
