import { endianness } from 'node:os'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  CHUNK_BYTES,
  chunkCapacity,
  chunkCount,
  ChunkPacker,
  chunkVersion,
  indexAfter,
  isChunk,
  readFingerprint,
  searchChunk,
  withoutEntry,
} from '../src/keys/chunk.js'
import { ChunkPool } from '../src/keys/chunk-pool.js'
import { compareFingerprints } from '../src/keys/fingerprint-order.js'

type Entry = [number, number, number, number, number]
const word = fc.oneof(fc.nat({ max: 2 }), fc.nat({ max: 0xffff_ffff }))
const version = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 0xffff_ffff }))
const sorted = fc
  .uniqueArray(fc.tuple(word, word, word, word, version), {
    selector: (e) => e.slice(0, 4).join(),
    maxLength: 200,
  })
  .map((entries) => entries.sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2] || a[3] - b[3]))

function pack(entries: Entry[], bytes: number): Uint32Array[] {
  const chunks: Uint32Array[] = []
  const packer = new ChunkPacker(bytes, new ChunkPool(bytes), (chunk) => chunks.push(chunk))
  for (const entry of entries) packer.add(...entry)
  packer.flush()
  return chunks
}

function unpack(chunk: Uint32Array): Entry[] {
  const target = new Uint32Array(4)
  return Array.from({ length: chunkCount(chunk) }, (_, i) => {
    readFingerprint(chunk, i, target)
    return [...target, chunkVersion(chunk, i)] as Entry
  })
}

describe('chunks', () => {
  it('return what was packed, in order, none larger than requested', () => {
    fc.assert(
      fc.property(sorted, fc.integer({ min: 64, max: 400 }), (entries, bytes) => {
        const chunks = pack(entries, bytes)
        for (const chunk of chunks) {
          expect(chunk.byteLength).toBeLessThanOrEqual(bytes)
          expect(isChunk(chunk, chunk.byteLength)).toBe(true)
        }
        expect(chunks.flatMap(unpack)).toEqual(entries)
      }),
    )
  })

  it('find each of their fingerprints and no other', () => {
    fc.assert(
      fc.property(sorted, fc.tuple(word, word, word, word), (entries, other) => {
        for (const chunk of pack(entries, CHUNK_BYTES)) {
          for (const [i, [w0, w1, w2, w3]] of unpack(chunk).entries())
            expect(searchChunk(chunk, w0, w1, w2, w3)).toBe(i)
          const expected = unpack(chunk).findIndex((entry) => other.every((part, k) => part === entry[k]))
          expect(searchChunk(chunk, ...other)).toBe(expected)
        }
      }),
    )
  })

  it('find where the fingerprints above a boundary begin', () => {
    fc.assert(
      fc.property(sorted, fc.tuple(word, word, word, word), (entries, other) => {
        const boundary = Uint32Array.from(other)
        for (const chunk of pack(entries, 400)) {
          const above = unpack(chunk).findIndex(
            (e) => compareFingerprints(Uint32Array.from(e), 0, boundary, 0) > 0,
          )
          expect(indexAfter(chunk, boundary)).toBe(above < 0 ? chunkCount(chunk) : above)
        }
      }),
    )
  })

  it('report that the next entries are above their last one', () => {
    const [chunk] = pack(
      [1, 1, 2, 7].map((w0, i): Entry => [w0, i, 0, 0, 0]),
      400,
    )
    for (const [i, [w0, w1, w2, w3]] of unpack(chunk!).entries())
      expect(indexAfter(chunk!, Uint32Array.of(w0, w1, w2, w3))).toBe(i + 1)
  })

  it('lose only the forgotten entry', () => {
    fc.assert(
      fc.property(
        sorted.filter((entries) => entries.length > 0),
        fc.nat(),
        (entries, pick) => {
          const [chunk] = pack(entries, CHUNK_BYTES)
          const index = pick % chunkCount(chunk!)
          const rest = withoutEntry(chunk!, index)
          expect(isChunk(rest, rest.byteLength)).toBe(true)
          expect(unpack(rest)).toEqual(unpack(chunk!).toSpliced(index, 1))
          expect(
            searchChunk(rest, ...(unpack(chunk!)[index]!.slice(0, 4) as [number, number, number, number])),
          ).toBe(-1)
        },
      ),
    )
  })

  it('hold 203 fingerprints with versions and 254 without in a page of 4,096 bytes', () => {
    expect(CHUNK_BYTES).toBe(4072)
    expect(chunkCapacity(CHUNK_BYTES, true)).toBe(203)
    expect(chunkCapacity(CHUNK_BYTES, false)).toBe(254)
    expect(chunkCapacity(36, false)).toBe(2)
    expect(chunkCapacity(35, false)).toBe(1)
    expect(chunkCapacity(44, true)).toBe(2)
    expect(chunkCapacity(43, true)).toBe(1)
  })

  it.runIf(endianness() === 'LE')('have the bytes of the documented format', () => {
    const hex = (entries: Entry[]) => pack(entries, 400).map((chunk) => bytesOf(chunk).toString('hex'))
    const [a, b]: Entry[] = [
      [1, 3, 5, 7, 0],
      [2, 4, 6, 8, 0],
    ]
    const columns = '0100000002000000030000000400000005000000060000000700000008000000'
    expect(hex([a!, b!])).toEqual([`02000000${columns}`])
    const versioned: Entry = [2, 4, 6, 8, 0xa0b0c0d0]
    expect(hex([a!, versioned])).toEqual([`02000100${columns}00000000d0c0b0a0`])
  })

  it('are distinguished from other bytes', () => {
    expect(isChunk(Uint32Array.of(3), 4)).toBe(false)
    expect(isChunk(Uint32Array.of(0xdeadbeef, 1, 2), 12)).toBe(false)
    for (const entries of [[[1, 2, 3, 4, 0]], [[1, 2, 3, 4, 5]]] as Entry[][]) {
      const [chunk] = pack(entries, 400) as [Uint32Array]
      const { byteLength } = chunk
      expect(isChunk(chunk, byteLength)).toBe(true)
      for (const wrong of [byteLength - 4, byteLength - 1, byteLength + 1, byteLength + 4])
        expect(isChunk(chunk, wrong)).toBe(false)
      for (let bit = 17; bit < 32; bit++) {
        const damaged = chunk.with(0, (chunk[0]! | (1 << bit)) >>> 0)
        expect(isChunk(damaged, byteLength)).toBe(false)
      }
    }
  })

  it('without any entry are empty chunks', () => {
    const [chunk] = pack([[1, 2, 3, 4, 5]], 400)
    const empty = withoutEntry(chunk!, 0)
    expect([...empty]).toEqual([0x1_0000])
    expect(isChunk(empty, 4)).toBe(true)
    expect(chunkCount(empty)).toBe(0)
    expect(searchChunk(empty, 1, 2, 3, 4)).toBe(-1)
    expect(indexAfter(empty, Uint32Array.of(0, 0, 0, 0))).toBe(0)
  })

  it('are searched as far as the count says, also in a buffer that holds more', () => {
    const [chunk] = pack([[5, 5, 5, 5, 0]], 400)
    // What stands behind is left over from an earlier chunk.
    const buffer = Uint32Array.of(...chunk!, 6, 5, 5, 5, 5, 5, 5, 5, 5)
    expect(searchChunk(buffer, 5, 5, 5, 5)).toBe(0)
    expect(searchChunk(buffer, 5, 5, 5, 6)).toBe(-1)
    expect(searchChunk(buffer, 6, 5, 5, 5)).toBe(-1)
    expect(chunkVersion(buffer, 0)).toBe(0)
  })

  it('find fingerprints with the same first word, wherever they are', () => {
    const shared = Array.from({ length: 12 }, (_, i): Entry => [7, 7, i >> 2, i & 3, 0])
    const [below, above]: [Entry, Entry] = [
      [0, 1, 1, 1, 0],
      [8, 1, 1, 1, 0],
    ]
    for (const entries of [shared, [below, ...shared], [...shared, above], [below, ...shared, above]]) {
      const [chunk] = pack(entries, 400)
      for (const [i, [w0, w1, w2, w3]] of entries.entries())
        expect(searchChunk(chunk!, w0, w1, w2, w3)).toBe(i)
      expect(searchChunk(chunk!, 7, 7, 3, 0)).toBe(-1)
      expect(searchChunk(chunk!, 7, 8, 0, 0)).toBe(-1)
      expect(searchChunk(chunk!, 7, 1, 1, 1)).toBe(-1)
      expect(searchChunk(chunk!, 5, 7, 0, 0)).toBe(-1)
    }
  })
})

function bytesOf({ buffer, byteOffset, byteLength }: Uint32Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength)
}
