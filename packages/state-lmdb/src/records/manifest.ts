import { decodeFailure } from './failures.js'
import { refOf } from './manifest-ref.js'
import type { RecordReader } from './reader.js'
import type { RecordWriter, StoredManifest } from './writer.js'
import type { FailureRecord, ManifestRef, ManifestState } from '../types.js'

/** What a manifest's record needs of the state it belongs to. */
export interface ManifestHost {
  readonly reader: RecordReader
  /** Whether the failure's key was completed since. */
  isComplete(record: FailureRecord): boolean
  /** Adds a change to the next commit. */
  write(change: (writer: RecordWriter) => void): void
}

/** A manifest's record in memory; shared by everyone who asks for the same manifest. */
export class ManifestRecord implements ManifestState {
  readonly stored: StoredManifest
  /** LMDB key of the manifest. */
  readonly fingerprint: Buffer
  readonly #host: ManifestHost
  readonly #settled: Map<number, number>
  /** Another ETag was seen under this key: nothing more is written. */
  superseded = false
  #recorded: boolean

  /** `stored` as read, or, for a new manifest, as it will be written; `recorded` says which. */
  constructor(host: ManifestHost, fingerprint: Buffer, stored: StoredManifest, recorded: boolean) {
    this.#host = host
    this.fingerprint = fingerprint
    this.stored = stored
    this.#recorded = recorded
    this.#settled =
      recorded && stored.finished === null ? host.reader.settled(stored.number) : new Map<number, number>()
  }

  get ref(): ManifestRef {
    return refOf(this.stored)
  }

  get finished(): { rows: number; failed: number } | null {
    const { finished } = this.stored
    return finished && { rows: finished.rows, failed: this.#failed() }
  }

  isRowGroupSettled(index: number): boolean {
    const { finished } = this.stored
    return finished === null ? this.#settled.has(index) : index < finished.rowGroups
  }

  settledRows(): { rows: number; failed: number } {
    const rows =
      this.stored.finished?.rows ?? [...this.#settled.values()].reduce((sum, count) => sum + count, 0)
    return { rows, failed: this.#failed() }
  }

  *failures(): Generator<FailureRecord> {
    for (const { row, stored } of this.#host.reader.failureEntries(this.stored.number)) {
      if (!this.isRowGroupSettled(stored.g)) continue
      const record = decodeFailure(this.ref, row, stored)
      if (!this.#host.isComplete(record)) yield record
    }
  }

  /** Makes sure that the manifest is recorded before anything refers to it. */
  record(): void {
    if (this.#recorded || this.superseded) return
    this.#recorded = true
    const stored = { ...this.stored }
    this.#host.write((writer) => writer.putManifest(this.fingerprint, stored))
  }

  settleRowGroup(index: number, rows: number): void {
    if (this.superseded || this.isRowGroupSettled(index)) return
    this.record()
    this.#settled.set(index, rows)
    this.#host.write((writer) => writer.settle(this.stored.number, index, rows))
  }

  finish({ rows, rowGroups }: { rows: number; rowGroups: number }): void {
    if (this.superseded || this.stored.finished !== null) return
    this.record()
    this.stored.finished = { rows, rowGroups }
    this.#settled.clear()
    const stored = { ...this.stored }
    this.#host.write((writer) => writer.finish(this.fingerprint, stored))
  }

  #failed(): number {
    let failed = 0
    for (const [group, count] of this.#host.reader.failuresByGroup(this.stored.number)) {
      if (this.isRowGroupSettled(group)) failed += count
    }
    return failed
  }
}
