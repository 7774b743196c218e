/**
 * The state of one job: what is complete, failed and half done, for one writer.
 *
 * Invariants. Tests quote them by number.
 *
 * 1. Whatever `flush` resolved for survives a kill of the process and a power cut; so does every earlier commit.
 * 2. A mark (a settled row group, a finished manifest) never exists without every outcome that was recorded before it.
 * 3. A key is complete only if it was recorded as complete; nothing is made up, not even by an interrupted merge.
 * 4. Completing a key removes every failure of it, in every manifest that names it; a later failure counts again.
 * 5. `lookup` sees every outcome immediately, flushed or not.
 * 6. One process writes. Exactly one other process takes over a dead writer's lock; none takes over a living writer's.
 * 7. The counters are those of the last commit, exactly.
 * 8. Everything that a process recorded 40 ms before it was killed survives, too: the journal keeps it until its commit.
 * 9. A commit that fails leaves the last one in force, keeps the outcomes, and is retried by `flush` and `close`.
 */
import { changeIdentity, readFormat, type WriterLock } from './writer-lock.js'
import { Committer } from '../commit/committer.js'
import { decodeIndex } from '../commit/transaction.js'
import { Journal, recoverJournal, type Recovered } from '../lmdb/journal.js'
import { CompleteKeys } from '../tables/complete-keys.js'
import { StateError } from '../errors.js'
import { foundKey, type FoundKey } from '../records/failures.js'
import { FailureView } from '../tables/failure-view.js'
import { forget } from '../records/forget.js'
import { createFingerprinter, type Fingerprinter } from '../keys/fingerprint.js'
import { loadKeySet, type KeySet } from '../keys/level.js'
import type { LmdbStore } from '../lmdb/store.js'
import { ManifestCache, type CacheHost } from '../tables/manifests.js'
import type { ResolvedOptions } from '../options.js'
import { guarded } from '../records/guarded.js'
import { RecordReader } from '../records/reader.js'
import type { RecordWriter } from '../records/writer.js'
import { RunHistory } from '../tables/sync-runs.js'
import { Snapshot } from '../lmdb/snapshot.js'
import type {
  ForgetRequest,
  Forgotten,
  Identity,
  MaintainedState,
  Counts,
  FailureFilter,
  FailureRecord,
  ManifestRef,
  ManifestState,
  ManifestSummary,
  RunRecord,
} from '../types.js'
import { UploadTable } from '../tables/uploads.js'

/** See {@link State}. */
export class LmdbState implements MaintainedState {
  readonly uploads: UploadTable
  readonly #recovered: Recovered
  readonly #store: LmdbStore
  readonly #lock: WriterLock
  readonly #snapshot: Snapshot
  readonly #fingerprinter: Fingerprinter
  readonly #keys: KeySet
  readonly #reader: RecordReader
  readonly #committer: Committer
  readonly #complete: CompleteKeys
  readonly #failures: FailureView
  readonly #manifests: ManifestCache
  readonly #history: RunHistory
  readonly #words = new Uint32Array(4)
  #closed: Promise<void> | null = null

  constructor(store: LmdbStore, lock: WriterLock, options: ResolvedOptions) {
    this.#store = store
    this.#lock = lock
    this.#snapshot = new Snapshot(store)
    const { seed } = readFormat(store.meta, store.directory)!
    this.#fingerprinter = createFingerprinter(Buffer.from(seed, 'hex'))
    const { counters, keys } = decodeIndex(store.meta.getBinary('index'))
    this.#keys = loadKeySet(store, this.#snapshot, keys, options)
    this.#reader = guarded(new RecordReader(store, this.#snapshot), store.directory)
    this.#recovered = recoverJournal(store.directory, seed, counters.journal ?? 0)
    const journal = new Journal(store.directory, seed, this.#recovered.generation)
    this.#manifests = new ManifestCache(this.#cacheHost(), counters.nextManifest)
    this.#committer = new Committer({
      store,
      snapshot: this.#snapshot,
      keys: this.#keys,
      counters,
      options,
      journal,
      onCommitted: () => this.#manifests.forgetCommitted(),
    })
    this.#failures = new FailureView(this.#reader, this.#committer, this.#manifests, counters.run + 1)
    this.#complete = new CompleteKeys({
      fingerprinter: this.#fingerprinter,
      keys: this.#keys,
      committer: this.#committer,
      failures: this.#failures,
    })
    this.#history = new RunHistory(this.#failures, (change) => this.#write(change))
    this.uploads = new UploadTable(this.#reader, this.#committer, (name) => this.#fingerprint(name))
  }

  /** Commits what a killed process had written to the journal but not committed. Call it before recording anything. */
  async recover(): Promise<void> {
    const { completed, uploads } = this.#recovered
    if (completed.length === 0 && uploads.length === 0) return
    for (const entries of completed) this.#complete.recover(entries)
    this.uploads.recover(uploads)
    await this.#committer.flush()
  }

  manifest(ref: ManifestRef): ManifestState {
    this.#open()
    return this.#manifests.open(ref)
  }

  lookup(keys: readonly (string | null)[], versions?: readonly (string | null)[]): Uint8Array {
    this.#open()
    return this.#complete.lookup(keys, versions)
  }

  complete(key: string, version?: string | null): void {
    this.#open()
    this.#complete.complete(key, version)
  }

  fail(failure: FailureRecord): void {
    this.#open()
    const manifest = this.#manifests.current(failure.manifest)
    if (manifest === undefined) return
    manifest.record()
    const key = failure.class === 'row' ? null : this.#foundKey(failure.key)
    this.#failures.record(manifest.stored.number, { ...failure }, key)
  }

  async flush(): Promise<void> {
    this.#open()
    await this.#committer.flush()
  }

  idle(): Promise<void> | null {
    return this.#committer.idle()
  }

  startRun(info: object): void {
    this.#open()
    this.#history.start(info)
  }

  startRound(): void {
    this.#open()
    this.#failures.startRound()
  }

  async finishRun(summary: object): Promise<void> {
    this.#open()
    this.#history.finish(summary)
    await this.#committer.flush()
  }

  counts(): Counts {
    const { complete, failed, manifestsFinished } = this.#committer.counters
    return { complete: complete + this.#complete.uncommitted(), failed, manifestsFinished }
  }

  failures(filter?: FailureFilter): IterableIterator<FailureRecord> {
    this.#open()
    const key = filter?.key
    return this.#reader.failures(filter, key === undefined ? undefined : this.#fingerprint(key))
  }

  manifests(): IterableIterator<ManifestSummary> {
    this.#open()
    return this.#reader.manifests()
  }

  runs(): IterableIterator<RunRecord> {
    this.#open()
    return this.#reader.runs().values()
  }

  /** Merges all runs into one. For maintenance: it rewrites every fingerprint. */
  compact(): Promise<void> {
    return this.#committer.compact()
  }

  /** Copies the data file as it was last committed, without free pages. */
  copyTo(file: string): Promise<void> {
    return this.#store.env.backup(file, true)
  }

  /** Makes the directory belong to another identity. */
  rename(identity: Identity): void {
    this.#open()
    changeIdentity(this.#store.meta, this.#store.directory, identity)
  }

  async forget(request: ForgetRequest): Promise<Forgotten> {
    const before = this.counts()
    const manifests = await this.#committer.change((writer) =>
      forget(writer, this.#keys, request, (text) => this.#foundKey(text)),
    )
    this.#manifests.clear()
    const after = this.counts()
    return { keys: before.complete - after.complete, failures: before.failed - after.failed, manifests }
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    try {
      await this.#committer.close()
    } finally {
      this.#snapshot.release()
      try {
        this.#lock.release()
      } finally {
        await this.#store.env.close()
      }
    }
  }

  #cacheHost(): CacheHost {
    return {
      reader: this.#reader,
      isComplete: (record) => {
        this.#open()
        return this.#complete.isComplete(record)
      },
      write: (change) => this.#write(change),
      fingerprint: (key) => this.#fingerprint(key),
      dropFailures: (manifest) => this.#failures.drop(manifest),
    }
  }

  #fingerprint(text: string): Buffer {
    return this.#foundKey(text).key
  }

  #foundKey(text: string): FoundKey {
    return foundKey(this.#fingerprinter, text, this.#words)
  }

  #write(change: (writer: RecordWriter) => void): void {
    this.#open()
    this.#committer.active.writes.push(change)
    this.#committer.changed()
  }

  #open(): void {
    if (this.#closed === null) return
    throw new StateError('LAGOON_STATE_CLOSED', 'the state was closed', 'Open it again.')
  }
}
