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
} from '../src/chunk.js'
import { ChunkPool } from '../src/chunk-pool.js'
import { compareFingerprints } from '../src/fingerprint-order.js'

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
  it('give back what was packed, in order, none larger than asked for', () => {
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

  it('tell where the fingerprints above a boundary begin', () => {
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

  it('lose one entry and keep the others when it is forgotten', () => {
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
    expect(chunkCapacity(CHUNK_BYTES, true)).toBe(203)
    expect(chunkCapacity(CHUNK_BYTES, false)).toBe(254)
  })

  it('are told from bytes that are none', () => {
    expect(isChunk(Uint32Array.of(3), 4)).toBe(false)
    expect(isChunk(Uint32Array.of(0xdeadbeef, 1, 2), 12)).toBe(false)
  })
})
