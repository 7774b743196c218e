/**
 * Keys become 128-bit fingerprints with Chaskey-8 (N. Mouha et al., "Chaskey: An Efficient MAC Algorithm for 32-bit Microcontrollers",
 * SAC 2014; also in ISO/IEC 29192-6), keyed with a seed that is random for each data directory. It consists of 32-bit additions,
 * rotations and exclusive ors, which JavaScript runs fast. As a keyed function, it prevents anyone who chooses keys from making two of
 * them collide on purpose. docs/scale.md has the arithmetic.
 */

/** Bytes of a seed. */
export const SEED_BYTES = 16

/** Hashes keys of one data directory. */
export interface Fingerprinter {
  /** Writes the four words of the fingerprint of `text` (its UTF-8 bytes) to `target` at `offset`. */
  hash(text: string, target: Uint32Array, offset: number): void
  /** 32-bit hash of an object's version (ETag, size …); never 0, which stands for "no version recorded". */
  version(text: string): number
}

const encoder = new TextEncoder()

/** Creates the fingerprinter of a seed of {@link SEED_BYTES} bytes. */
export function createFingerprinter(seed: Uint8Array): Fingerprinter {
  const view = new DataView(seed.buffer, seed.byteOffset, SEED_BYTES)
  const k = [0, 4, 8, 12].map((at) => view.getInt32(at, true)) as Words
  const k1 = double(k)
  const k2 = double(k1)
  let bytes = new Uint8Array(4096)
  let words = new Int32Array(bytes.buffer)
  const scratch = new Uint32Array(4)

  function fill(text: string): number {
    const length = text.length
    if (length * 3 + 16 > bytes.length) {
      bytes = new Uint8Array((length * 3 + 31) & ~15)
      words = new Int32Array(bytes.buffer)
    }
    let seen = 0
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i)
      bytes[i] = unit
      seen |= unit
    }
    return seen < 128 ? length : encoder.encodeInto(text, bytes).written
  }

  function hash(text: string, target: Uint32Array, offset: number): void {
    const length = fill(text)
    const whole = length > 0 && (length & 15) === 0
    const last = length === 0 ? 0 : ((length - 1) >> 4) << 2
    if (!whole) {
      bytes[length] = 1
      bytes.fill(0, length + 1, (last << 2) + 16)
    }
    const [s0, s1, s2, s3] = whole ? k1 : k2
    let [v0, v1, v2, v3] = k
    for (let at = 0; at <= last; at += 4) {
      v0 ^= words[at]!
      v1 ^= words[at + 1]!
      v2 ^= words[at + 2]!
      v3 ^= words[at + 3]!
      if (at === last) {
        v0 ^= s0
        v1 ^= s1
        v2 ^= s2
        v3 ^= s3
      }
      for (let round = 0; round < 8; round++) {
        v0 = (v0 + v1) | 0
        v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0
        v0 = (v0 << 16) | (v0 >>> 16)
        v2 = (v2 + v3) | 0
        v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2
        v0 = (v0 + v3) | 0
        v3 = ((v3 << 13) | (v3 >>> 19)) ^ v0
        v2 = (v2 + v1) | 0
        v1 = ((v1 << 7) | (v1 >>> 25)) ^ v2
        v2 = (v2 << 16) | (v2 >>> 16)
      }
    }
    target[offset] = v0 ^ s0
    target[offset + 1] = v1 ^ s1
    target[offset + 2] = v2 ^ s2
    target[offset + 3] = v3 ^ s3
  }

  return {
    hash,
    version(text) {
      hash(text, scratch, 0)
      return scratch[0]! || 1
    },
  }
}

type Words = [number, number, number, number]

/** Multiplication by x in GF(2^128), as Chaskey derives its subkeys. */
function double([a, b, c, d]: Words): Words {
  return [(a << 1) ^ ((d >> 31) & 0x87), (b << 1) | (a >>> 31), (c << 1) | (b >>> 31), (d << 1) | (c >>> 31)]
}
