const BITS = 2 ** 21

/**
 * Which keys may have failed in this run: a Bloom filter of 256 KiB, made when the first one does, so that a run without
 * failures asks LMDB about none of its keys. A fingerprint is random already: its words are the hash functions.
 */
export class FailedKeys {
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
