import { sortByFingerprint } from './fingerprint-order.js'

/** Largest capacity that is kept for the next use: 3.5 MB. */
const KEPT_CAPACITY = 131_072

/** Fingerprints said complete and not yet committed, with their version hashes: an open-addressing hash table. */
export class Memtable {
  /** Four words a fingerprint, in the order they were first said. */
  words: Uint32Array
  /** Version hash of each; 0 = none. */
  versions: Uint32Array
  size = 0
  #slots: Int32Array

  constructor(capacity = 1024) {
    this.words = new Uint32Array(capacity * 4)
    this.versions = new Uint32Array(capacity)
    this.#slots = new Int32Array(capacity * 2).fill(-1)
  }

  /** Index of the fingerprint, or -1. */
  find(w0: number, w1: number, w2: number, w3: number): number {
    const { words } = this
    const slots = this.#slots
    const mask = slots.length - 1
    for (let slot = w3 & mask; ; slot = (slot + 1) & mask) {
      const index = slots[slot]!
      if (index < 0) return -1
      const at = index * 4
      if (words[at + 3] === w3 && words[at] === w0 && words[at + 1] === w1 && words[at + 2] === w2)
        return index
    }
  }

  /** Records a fingerprint; said again, the later version counts. */
  set(w0: number, w1: number, w2: number, w3: number, version: number): void {
    const found = this.find(w0, w1, w2, w3)
    if (found >= 0) {
      this.versions[found] = version
      return
    }
    if (this.size === this.versions.length) this.#grow()
    const index = this.size++
    this.words[index * 4] = w0
    this.words[index * 4 + 1] = w1
    this.words[index * 4 + 2] = w2
    this.words[index * 4 + 3] = w3
    this.versions[index] = version
    this.#place(index)
  }

  /** Empties it for reuse; one that had grown large is shrunk. */
  clear(): void {
    this.size = 0
    if (this.versions.length <= KEPT_CAPACITY) this.#slots.fill(-1)
    else {
      this.words = new Uint32Array(KEPT_CAPACITY * 4)
      this.versions = new Uint32Array(KEPT_CAPACITY)
      this.#slots = new Int32Array(KEPT_CAPACITY * 2).fill(-1)
    }
  }

  /** Indexes in the order of the fingerprints. */
  sorted(): Uint32Array {
    const indexes = new Uint32Array(this.size)
    for (let i = 0; i < indexes.length; i++) indexes[i] = i
    sortByFingerprint(this.words, indexes, indexes.length)
    return indexes
  }

  #place(index: number): void {
    const slots = this.#slots
    const mask = slots.length - 1
    let slot = this.words[index * 4 + 3]! & mask
    while (slots[slot]! >= 0) slot = (slot + 1) & mask
    slots[slot] = index
  }

  #grow(): void {
    const capacity = this.versions.length * 2
    const words = new Uint32Array(capacity * 4)
    words.set(this.words)
    const versions = new Uint32Array(capacity)
    versions.set(this.versions)
    this.words = words
    this.versions = versions
    this.#slots = new Int32Array(capacity * 2).fill(-1)
    for (let i = 0; i < this.size; i++) this.#place(i)
  }
}
