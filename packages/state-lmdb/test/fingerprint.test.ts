import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createFingerprinter } from '../src/keys/fingerprint.js'

// Test vectors of the reference implementation (N. Mouha, chaskey-speed.c): message of i bytes 0, 1, 2, … under this key.
const KEY = [0x833d3433, 0x009f389f, 0x2398e64f, 0x417acf39]
const VECTORS: Record<number, number[]> = {
  0: [0x792e8fe5, 0x75ce87aa, 0x2d1450b5, 0x1191970b],
  1: [0x13a9307b, 0x50e62c89, 0x4577bd88, 0xc0bbdc18],
  2: [0x55df8922, 0x2c7ff577, 0x73809ef4, 0x4e5084c0],
  7: [0x7f670454, 0xf25b03e0, 0x19d68362, 0x9f4d24d8],
  15: [0x51b94da4, 0xefcc4de8, 0x192412ea, 0xbbc170dd],
  16: [0x79271ca9, 0xd66a1c71, 0x81ca474e, 0x49831cad],
}

function fingerprint(text: string, seed = seedOf(KEY)): number[] {
  const words = new Uint32Array(6)
  createFingerprinter(seed).hash(text, words, 1)
  return [...words.subarray(1, 5)]
}

function seedOf(words: number[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(words).buffer)
}

describe('fingerprints', () => {
  it.each(Object.entries(VECTORS))(
    'agree with the reference implementation for %s bytes',
    (length, expected) => {
      const text = Array.from({ length: Number(length) }, (_, i) => String.fromCharCode(i)).join('')
      expect(fingerprint(text)).toEqual(expected)
    },
  )

  it('are those of the UTF-8 bytes, for any length and script', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 1500 }), (text) => {
        const bytes = Buffer.from(text, 'utf8')
        expect(fingerprint(text)).toEqual(slowChaskey(bytes))
      }),
    )
  })

  it.each([1360, 1361, 1365, 1366, 1370, 5000])(
    'are those of the UTF-8 bytes of a text of %i characters',
    (length) => {
      for (const unit of ['k', '\u0080', '鍵']) {
        const text = unit.repeat(length)
        expect(fingerprint(text)).toEqual(slowChaskey(Buffer.from(text)))
      }
    },
  )

  it('of a short text are the same before and after a long one', () => {
    const { hash } = createFingerprinter(seedOf(KEY))
    const words = new Uint32Array(4)
    for (const text of ['a', 'x'.repeat(5000), 'y'.repeat(17), 'a', 'z'.repeat(33), '']) {
      hash(text, words, 0)
      expect([...words]).toEqual(slowChaskey(Buffer.from(text)))
    }
  })

  it('change no word but their own four', () => {
    const words = Uint32Array.of(7, 7, 7, 7, 7, 7, 7)
    createFingerprinter(seedOf(KEY)).hash('key', words, 2)
    expect([...words]).toEqual([7, 7, ...fingerprint('key'), 7])
  })

  it('differ for keys that only look alike: NFC and NFD, a//b and a/b, a trailing space', () => {
    const keys = ['caf\u00e9', 'cafe\u0301', 'a//b', 'a/b', 'a/b ', '\ufeffa/b', 'A/b', 'a%2Fb', '']
    expect(new Set(keys.map((key) => fingerprint(key).join())).size).toBe(keys.length)
  })

  it('depend on the seed', () => {
    expect(fingerprint('key', seedOf([1, 2, 3, 4]))).not.toEqual(fingerprint('key', seedOf([1, 2, 3, 5])))
  })

  it('collide in single words as rarely as random numbers do, for keys that differ in a counter', () => {
    const count = 200_000
    const words = new Uint32Array(count * 4)
    const { hash } = createFingerprinter(seedOf([7, 7, 7, 7]))
    for (let i = 0; i < count; i++) hash(`lake/2024/part-${String(i).padStart(8, '0')}.parquet`, words, i * 4)
    for (let column = 0; column < 4; column++) {
      const seen = new Set<number>()
      for (let i = 0; i < count; i++) seen.add(words[i * 4 + column]!)
      // Expected by chance: 200,000² / 2 / 2³² = 4.7.
      expect(count - seen.size).toBeLessThan(25)
    }
  })

  it('accept a seed from within a larger buffer', () => {
    const buffer = new Uint8Array(40).fill(9)
    buffer.set(seedOf(KEY), 4)
    expect(fingerprint('key', buffer.subarray(4, 20))).toEqual(fingerprint('key'))
  })

  it('have the first word as version, and 1 if that is 0', () => {
    const { version } = createFingerprinter(seedOf(KEY))
    expect(version('etag')).toBe(fingerprint('etag')[0])
    // Found by running the permutation backwards from a first word of 0.
    const text = '|wJ]`j}W1Az|y Mk'
    expect(fingerprint(text)[0]).toBe(0)
    expect(version(text)).toBe(1)
  })

  it('have versions that are never 0, which stands for none', () => {
    const { version } = createFingerprinter(seedOf(KEY))
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(version(text)).toBeGreaterThan(0)
      }),
    )
  })
})

/** Chaskey-8 as its paper has it, one step a line, over BigInt: slow and plain. */
function slowChaskey(message: Uint8Array): number[] {
  const mask = 0xffffffffn
  const rotate = (x: bigint, by: bigint): bigint => ((x << by) | (x >> (32n - by))) & mask
  const twice = (k: bigint): bigint => ((k << 1n) & ((1n << 128n) - 1n)) ^ (k >> 127n ? 0x87n : 0n)
  const pack = (w: bigint[]): bigint => w.reduce((all, word, i) => all | (word << BigInt(32 * i)), 0n)
  const unpack = (x: bigint): bigint[] => [0n, 32n, 64n, 96n].map((at) => (x >> at) & mask)
  const k = pack(KEY.map(BigInt))
  const blocks = Math.max(1, Math.ceil(message.length / 16))
  const whole = message.length > 0 && message.length % 16 === 0
  const subkey = whole ? twice(k) : twice(twice(k))
  let state = k
  for (let i = 0; i < blocks; i++) {
    const bytes = [...message.subarray(i * 16, i * 16 + 16)]
    if (bytes.length < 16) bytes.push(1)
    const last = i === blocks - 1
    state ^=
      bytes.reduce((all, byte, at) => all | (BigInt(byte) << BigInt(8 * at)), 0n) ^ (last ? subkey : 0n)
    let [a, b, c, d] = unpack(state) as [bigint, bigint, bigint, bigint]
    for (let round = 0; round < 8; round++) {
      a = (a + b) & mask
      b = rotate(b, 5n) ^ a
      a = rotate(a, 16n)
      c = (c + d) & mask
      d = rotate(d, 8n) ^ c
      a = (a + d) & mask
      d = rotate(d, 13n) ^ a
      c = (c + b) & mask
      b = rotate(b, 7n) ^ c
      c = rotate(c, 16n)
    }
    state = pack([a, b, c, d])
  }
  return unpack(state ^ subkey).map(Number)
}
