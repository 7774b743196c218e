import { fingerprintKey, type PendingFailure } from '../records/failures.js'
import { Memtable } from '../keys/memtable.js'
import type { RecordWriter } from '../records/writer.js'

const RECORD_WEIGHT = 16

/** Everything recorded since the last commit began; committed as a whole or not at all. */
export class WriteBuffer {
  readonly complete: Memtable
  /** Of the journal, once it is being committed. */
  generation: number | undefined
  /** By manifest and row. */
  readonly failures = new Map<string, PendingFailure>()
  /** Changes of other records, in order. */
  readonly writes: ((writer: RecordWriter) => void)[] = []
  /** Uploads changed, by name; null = deleted. */
  readonly uploads = new Map<string, object | null>()
  /** Fingerprint (latin1) → rows that failed with it. */
  readonly #rowsByKey = new Map<string, Set<string>>()
  /** Rows whose failure was undone by a completion. */
  readonly #cleared = new Set<string>()

  /** `memtable`: an empty one. */
  constructor(memtable = new Memtable()) {
    this.complete = memtable
  }

  /** Its size, in completed keys: a failure or another change takes as much memory as several. */
  get size(): number {
    return this.complete.size + RECORD_WEIGHT * (this.failures.size + this.writes.length)
  }

  putFailure(failure: PendingFailure): void {
    const row = `${failure.manifest}:${failure.record.row}`
    this.#forget(row)
    this.failures.set(row, failure)
    if (failure.fingerprint === null) return
    const id = failure.fingerprint.toString('latin1')
    const rows = this.#rowsByKey.get(id)
    if (rows === undefined) this.#rowsByKey.set(id, new Set([row]))
    else rows.add(row)
  }

  /** Whether the key failed in a row that `newer` does not mention. */
  hasFailed(fingerprint: Buffer, newer?: WriteBuffer): boolean {
    const rows = this.#rowsByKey.get(fingerprint.toString('latin1'))
    return rows !== undefined && (newer === undefined || [...rows].some((row) => !newer.#touches(row)))
  }

  /** Whether it removes or replaces the record of that row. */
  hasRow(manifest: number, row: number): boolean {
    return this.#touches(`${manifest}:${row}`)
  }

  /** The key was completed after it failed. An earlier failure of its rows is removed, too. */
  removeFailuresOf(fingerprint: Buffer): void {
    const id = fingerprint.toString('latin1')
    for (const at of this.#rowsByKey.get(id) ?? []) {
      const { manifest, record } = this.failures.get(at)!
      this.failures.delete(at)
      this.#cleared.add(at)
      this.writes.push((writer) => writer.removeFailure(manifest, record.row))
    }
    this.#rowsByKey.delete(id)
  }

  /** The manifest was superseded. */
  removeFailuresOfManifest(manifest: number): void {
    for (const [row, failure] of this.failures) if (failure.manifest === manifest) this.#forget(row)
  }

  #touches(row: string): boolean {
    return this.failures.has(row) || this.#cleared.has(row)
  }

  #forget(row: string): void {
    const failure = this.failures.get(row)
    if (failure === undefined) return
    this.failures.delete(row)
    if (failure.fingerprint === null) return
    const id = failure.fingerprint.toString('latin1')
    const rows = this.#rowsByKey.get(id)
    rows?.delete(row)
    if (rows?.size === 0) this.#rowsByKey.delete(id)
  }
}

/** The last change of a key that is still to be committed. */
export function pendingOutcome(
  { active, frozen }: { active: WriteBuffer; frozen: WriteBuffer | null },
  words: Uint32Array,
  at: number,
): 'complete' | 'failed' | null {
  const fingerprint = fingerprintKey(words, at / 4)
  const [w0, w1, w2, w3] = words.subarray(at, at + 4) as unknown as [number, number, number, number]
  if (active.hasFailed(fingerprint)) return 'failed'
  if (active.complete.find(w0, w1, w2, w3) >= 0) return 'complete'
  if (frozen === null) return null
  if (frozen.hasFailed(fingerprint, active)) return 'failed'
  return frozen.complete.find(w0, w1, w2, w3) >= 0 ? 'complete' : null
}
