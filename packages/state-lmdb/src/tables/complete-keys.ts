import { emptyBatch, fillBatch, type Batch } from '../keys/lookup-batch.js'
import type { Committer } from '../commit/committer.js'
import { fingerprintKey } from '../records/failures.js'
import type { FailureView } from './failure-view.js'
import type { Fingerprinter } from '../keys/fingerprint.js'
import type { KeySet } from '../keys/level.js'
import { Lookup } from '../keys/lookup.js'
import type { Memtable } from '../keys/memtable.js'
import { pendingOutcome } from '../commit/write-buffer.js'
import type { FailureRecord } from '../types.js'

interface CompleteKeysOptions {
  readonly fingerprinter: Fingerprinter
  readonly keys: KeySet
  readonly committer: Committer
  readonly failures: FailureView
}

/** Which keys are complete: what is on disk, overlaid with what is not yet committed. */
export class CompleteKeys {
  readonly #options: CompleteKeysOptions
  readonly #lookup = new Lookup()
  readonly #words = new Uint32Array(4)

  constructor(options: CompleteKeysOptions) {
    this.#options = options
  }

  /** See `ReadonlyState.lookup`. */
  lookup(keys: readonly (string | null)[], versions?: readonly (string | null)[]): Uint8Array {
    const { fingerprinter, committer, failures } = this.#options
    const { active, frozen } = committer
    const sources = {
      fingerprinter,
      memtables: frozen === null ? [active.complete] : [active.complete, frozen.complete],
      find: this.#find,
      hasFailed: failures.hasFailed,
    }
    return this.#lookup.run(sources, keys, versions)
  }

  /** See `State.complete`. */
  complete(key: string, version?: string | null): void {
    const { fingerprinter, committer } = this.#options
    const hash = version ? fingerprinter.version(version) : 0
    fingerprinter.hash(key, this.#words, 0)
    this.#put(this.#words, 0, hash)
    committer.journal.completed(this.#words, 0, hash)
    committer.changed()
  }

  /** How many keys are complete that are not on the disk yet. */
  uncommitted(): number {
    const { active, frozen } = this.#options.committer
    return (
      this.#newOf(active.complete, frozen?.complete) + (frozen === null ? 0 : this.#newOf(frozen.complete))
    )
  }

  /** Completes keys by their fingerprints, as in the journal: four words and a version hash each. */
  recover(entries: Uint32Array): void {
    const words = new Uint32Array(4)
    for (let at = 0; at + 5 <= entries.length; at += 5) {
      words.set(entries.subarray(at, at + 4))
      this.#put(words, 0, entries[at + 4]!)
    }
    this.#options.committer.changed()
  }

  /** Whether the failure's key was completed since; the commit that removes the failure may be pending. */
  isComplete({ class: of, key, version }: FailureRecord): boolean {
    if (of === 'row') return false
    const { fingerprinter, committer } = this.#options
    fingerprinter.hash(key, this.#words, 0)
    return (
      pendingOutcome(committer, this.#words, 0) === 'complete' ||
      this.lookup([key], [version ?? null])[0] === 1
    )
  }

  #put(words: Uint32Array, at: number, version: number): void {
    const { active } = this.#options.committer
    active.complete.set(words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!, version)
    if (active.failures.size > 0) active.removeFailuresOf(fingerprintKey(words, at / 4))
  }

  /** Keys of a table that neither the disk nor another table has. */
  #newOf(table: Memtable, other?: Memtable): number {
    const { words } = table
    const order = table.sorted().filter((i) => {
      const at = i * 4
      return !other || other.find(words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!) < 0
    })
    if (order.length === 0) return 0
    const batch = emptyBatch(order.length)
    fillBatch(batch, words, order, order.length)
    this.#find(batch)
    return order.length - batch.found.reduce((sum, found) => sum + found, 0)
  }

  readonly #find = (batch: Batch): void => this.#options.keys.find(batch)
}
