/** Fingerprints are ordered as unsigned 128-bit numbers, first word most significant. */

/** The first 53 bits of a fingerprint: a number that JavaScript compares exactly. */
export function head(word0: number, word1: number): number {
  return word0 * 2_097_152 + (word1 >>> 11)
}

/** Compares fingerprint `i` of `a` with fingerprint `j` of `b` (four words each): negative, zero or positive. */
export function compareFingerprints(a: Uint32Array, i: number, b: Uint32Array, j: number): number {
  for (let k = 0; k < 4; k++) {
    const difference = a[i * 4 + k]! - b[j * 4 + k]!
    if (difference !== 0) return difference
  }
  return 0
}

/** Scratch memory of {@link sortByFingerprint}. Safe to share: nothing else runs while it sorts. */
let spare = new Uint32Array(0)
/** Scratch memory of {@link radixPass}. Safe to share: nothing else runs during a pass. */
const counters = new Uint32Array(2048)

/** Sorts the first `count` of `indexes` by the fingerprints they point at in `words`, in place. */
export function sortByFingerprint(words: Uint32Array, indexes: Uint32Array, count: number): void {
  if (spare.length < count) spare = new Uint32Array(Math.max(count, 8192))
  radixPass(words, indexes, spare, count, 0, 0x3ff)
  radixPass(words, spare, indexes, count, 10, 0x7ff)
  radixPass(words, indexes, spare, count, 21, 0x7ff)
  indexes.set(count === spare.length ? spare : spare.subarray(0, count))
  if (spare.length > 1 << 18) spare = new Uint32Array(0)
  settleTies(words, indexes, count)
}

function radixPass(
  words: Uint32Array,
  from: Uint32Array,
  to: Uint32Array,
  count: number,
  shift: number,
  mask: number,
): void {
  counters.fill(0)
  for (let i = 0; i < count; i++) counters[(words[from[i]! * 4]! >>> shift) & mask]!++
  let sum = 0
  for (let i = 0; i <= mask; i++) {
    const here = counters[i]!
    counters[i] = sum
    sum += here
  }
  for (let i = 0; i < count; i++) {
    const index = from[i]!
    to[counters[(words[index * 4]! >>> shift) & mask]!++] = index
  }
}

/** Orders entries that share the first word; such runs are short, so insertion sort suffices. */
function settleTies(words: Uint32Array, indexes: Uint32Array, count: number): void {
  for (let i = 1; i < count; i++) {
    const index = indexes[i]!
    let at = i
    while (
      at > 0 &&
      words[indexes[at - 1]! * 4] === words[index * 4] &&
      compareFingerprints(words, indexes[at - 1]!, words, index) > 0
    ) {
      indexes[at] = indexes[at - 1]!
      at--
    }
    indexes[at] = index
  }
}
