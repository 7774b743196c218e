import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareFingerprints, head, sortByFingerprint } from '../src/keys/fingerprint-order.js'

const word = fc.oneof(fc.nat({ max: 2 }), fc.nat({ max: 0xffff_ffff }), fc.constant(0xffff_ffff))
const fingerprint = fc.tuple(word, word, word, word)

function asNumber(words: ArrayLike<number>, at: number): bigint {
  return [0, 1, 2, 3].reduce((sum, k) => (sum << 32n) | BigInt(words[at * 4 + k]!), 0n)
}

/** The fingerprints that the indexes point at once sorted, as numbers. */
function sorted(words: Uint32Array, indexes: Uint32Array): bigint[] {
  sortByFingerprint(words, indexes, indexes.length)
  return Array.from(indexes, (index) => asNumber(words, index))
}

describe('the order of fingerprints', () => {
  it('is that of unsigned 128-bit numbers', () => {
    fc.assert(
      fc.property(fingerprint, fingerprint, (a, b) => {
        const words = Uint32Array.of(0, 0, 0, 0, ...a, ...b)
        const [left, right] = [asNumber(words, 1), asNumber(words, 2)]
        expect(Math.sign(compareFingerprints(words, 1, words, 2))).toBe(
          left < right ? -1 : left > right ? 1 : 0,
        )
      }),
    )
  })

  it('is determined by the first 53 bits, exactly', () => {
    expect(head(0, 0)).toBe(0)
    expect(head(0, 2047)).toBe(0)
    expect(head(0, 2048)).toBe(1)
    expect(head(1, 0)).toBe(2 ** 21)
    expect(head(0xffff_ffff, 0xffff_ffff)).toBe(2 ** 53 - 1)
    fc.assert(
      fc.property(word, word, (w0, w1) => {
        expect(BigInt(head(w0, w1))).toBe(((BigInt(w0) << 32n) | BigInt(w1)) >> 11n)
      }),
    )
  })
})

describe('sorting', () => {
  it('orders all, whatever they share', () => {
    fc.assert(
      fc.property(fc.array(fingerprint, { maxLength: 100 }), (entries) => {
        const words = Uint32Array.from(entries.flat())
        const indexes = Uint32Array.from(entries, (_, i) => i)
        const expected = Array.from(indexes, (index) => asNumber(words, index)).sort((a, b) =>
          a < b ? -1 : Number(a > b),
        )
        expect(sorted(words, indexes)).toEqual(expected)
        expect(new Set(indexes).size).toBe(entries.length)
      }),
    )
  })

  it.each([0, 9, 10, 20, 21, 31])('orders by bit %i of the first word', (bit) => {
    const high = 2 ** bit
    const words = Uint32Array.of(high, 0, 0, 0, 0, 9, 9, 9, high, 0, 0, 1)
    const indexes = Uint32Array.of(2, 0, 1)
    sortByFingerprint(words, indexes, 3)
    expect([...indexes]).toEqual([1, 0, 2])
  })

  it('orders only the first ones, and keeps the others in place', () => {
    const words = Uint32Array.of(3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0)
    const indexes = Uint32Array.of(0, 1, 2, 3)
    sortByFingerprint(words, indexes, 2)
    expect([...indexes]).toEqual([1, 0, 2, 3])
  })

  it.each([8191, 8192, 8193, 2 ** 18 + 1])('orders %i, and few again after that', (count) => {
    const words = new Uint32Array(count * 4)
    let random = 1
    for (let i = 0; i < words.length; i += 4) words[i] = random = Math.imul(random, 48_271) >>> 1
    const indexes = Uint32Array.from({ length: count }, (_, i) => i)
    sortByFingerprint(words, indexes, count)
    const unordered = indexes.findIndex(
      (index, i) => i > 0 && words[indexes[i - 1]! * 4]! > words[index * 4]!,
    )
    expect(unordered).toBe(-1)
    expect(new Set(indexes).size).toBe(count)
    expect(sorted(Uint32Array.of(2, 0, 0, 0, 1, 0, 0, 0), Uint32Array.of(0, 1))).toEqual([
      1n << 96n,
      2n << 96n,
    ])
  })
})
