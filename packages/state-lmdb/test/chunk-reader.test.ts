import { describe, expect, it } from 'vitest'
import { ChunkReader } from '../src/keys/chunk-reader.js'
import type { LmdbStore } from '../src/lmdb/store.js'
import type { SegmentRef } from '../src/keys/sorted-run.js'
import { encodeSegment, segmentKey } from '../src/keys/segment.js'
import { Snapshot } from '../src/lmdb/snapshot.js'
import { openStore } from './helpers.js'

const CHUNK = Uint32Array.of(1, 10, 11, 12, 13)

function bytesOf(words: Uint32Array): Uint8Array {
  return Buffer.from(words.buffer, words.byteOffset, words.byteLength)
}

function refOf(word0: number): SegmentRef {
  return { word0, word1: 0, segment: null }
}

/** A reader of what `write` puts into a new environment. */
async function reading(
  write: (store: LmdbStore) => void,
): Promise<{ reader: ChunkReader; store: LmdbStore }> {
  const store = await openStore()
  await store.env.transaction(() => write(store))
  return { reader: new ChunkReader(store, new Snapshot(store)), store }
}

const damage = (what: string): unknown =>
  expect.objectContaining({
    code: 'LAGOON_STATE_CORRUPT',
    message: expect.stringContaining(what) as string,
  })

describe('reading chunks', () => {
  it('returns each as it was written', async () => {
    const other = Uint32Array.of(0x1_0001, 20, 21, 22, 23, 9)
    const { reader } = await reading(({ chunks }) => {
      void chunks.put(1, bytesOf(CHUNK))
      void chunks.put(2, bytesOf(other))
    })
    for (const [number, expected] of [
      [1, CHUNK],
      [2, other],
      [1, CHUNK],
    ] as const) {
      expect(reader.peek(number)!.subarray(0, expected.length)).toEqual(expected)
      expect(reader.chunk(number).subarray(0, expected.length)).toEqual(expected)
    }
  })

  it('of missing ones returns none, or damage if one must exist', async () => {
    const { reader } = await reading(() => {})
    expect(reader.peek(5)).toBeUndefined()
    expect(() => reader.chunk(5)).toThrow(damage('chunk 5 is missing'))
  })

  it('of another size than declared is damage', async () => {
    const { reader } = await reading(({ chunks }) => {
      void chunks.put(1, bytesOf(CHUNK.subarray(0, 4)))
      void chunks.put(2, bytesOf(Uint32Array.of(...CHUNK, 0)))
      void chunks.put(3, bytesOf(CHUNK).subarray(0, 19))
    })
    for (const number of [1, 2, 3]) {
      expect(() => reader.peek(number)).toThrow(damage(`chunk ${number} has the wrong size`))
      expect(() => reader.chunk(number)).toThrow(damage(`chunk ${number} has the wrong size`))
    }
  })
})

describe('reading segments', () => {
  it('that are missing or truncated is damage', async () => {
    const bytes = encodeSegment(1, { chunks: [CHUNK], entries: 1 })
    const { reader } = await reading(({ segments }) => {
      void segments.put(segmentKey(3, 10, 0), bytes)
      void segments.put(segmentKey(3, 11, 0), bytes.subarray(0, 12))
    })
    expect(reader.segment(3, refOf(10))).toMatchObject({ firstChunk: 1, entries: 1 })
    const wrong = 'is missing or has the wrong size'
    expect(() => reader.segment(3, refOf(11))).toThrow(damage(`segment 000000030000000b00000000 ${wrong}`))
    expect(() => reader.segment(4, refOf(10))).toThrow(damage(`segment 000000040000000a00000000 ${wrong}`))
  })

  it('caches the last 256, and does not read a cached one again', async () => {
    const { reader, store } = await reading(({ segments }) => {
      for (let i = 0; i < 258; i++)
        void segments.put(segmentKey(1, i, 0), encodeSegment(i, { chunks: [CHUNK], entries: 1 }))
    })
    const refs = Array.from({ length: 258 }, (_, i) => refOf(i))
    for (const ref of refs.slice(0, 256)) reader.segment(1, ref)
    expect(refs.filter(({ segment }) => segment !== null)).toHaveLength(256)
    const kept = reader.segment(1, refs[1]!)
    for (const ref of refs.slice(256)) reader.segment(1, ref)
    expect(refs.map(({ segment }) => segment !== null)).toEqual(refs.map((_, i) => i >= 2))
    expect(reader.segment(1, refs[1]!)).not.toBe(kept)
    expect(reader.segment(1, refs[1]!)).toBe(refs[1]!.segment)
    await store.segments.remove(segmentKey(1, 9, 0))
    expect(reader.segment(1, refs[9]!).firstChunk).toBe(9)
  })
})
