import {
  encodeFailure,
  fingerprintKey,
  groupKey,
  parseRowKey,
  rowKey,
  type PendingFailure,
  type StoredFailure,
} from './failures.js'
import { fromJson, toJson, type LmdbStore } from '../lmdb/store.js'
import type { Memtable } from '../keys/memtable.js'
import type { RunRecord } from '../types.js'

/** A manifest as stored in LMDB. */
export interface StoredManifest {
  number: number
  key: string
  etag: string
  /** Omitted if all rows are read. */
  scope?: string
  finished: { rows: number; rowGroups: number } | null
}

/** Counters that every commit writes. */
export interface Counters {
  complete: number
  failed: number
  manifestsFinished: number
  nextManifest: number
  /** Number of the newest run. */
  run: number
  /** Newest generation of the journal that a commit contains; absent in states without a journal. */
  journal?: number
  /** Manifests that were superseded and whose failures are still to be removed. */
  dropped: number[]
}

export const NO_COUNTS: Counters = {
  complete: 0,
  failed: 0,
  manifestsFinished: 0,
  nextManifest: 1,
  run: 0,
  dropped: [],
}

/** Failures of a superseded manifest that one commit removes. */
const SWEEP = 2000

/** Changes the records inside one write transaction, and keeps the counters exact. */
export class RecordWriter {
  readonly store: LmdbStore
  readonly counters: Counters
  readonly #groupFailures = new Map<string, { key: Buffer; change: number }>()

  constructor(store: LmdbStore, counters: Counters) {
    this.store = store
    this.counters = { ...counters, dropped: [...counters.dropped] }
  }

  /** Records a failure in place of an earlier one of the same row. */
  putFailure(failure: PendingFailure): void {
    const { manifest, record, run, fingerprint } = failure
    this.removeFailure(manifest, record.row)
    const key = rowKey(manifest, record.row)
    void this.store.failures.put(key, encodeFailure(failure))
    if (fingerprint !== null) void this.store.failureKeys.put(fingerprint, key)
    this.#count(manifest, record.rowGroup, 1)
    this.counters.run = Math.max(this.counters.run, run)
  }

  removeFailure(manifest: number, row: number): void {
    const key = rowKey(manifest, row)
    const stored = fromJson<StoredFailure>(this.store.failures.getBinary(key))
    if (stored === undefined) return
    void this.store.failures.remove(key)
    if (stored.f !== undefined) void this.store.failureKeys.remove(Buffer.from(stored.f, 'hex'), key)
    this.#count(manifest, stored.g, -1)
  }

  /** Removes the failures of every key in the memtable. */
  removeCompleted(memtable: Memtable): void {
    if (memtable.size === 0 || this.counters.failed === 0) return
    if (this.counters.failed < memtable.size / 4) this.#removeByScan(memtable)
    else for (let i = 0; i < memtable.size; i++) this.removeFailuresOf(fingerprintKey(memtable.words, i))
  }

  /** Removes every failure of one key; returns how many there were. */
  removeFailuresOf(fingerprint: Buffer): number {
    if (this.store.failureKeys.getBinaryFast(fingerprint) === undefined) return 0
    const rows = [...this.store.failureKeys.getValues(fingerprint)].map((value) =>
      parseRowKey(Buffer.from(value)),
    )
    for (const { manifest, row } of rows) this.removeFailure(manifest, row)
    return rows.length
  }

  putManifest(fingerprint: Buffer, manifest: StoredManifest): void {
    const before = fromJson<StoredManifest>(this.store.manifests.getBinary(fingerprint))
    if (before === undefined || before.number !== manifest.number) {
      void this.store.manifestNumbers.put(manifest.number, fingerprint)
    }
    if (manifest.finished !== null && (before === undefined || before.finished === null)) {
      this.counters.manifestsFinished++
    }
    void this.store.manifests.put(fingerprint, toJson(manifest))
    this.counters.nextManifest = Math.max(this.counters.nextManifest, manifest.number + 1)
  }

  /** Drops a manifest's record: its failures stop counting immediately, and are removed bit by bit. */
  dropManifest(fingerprint: Buffer): boolean {
    const manifest = fromJson<StoredManifest>(this.store.manifests.getBinary(fingerprint))
    if (manifest === undefined) return false
    const { number } = manifest
    if (manifest.finished !== null) this.counters.manifestsFinished--
    this.#applyGroupFailures()
    for (const key of this.#keysOf(this.store.groupFailures, number)) {
      const stored = this.store.groupFailures.getBinary(key)!
      this.counters.failed -= Buffer.from(stored).readUInt32BE(0)
      void this.store.groupFailures.remove(key)
    }
    this.#clearGroups(number)
    void this.store.manifests.remove(fingerprint)
    void this.store.manifestNumbers.remove(number)
    this.counters.dropped.push(number)
    return true
  }

  /** LMDB keys of all manifests. */
  manifestKeys(): Buffer[] {
    return [...this.store.manifests.getKeys()].map((key) => Buffer.from(key))
  }

  /** LMDB keys of the manifests that have failures. */
  manifestKeysWithFailures(): Buffer[] {
    const numbers = new Set(
      [...this.store.groupFailures.getKeys()].map((key) => Buffer.from(key).readUInt32BE(0)),
    )
    return [...numbers].map((number) => Buffer.from(this.store.manifestNumbers.getBinary(number)!))
  }

  settle(manifest: number, rowGroup: number, rows: number): void {
    const value = Buffer.alloc(6)
    value.writeUIntBE(rows, 0, 6)
    void this.store.groups.put(groupKey(manifest, rowGroup), value)
  }

  /** A finished manifest needs no marks for its groups. */
  finish(fingerprint: Buffer, manifest: StoredManifest): void {
    this.putManifest(fingerprint, manifest)
    this.#clearGroups(manifest.number)
  }

  putUpload(fingerprint: Buffer, name: string, value: object | null): void {
    if (value === null) void this.store.uploads.remove(fingerprint)
    else void this.store.uploads.put(fingerprint, toJson([name, value]))
  }

  putRun(run: RunRecord): void {
    void this.store.history.put(run.number, toJson(run))
    this.counters.run = Math.max(this.counters.run, run.number)
  }

  /** Completes the transaction: removes some failures of dropped manifests, writes the counters. */
  end(): Counters {
    let left = SWEEP
    while (left > 0 && this.counters.dropped.length > 0) {
      const number = this.counters.dropped[0]!
      const keys = this.#keysOf(this.store.failures, number, left)
      for (const key of keys) this.removeFailure(number, parseRowKey(key).row)
      if (keys.length < left) this.counters.dropped.shift()
      left -= keys.length + 1
    }
    this.#applyGroupFailures()
    return this.counters
  }

  #removeByScan(memtable: Memtable): void {
    const failed: Buffer[] = []
    for (const key of this.store.failureKeys.getKeys()) {
      const words = Buffer.from(key)
      const [w0, w1, w2, w3] = [0, 4, 8, 12].map((at) => words.readUInt32BE(at)) as [
        number,
        number,
        number,
        number,
      ]
      if (memtable.find(w0, w1, w2, w3) >= 0) failed.push(words)
    }
    for (const fingerprint of failed) this.removeFailuresOf(fingerprint)
  }

  #count(manifest: number, rowGroup: number, change: number): void {
    if (this.store.manifestNumbers.getBinaryFast(manifest) === undefined) return
    this.counters.failed += change
    const id = `${manifest}:${rowGroup}`
    const entry = this.#groupFailures.get(id)
    if (entry === undefined) this.#groupFailures.set(id, { key: groupKey(manifest, rowGroup), change })
    else entry.change += change
  }

  #applyGroupFailures(): void {
    for (const { key, change } of this.#groupFailures.values()) {
      const stored = this.store.groupFailures.getBinary(key)
      const count = (stored === undefined ? 0 : Buffer.from(stored).readUInt32BE(0)) + change
      const value = Buffer.alloc(4)
      value.writeUInt32BE(count)
      if (count > 0) void this.store.groupFailures.put(key, value)
      else if (stored !== undefined) void this.store.groupFailures.remove(key)
    }
    this.#groupFailures.clear()
  }

  #clearGroups(manifest: number): void {
    for (const key of this.#keysOf(this.store.groups, manifest)) void this.store.groups.remove(key)
  }

  #keysOf(database: LmdbStore['groups'], manifest: number, limit?: number): Buffer[] {
    const range = { start: groupKey(manifest, 0), end: groupKey(manifest + 1, 0) }
    const keys = database.getKeys(limit === undefined ? range : { ...range, limit })
    return [...keys].map((key) => Buffer.from(key))
  }
}
