import { endianness } from 'node:os'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { head } from '../src/keys/fingerprint-order.js'
import { decodeSegment, encodeSegment, segmentKey } from '../src/keys/segment.js'

/** Chunks of one fingerprint each, without versions. */
const chunks = [Uint32Array.of(1, 10, 11, 12, 13), Uint32Array.of(0x1_0001, 20, 21, 22, 23, 9)]

describe('segments', () => {
  it('return where their chunks begin', () => {
    const word = fc.nat({ max: 0xffff_ffff })
    const heads = fc.array(fc.tuple(word, word), { minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(word, word, heads, (firstChunk, entries, words) => {
        const draft = { entries, chunks: words.map(([w0, w1]) => Uint32Array.of(1, w0, w1, 0, 0)) }
        const expected = words.map(([w0, w1]) => head(w0, w1))
        const decoded = decodeSegment(encodeSegment(firstChunk, draft))
        expect(decoded).toEqual({ firstChunk, entries, heads: Float64Array.from(expected) })
      }),
    )
  })

  it.runIf(endianness() === 'LE')('have the bytes of the documented format', () => {
    const bytes = Buffer.from(encodeSegment(7, { chunks, entries: 2 }))
    expect(bytes.toString('hex')).toBe('0700000002000000020000000a0000000b0000001400000015000000')
  })

  it('find the second word of a first fingerprint after all first words', () => {
    const chunk = Uint32Array.of(2, 1, 2, 100, 200, 0, 0, 0, 0)
    const { heads } = decodeSegment(encodeSegment(1, { chunks: [chunk], entries: 2 }))!
    expect([...heads]).toEqual([head(1, 100)])
  })

  it('can be read at any offset', () => {
    const bytes = encodeSegment(7, { chunks, entries: 2 })
    const shifted = new Uint8Array(bytes.length + 3)
    shifted.set(bytes, 3)
    expect(decodeSegment(shifted.subarray(3))).toEqual(decodeSegment(bytes))
  })

  it('that lost or gained bytes, or are empty, are invalid', () => {
    const bytes = encodeSegment(7, { chunks, entries: 2 })
    for (let length = 0; length < bytes.length; length++)
      expect(decodeSegment(bytes.slice(0, length))).toBeUndefined()
    for (const more of [1, 4, 8])
      expect(decodeSegment(Buffer.concat([bytes, Buffer.alloc(more)]))).toBeUndefined()
    expect(decodeSegment(encodeSegment(7, { chunks: [], entries: 0 }))).toBeUndefined()
    expect(decodeSegment(new Uint8Array(20))).toBeUndefined()
    expect(decodeSegment(new Uint8Array(0))).toBeUndefined()
  })

  it('have at least one chunk', () => {
    const bytes = encodeSegment(7, { chunks: chunks.slice(0, 1), entries: 1 })
    expect(bytes).toHaveLength(20)
    expect(decodeSegment(bytes)).toEqual({ firstChunk: 7, entries: 1, heads: Float64Array.of(head(10, 11)) })
  })

  it('have keys in the order of runs and then of fingerprints', () => {
    expect(segmentKey(1, 2, 0xffff_fffe).toString('hex')).toBe('0000000100000002fffffffe')
    const keys = [
      [1, 0, 0],
      [1, 0, 256],
      [1, 255, 0],
      [1, 256, 0],
      [2, 0, 0],
      [256, 0, 0],
    ].map(([run, word0, word1]) => segmentKey(run!, word0!, word1!))
    expect(keys.toSorted(Buffer.compare)).toEqual(keys)
  })
})
