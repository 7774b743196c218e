const INITIAL_SLOTS = 1_024

/** Words of a slot: two of the key's hash, one of the version's. A version of 0 marks an empty slot. */
const WORDS = 3

/** Which version each key was named with first; both as hashes, so that two keys in ten million are mixed up once in 300,000 lists. */
export class VersionTable {
  #slots = new Uint32Array(INITIAL_SLOTS * WORDS)
  #size = 0

  /** Whether the key was not named before, or with the same version. */
  agrees(key: string, version: string): boolean {
    if (this.#size * 4 >= (this.#slots.length / WORDS) * 3) this.#grow()
    const low = hash(key, 0x811c9dc5)
    const high = hash(key, 0x9747b28c)
    const named = hash(version, 0x85ebca6b) || 1
    const at = find(this.#slots, low, high)
    if (this.#slots[at + 2] !== 0) return this.#slots[at + 2] === named
    this.#slots[at] = low
    this.#slots[at + 1] = high
    this.#slots[at + 2] = named
    this.#size += 1
    return true
  }

  #grow(): void {
    const larger = new Uint32Array(this.#slots.length * 2)
    for (let from = 0; from < this.#slots.length; from += WORDS) {
      if (this.#slots[from + 2] === 0) continue
      const at = find(larger, this.#slots[from]!, this.#slots[from + 1]!)
      larger.set(this.#slots.subarray(from, from + WORDS), at)
    }
    this.#slots = larger
  }
}

/** Offset of the slot that holds a key, or of the empty one where it belongs. */
function find(slots: Uint32Array, low: number, high: number): number {
  const count = slots.length / WORDS
  for (let slot = low & (count - 1); ; slot = (slot + 1) & (count - 1)) {
    const at = slot * WORDS
    if (slots[at + 2] === 0 || (slots[at] === low && slots[at + 1] === high)) return at
  }
}

/** MurmurHash3's steps over UTF-16 units (https://github.com/aappleby/smhasher, public domain). */
function hash(text: string, seed: number): number {
  let h = seed
  for (let at = 0; at < text.length; at++) {
    let k = Math.imul(text.charCodeAt(at), 0xcc9e2d51)
    k = (k << 15) | (k >>> 17)
    h ^= Math.imul(k, 0x1b873593)
    h = Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64
  }
  h ^= text.length
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
