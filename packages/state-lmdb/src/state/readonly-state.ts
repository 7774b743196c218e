import { decodeIndex, type Index } from '../commit/transaction.js'
import { checkIdentity, readFormat, type Format } from './writer-lock.js'
import { StateError, asStateError } from '../errors.js'
import { fingerprintKey } from '../records/failures.js'
import { createFingerprinter, type Fingerprinter } from '../keys/fingerprint.js'
import { loadKeySet, type KeySet } from '../keys/level.js'
import { hasState, openLmdbReadOnly, type LmdbStore } from '../lmdb/store.js'
import { Lookup } from '../keys/lookup.js'
import { ManifestRecord } from '../records/manifest.js'
import { isSameVersion, newManifest } from '../records/manifest-ref.js'
import { CHUNK_BYTES } from '../keys/chunk.js'
import type { Identity } from '../types.js'
import { guarded } from '../records/guarded.js'
import { RecordReader } from '../records/reader.js'
import { NO_COUNTS, type Counters } from '../records/writer.js'
import { SEGMENT_CHUNKS } from '../keys/segment.js'
import { Snapshot } from '../lmdb/snapshot.js'
import type {
  Counts,
  FailureFilter,
  FailureRecord,
  ManifestRef,
  ManifestSummary,
  ReadonlyManifestState,
  ReadonlyState,
  ReadonlyUploads,
  RunRecord,
} from '../types.js'

/** Options of {@link openStateReadOnly}. */
export interface ReadonlyStateOptions {
  /** Directory of the state. */
  directory: string
  /** If given, a directory of another job is refused. */
  identity?: Identity
}

/**
 * Opens the state for reading, beside a running writer or alone. A directory without state gives an empty one; nothing is created or
 * changed. Throws {@link StateError}: `LAGOON_STATE_NEWER_VERSION`, `_OTHER_JOB`, `_UNWRITABLE` (LMDB's lock file has to be writable
 * for readers, too), `_CORRUPT`.
 */
export async function openStateReadOnly({
  directory,
  identity,
}: ReadonlyStateOptions): Promise<ReadonlyState> {
  if (!hasState(directory)) return emptyState()
  let format: Format | undefined
  const store = await openLmdbReadOnly(directory, (meta) => {
    format = readFormat(meta, directory)
    if (identity !== undefined) checkIdentity(format, directory, identity)
  })
  // The writer created the file a moment ago and has not completed it; the format is written before the last of its content.
  return store === null ? emptyState() : new LmdbReadonlyState(store, format!)
}

/** Each call sees the last commit; between calls no view stays open that would prevent the reuse of pages. */
class LmdbReadonlyState implements ReadonlyState {
  readonly #store: LmdbStore
  readonly #snapshot: Snapshot
  readonly #fingerprinter: Fingerprinter
  readonly #reader: RecordReader
  readonly #lookup = new Lookup()
  #index = ''
  #counters: Counters = NO_COUNTS
  #keys: KeySet | null = null
  #closed = false

  constructor(store: LmdbStore, format: Format) {
    this.#store = store
    this.#snapshot = new Snapshot(store)
    this.#snapshot.release()
    this.#reader = guarded(new RecordReader(store, this.#snapshot), store.directory)
    this.#fingerprinter = createFingerprinter(Buffer.from(format.seed, 'hex'))
  }

  readonly uploads: ReadonlyUploads = {
    get: (key) => this.#view(() => this.#reader.upload(this.#fingerprint(key))),
    entries: () => this.#view(() => this.#reader.uploads().values()),
  }

  manifest(ref: ManifestRef): ReadonlyManifestState {
    return this.#view(() => {
      const fingerprint = this.#fingerprint(ref.key)
      const stored = this.#reader.manifest(fingerprint)
      const known = stored !== undefined && isSameVersion(stored, ref)
      const host = { reader: this.#reader, isComplete: this.#isComplete, write: refuse }
      const record = known
        ? new ManifestRecord(host, fingerprint, stored, true)
        : new ManifestRecord(host, fingerprint, newManifest(0, ref), false)
      return this.#viewed(record)
    })
  }

  lookup(keys: readonly (string | null)[], versions?: readonly (string | null)[]): Uint8Array {
    return this.#view(() => this.#find(keys, versions))
  }

  counts(): Counts {
    return this.#view(() => {
      this.#load()
      const { complete, failed, manifestsFinished } = this.#counters
      return { complete, failed, manifestsFinished }
    })
  }

  failures(filter?: FailureFilter): IterableIterator<FailureRecord> {
    const { key } = filter ?? {}
    return this.#each(() =>
      this.#reader.failures(filter, key === undefined ? undefined : this.#fingerprint(key)),
    )
  }

  manifests(): IterableIterator<ManifestSummary> {
    return this.#each(() => this.#reader.manifests())
  }

  runs(): IterableIterator<RunRecord> {
    return this.#view(() => this.#reader.runs().values())
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#store.env.close()
  }

  /** Runs something in a separate view. */
  #view<T>(action: () => T): T {
    if (this.#closed) throw new StateError('LAGOON_STATE_CLOSED', 'the state was closed', 'Open it again.')
    this.#snapshot.renew()
    try {
      return action()
    } finally {
      this.#snapshot.release()
    }
  }

  /** Each step of the iteration in a separate view. */
  *#each<T>(start: () => Generator<T>): Generator<T> {
    const steps = start()
    for (;;) {
      const { done, value } = this.#view(() => steps.next())
      if (done) return
      yield value
    }
  }

  #viewed(record: ManifestRecord): ReadonlyManifestState {
    const view = <T>(action: () => T): T => this.#view(action)
    const each = (): Generator<FailureRecord> => this.#each(() => record.failures())
    return {
      get finished() {
        return view(() => record.finished)
      },
      isRowGroupSettled: (index) => record.isRowGroupSettled(index),
      settledRows: () => view(() => record.settledRows()),
      failures: each,
    }
  }

  readonly #isComplete = (record: FailureRecord): boolean =>
    record.class !== 'row' && this.#find([record.key], [record.version ?? null])[0] === 1

  #find(keys: readonly (string | null)[], versions?: readonly (string | null)[]): Uint8Array {
    const index = this.#load()
    const sources = {
      fingerprinter: this.#fingerprinter,
      memtables: [],
      find: (batch: Parameters<KeySet['find']>[0]) => index.find(batch),
      hasFailed: () => false,
    }
    return this.#lookup.run(sources, keys, versions)
  }

  /** The current runs; read again only if a commit has changed them. */
  #load(): KeySet {
    const bytes = this.#store.meta.getBinary('index', this.#snapshot.options)
    const text = bytes === undefined ? '' : Buffer.from(bytes).toString()
    if (this.#keys !== null && text === this.#index) return this.#keys
    const { counters, keys } = this.#decode(bytes)
    this.#counters = counters
    const layout = { chunkBytes: CHUNK_BYTES, segmentChunks: SEGMENT_CHUNKS }
    this.#keys = loadKeySet(this.#store, this.#snapshot, keys, layout)
    this.#index = text
    return this.#keys
  }

  #decode(bytes: Uint8Array | undefined): Index {
    try {
      return decodeIndex(bytes)
    } catch (error) {
      throw asStateError(error, this.#store.directory)
    }
  }

  #fingerprint(text: string): Buffer {
    const words = new Uint32Array(4)
    this.#fingerprinter.hash(text, words, 0)
    return fingerprintKey(words)
  }
}

function refuse(): never {
  throw new Error('a read-only state was written to')
}

/** A directory without state, as a reader sees it. */
function emptyState(): ReadonlyState {
  const manifest: ReadonlyManifestState = {
    finished: null,
    isRowGroupSettled: () => false,
    settledRows: () => ({ rows: 0, failed: 0 }),
    failures: () => [].values(),
  }
  return {
    manifest: () => manifest,
    lookup: (keys) => new Uint8Array(keys.length),
    counts: () => ({ complete: 0, failed: 0, manifestsFinished: 0 }),
    failures: () => [].values(),
    manifests: () => [].values(),
    runs: () => [].values(),
    uploads: { get: () => undefined, entries: () => [].values() },
    close: () => Promise.resolve(),
  }
}
