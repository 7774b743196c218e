import { emptyBatch, fillBatch, type Batch } from './lookup-batch.js'
import { sortByFingerprint } from './fingerprint-order.js'
import type { Fingerprinter } from './fingerprint.js'
import type { Memtable } from './memtable.js'

/** What a lookup needs. */
interface LookupSources {
  readonly fingerprinter: Fingerprinter
  /** Not yet on disk, newest first. */
  readonly memtables: readonly Memtable[]
  /** Looks up what is on disk. */
  find(batch: Batch): void
  /** Whether the key, which is not complete, failed in this run. */
  hasFailed(words: Uint32Array, at: number): boolean
}

/** Looks keys up in batches; keeps its arrays for the next batch. */
export class Lookup {
  /** Fingerprints of the keys of the last batch: four words each, none where there was no key. */
  words = new Uint32Array(0)
  #found = new Uint8Array(0)
  #versions = new Uint32Array(0)
  /** Indexes of the keys that no memtable contains. */
  #order = new Uint32Array(0)
  #batch = emptyBatch(0)

  /** See `ReadonlyState.lookup`. */
  run(
    sources: LookupSources,
    keys: readonly (string | null)[],
    versions: readonly (string | null | undefined)[] | undefined,
  ): Uint8Array {
    this.#reserve(keys.length)
    const { fingerprinter, memtables } = sources
    const { words } = this
    const found = this.#found
    const recorded = this.#versions
    const order = this.#order
    let count = 0
    for (let i = 0; i < keys.length; i++) {
      found[i] = 0
      const key = keys[i]
      if (key == null) continue
      const at = i * 4
      fingerprinter.hash(key, words, at)
      for (const memtable of memtables) {
        const index =
          memtable.size === 0 ? -1 : memtable.find(words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!)
        if (index < 0) continue
        found[i] = 1
        recorded[i] = memtable.versions[index]!
        break
      }
      if (found[i] === 0) order[count++] = i
    }
    if (count > 0) this.#find(sources, count)
    const result = found.slice(0, keys.length)
    for (let i = 0; i < keys.length; i++) {
      if (result[i] === 1) {
        const version = versions?.[i]
        if (!version || recorded[i] === 0 || recorded[i] === fingerprinter.version(version)) continue
        result[i] = 0
      }
      if (keys[i] != null && sources.hasFailed(words, i * 4)) result[i] = 2
    }
    return result
  }

  /** Looks up what is on disk. */
  #find(sources: LookupSources, count: number): void {
    const order = this.#order
    const batch = this.#batch
    sortByFingerprint(this.words, order, count)
    fillBatch(batch, this.words, order, count)
    sources.find(batch)
    for (let position = 0; position < count; position++) {
      if (batch.found[position] === 0) continue
      this.#found[order[position]!] = 1
      this.#versions[order[position]!] = batch.versions[position]!
    }
  }

  #reserve(count: number): void {
    if (this.#found.length >= count) return
    this.words = new Uint32Array(count * 4)
    this.#found = new Uint8Array(count)
    this.#versions = new Uint32Array(count)
    this.#order = new Uint32Array(count)
    this.#batch = emptyBatch(count)
  }
}
