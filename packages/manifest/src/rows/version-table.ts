const INITIAL_SLOTS = 1_024

/** Words of a slot: two of the key's hash, one of the version's. A version of 0 marks an empty slot. */
const WORDS = 3

/** The version with which each key was first named. Both are hashes: of ten million keys, two are confused once in 300,000 lists. */
export class VersionTable {
  #slots = new Uint32Array(INITIAL_SLOTS * WORDS)
  #size = 0

  /** True if the key was not named before, or was named with the same version. */
  agrees(key: string, version: string): boolean {
    if (this.#size * 4 >= (this.#slots.length / WORDS) * 3) this.#grow()
    mix(version)
    const named = mixedLow || 1
    mix(key)
    const low = mixedLow
    const high = mixedHigh
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

/** Offset of the slot that holds a key, or of the empty slot for it. */
function find(slots: Uint32Array, low: number, high: number): number {
  const count = slots.length / WORDS
  for (let slot = low & (count - 1); ; slot = (slot + 1) & (count - 1)) {
    const at = slot * WORDS
    if (slots[at + 2] === 0 || (slots[at] === low && slots[at + 1] === high)) return at
  }
}

/**
 * The result of {@link mix}: two words, kept here so that no row costs an object. Safe to share: they are read before anything else can
 * run.
 */
let mixedLow = 0
let mixedHigh = 0

/** Two multiplicative hashes side by side, each mixed as MurmurHash3 ends (https://github.com/aappleby/smhasher, public domain). */
function mix(text: string): void {
  let low = 0x811c9dc5
  let high = 0x9747b28c
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    low = Math.imul(low ^ unit, 0x9e3779b1)
    high = Math.imul(high ^ unit, 0x5f356495)
    high ^= low >>> 15
  }
  mixedLow = finish(low ^ text.length)
  mixedHigh = finish(high)
}

function finish(word: number): number {
  let h = Math.imul(word ^ (word >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
