import {
  decodeFailure,
  failureEntries,
  groupKey,
  parseRowKey,
  rowKey,
  type FailureEntry,
  type StoredFailure,
} from './failures.js'
import { fromJson, type LmdbStore } from '../lmdb/store.js'
import { isSameVersion, refOf } from './manifest-ref.js'
import type { StoredManifest } from './writer.js'
import type { Snapshot } from '../lmdb/snapshot.js'
import type { FailureFilter, FailureRecord, ManifestSummary, RunRecord } from '../types.js'

/** Reads the records through a snapshot. */
export class RecordReader {
  readonly #store: LmdbStore
  readonly #snapshot: Snapshot

  constructor(store: LmdbStore, snapshot: Snapshot) {
    this.#store = store
    this.#snapshot = snapshot
  }

  manifest(fingerprint: Buffer): StoredManifest | undefined {
    return fromJson<StoredManifest>(this.#store.manifests.getBinary(fingerprint, this.#snapshot.options))
  }

  manifestByNumber(number: number): StoredManifest | undefined {
    const fingerprint = this.#store.manifestNumbers.getBinary(number, this.#snapshot.options)
    return fingerprint && this.manifest(Buffer.from(fingerprint))
  }

  /** Settled row groups of a manifest, and their rows. */
  settled(manifest: number): Map<number, number> {
    return this.#byGroup(this.#store.groups, manifest, (value) => value.readUIntBE(0, 6))
  }

  /** Row groups of a manifest that have failures, and how many. */
  failuresByGroup(manifest: number): Map<number, number> {
    return this.#byGroup(this.#store.groupFailures, manifest, (value) => value.readUInt32BE(0))
  }

  /** Failures of one manifest. */
  failureEntries(manifest: number): Generator<FailureEntry> {
    return failureEntries(
      this.#store,
      () => this.#snapshot.options,
      rowKey(manifest, 0),
      rowKey(manifest + 1, 0),
    )
  }

  /** Failures of all manifests that were not superseded; of one key if its fingerprint is given. */
  *failures(filter: FailureFilter = {}, fingerprint?: Buffer): Generator<FailureRecord> {
    let number = -1
    let manifest: StoredManifest | undefined
    for (const { manifest: of, row, stored } of fingerprint
      ? this.#entriesOf(fingerprint)
      : this.#entries()) {
      if (of !== number) {
        number = of
        manifest = this.manifestByNumber(of)
      }
      if (manifest === undefined) continue
      const { manifest: wanted } = filter
      if (wanted && (wanted.key !== manifest.key || !isSameVersion(wanted, manifest))) continue
      if (filter.class !== undefined && filter.class !== stored.c) continue
      if (filter.code !== undefined && filter.code !== stored.o) continue
      yield decodeFailure(refOf(manifest), row, stored)
    }
  }

  #entries(): Iterable<FailureEntry> {
    const [from, end] = [rowKey(0, 0), rowKey(0xffff_ffff, 0)]
    return failureEntries(this.#store, () => this.#snapshot.options, from, end)
  }

  /** A key has few rows: they are read together. */
  #entriesOf(fingerprint: Buffer): FailureEntry[] {
    const { options } = this.#snapshot
    if (this.#store.failureKeys.getBinaryFast(fingerprint, options) === undefined) return []
    const rows = [...this.#store.failureKeys.getValues(fingerprint, options)].map((value) =>
      Buffer.from(value),
    )
    return rows.map((key) => ({
      ...parseRowKey(key),
      stored: fromJson<StoredFailure>(this.#store.failures.getBinary(key, options))!,
    }))
  }

  /** Whether the key failed in that round, in a manifest that was not superseded, in a row that was not replaced since. */
  failedInRound(
    fingerprint: Buffer,
    { run, round }: { readonly run: number; readonly round: number },
    isReplaced: (manifest: number, row: number) => boolean,
  ): boolean {
    return this.#entriesOf(fingerprint).some(({ manifest, row, stored }) => {
      if (stored.r !== run || (stored.n ?? 1) !== round || isReplaced(manifest, row)) return false
      return this.#store.manifestNumbers.getBinary(manifest, this.#snapshot.options) !== undefined
    })
  }

  *manifests(): Generator<ManifestSummary> {
    const keys = [...this.#store.manifests.getKeys({ ...this.#snapshot.options })].map((key) =>
      Buffer.from(key),
    )
    for (const fingerprint of keys) {
      const manifest = this.manifest(fingerprint)
      if (manifest !== undefined) yield this.summary(manifest)
    }
  }

  summary(manifest: StoredManifest): ManifestSummary {
    const { number, finished } = manifest
    if (finished === null) {
      const rows = [...this.settled(number).values()]
      const settledRows = rows.reduce((sum, count) => sum + count, 0)
      return { ...refOf(manifest), finished: null, settledRows, settledRowGroups: rows.length }
    }
    const failed = [...this.failuresByGroup(number).values()].reduce((sum, count) => sum + count, 0)
    const { rows, rowGroups } = finished
    return { ...refOf(manifest), finished: { rows, failed }, settledRows: rows, settledRowGroups: rowGroups }
  }

  upload(fingerprint: Buffer): object | undefined {
    return fromJson<[string, object]>(this.#store.uploads.getBinary(fingerprint, this.#snapshot.options))?.[1]
  }

  uploads(): [string, object][] {
    const range = this.#store.uploads.getRange({ ...this.#snapshot.options })
    return [...range].map(({ value }) => fromJson<[string, object]>(value)!)
  }

  runs(): RunRecord[] {
    const range = this.#store.history.getRange({ ...this.#snapshot.options })
    return [...range].map(({ value }) => fromJson<RunRecord>(value)!)
  }

  #byGroup(
    database: LmdbStore['groups'],
    manifest: number,
    read: (value: Buffer) => number,
  ): Map<number, number> {
    const range = { start: groupKey(manifest, 0), end: groupKey(manifest + 1, 0), ...this.#snapshot.options }
    const groups = new Map<number, number>()
    for (const { key, value } of database.getRange(range)) {
      const [at, rows] = [Buffer.from(key), Buffer.from(value)]
      groups.set(at.readUInt32BE(4), read(rows))
    }
    return groups
  }
}
