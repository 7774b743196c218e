import type { Committer } from '../commit/committer.js'
import { fingerprintKey, type FoundKey } from '../records/failures.js'
import type { ManifestCache } from './manifests.js'
import { pendingOutcome } from '../commit/write-buffer.js'
import type { RecordReader } from '../records/reader.js'
import type { FailureRecord } from '../types.js'

/** Which keys failed in this round of this run: what is on disk, overlaid with what is not yet committed. */
export class FailureView {
  readonly #reader: RecordReader
  readonly #committer: Committer
  readonly #manifests: ManifestCache
  readonly #failedKeys = new FailedKeys()
  /** Number of the run. */
  run: number
  /** Number of the round within the run, from 1. */
  round = 1

  constructor(reader: RecordReader, committer: Committer, manifests: ManifestCache, run: number) {
    this.#reader = reader
    this.#committer = committer
    this.#manifests = manifests
    this.run = run
  }

  /** A new run begins: earlier failures no longer count. */
  startRun(run: number): void {
    this.run = run
    this.round = 1
    this.#failedKeys.clear()
  }

  /** Another round of the run begins: the same applies. */
  startRound(): void {
    this.round++
    this.#failedKeys.clear()
  }

  /** Records a failure of this round; `key` is null if the row has none. */
  record(manifest: number, record: FailureRecord, key: FoundKey | null): void {
    if (key !== null) this.#failedKeys.add(key.words, 0)
    const { run, round } = this
    this.#committer.active.putFailure({ manifest, record, run, round, fingerprint: key?.key ?? null })
    this.#committer.changed()
  }

  /** Forgets failures of a superseded manifest that wait for their commit. */
  drop(manifest: number): void {
    this.#committer.active.removeFailuresOfManifest(manifest)
    this.#committer.frozen?.removeFailuresOfManifest(manifest)
  }

  /** Whether the key failed in this round and was not completed since. */
  readonly hasFailed = (words: Uint32Array, at: number): boolean => {
    if (!this.#failedKeys.mayContain(words, at)) return false
    const pending = pendingOutcome(this.#committer, words, at)
    if (pending !== null) return pending === 'failed'
    return this.#reader.failedInRound(fingerprintKey(words, at / 4), this, this.#isReplaced)
  }

  /** Whether a pending change removes that failure. */
  readonly #isReplaced = (manifest: number, row: number): boolean => {
    const { active, frozen } = this.#committer
    if (this.#manifests.superseded.has(manifest)) return true
    return active.hasRow(manifest, row) || frozen?.hasRow(manifest, row) === true
  }
}

const BITS = 2 ** 21

/**
 * Which keys may have failed in this run: a Bloom filter of 256 KiB, created with the first failure, so that a run without failures
 * looks none of its keys up in LMDB. A fingerprint is already random: its words are the hash functions.
 */
class FailedKeys {
  #bits: Uint32Array | null = null

  add(words: Uint32Array, at: number): void {
    this.#bits ??= new Uint32Array(BITS / 32)
    for (let k = 0; k < 2; k++) {
      const bit = words[at + k]! % BITS
      this.#bits[bit >>> 5]! |= 1 << (bit & 31)
    }
  }

  mayContain(words: Uint32Array, at: number): boolean {
    if (this.#bits === null) return false
    for (let k = 0; k < 2; k++) {
      const bit = words[at + k]! % BITS
      if ((this.#bits[bit >>> 5]! & (1 << (bit & 31))) === 0) return false
    }
    return true
  }

  clear(): void {
    this.#bits = null
  }
}
