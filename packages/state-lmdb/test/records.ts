import type { LmdbStore } from '../src/lmdb/store.js'
import { fingerprintKey, parseRowKey, type PendingFailure } from '../src/records/failures.js'
import { RecordReader } from '../src/records/reader.js'
import { NO_COUNTS, RecordWriter, type Counters, type StoredManifest } from '../src/records/writer.js'
import { Snapshot } from '../src/lmdb/snapshot.js'
import { failure, openStore } from './helpers.js'

/** The manifests on record. */
export const SEVEN: StoredManifest = { number: 7, key: 'm/seven', etag: 'e', finished: null }
export const EIGHT: StoredManifest = { number: 8, key: 'm/eight', etag: 'e', finished: null }

export function fingerprintOf(w3: number): Buffer {
  return fingerprintKey(Uint32Array.of(1, 2, 3, w3))
}

/** A failure of that row, of the key with that fingerprint. */
export function pending(row: number, w3: number, change: Partial<PendingFailure> = {}): PendingFailure {
  const record = failure(row, `key ${w3}`)
  return { manifest: 7, record, run: 3, round: 1, fingerprint: fingerprintOf(w3), ...change }
}

export function hex(bytes: Uint8Array | undefined): string | undefined {
  return bytes && Buffer.from(bytes).toString('hex')
}

export function textOf(bytes: Uint8Array | undefined): unknown {
  return bytes && JSON.parse(Buffer.from(bytes).toString())
}

/** The records of a new environment with two manifests on record, written a transaction at a time. */
export class Records {
  readonly store: LmdbStore
  readonly reader: RecordReader
  counters = NO_COUNTS
  readonly #snapshot: Snapshot

  private constructor(store: LmdbStore) {
    this.store = store
    this.#snapshot = new Snapshot(store)
    this.reader = new RecordReader(store, this.#snapshot)
  }

  static async open(): Promise<Records> {
    const records = new Records(await openStore())
    records.write((writer) => {
      writer.putManifest(fingerprintOf(107), SEVEN)
      writer.putManifest(fingerprintOf(108), EIGHT)
    })
    return records
  }

  write(action: (writer: RecordWriter) => void): Counters {
    this.store.env.transactionSync(() => {
      const writer = new RecordWriter(this.store, this.counters)
      action(writer)
      this.counters = writer.end()
    })
    this.#snapshot.renew()
    return this.counters
  }

  get failed(): string[] {
    return [...this.reader.failures()].map(({ manifest, row }) => `${manifest.key} ${row}`)
  }

  /** Rows that the index of keys knows. */
  rowsOf(w3: number): number[] {
    return [...this.store.failureKeys.getValues(fingerprintOf(w3))].map((key) => parseRowKey(key).row)
  }
}
