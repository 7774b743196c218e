import { describe, expect, it } from 'vitest'
import { chunkCount, ChunkPacker } from '../src/keys/chunk.js'
import { ChunkPool } from '../src/keys/chunk-pool.js'

describe('packing', () => {
  /** A packer of chunks of 84 bytes: five fingerprints, or four with versions. */
  function packer(): { packer: ChunkPacker; sizes: () => [count: number, versions: boolean][] } {
    const chunks: Uint32Array[] = []
    return {
      packer: new ChunkPacker(84, new ChunkPool(84), (chunk) => chunks.push(chunk)),
      sizes: () => chunks.map((chunk) => [chunkCount(chunk), chunk[0]! > 0xffff]),
    }
  }
  const add = (to: ChunkPacker, w0: number, versioned = false) => to.add(w0, 0, 0, 0, versioned ? 1 : 0)

  it('reports a chunk as full with the fingerprint that fills it', () => {
    const { packer: to, sizes } = packer()
    expect([1, 2, 3, 4].map((w0) => add(to, w0))).toEqual([false, false, false, false])
    expect(to.pending).toBe(4)
    expect(add(to, 5)).toBe(true)
    expect(to.pending).toBe(0)
    expect(sizes()).toEqual([[5, false]])
  })

  it('puts fewer into a chunk with versions', () => {
    const { packer: to, sizes } = packer()
    expect([1, 2, 3, 4].map((w0) => add(to, w0, w0 === 2))).toEqual([false, false, false, true])
    expect(sizes()).toEqual([[4, true]])
    expect([5, 6, 7, 8, 9].map((w0) => add(to, w0))).toEqual([false, false, false, false, true])
    expect(sizes()).toEqual([
      [4, true],
      [5, false],
    ])
  })

  it('closes a chunk that has no room left for versions before the first one that has any', () => {
    const { packer: to, sizes } = packer()
    expect([1, 2, 3, 4].map((w0) => add(to, w0))).toEqual([false, false, false, false])
    expect(add(to, 5, true)).toBe(true)
    expect(to.pending).toBe(1)
    expect(sizes()).toEqual([[4, false]])
    expect(to.flush()).toBe(true)
    expect(sizes()).toEqual([
      [4, false],
      [1, true],
    ])
  })

  it('accepts a version as the last that fits', () => {
    const { packer: to, sizes } = packer()
    expect([1, 2, 3].map((w0) => add(to, w0))).toEqual([false, false, false])
    expect(add(to, 4, true)).toBe(true)
    expect(sizes()).toEqual([[4, true]])
  })

  it('has nothing to emit when nothing is pending', () => {
    const { packer: to, sizes } = packer()
    expect(to.flush()).toBe(false)
    expect(sizes()).toEqual([])
  })

  it('writes into returned buffers, and leaves nothing of their former content', () => {
    const pool = new ChunkPool(84)
    const chunks: Uint32Array[] = []
    const to = new ChunkPacker(84, pool, (chunk) => chunks.push(chunk))
    for (const w0 of [1, 2, 3, 4]) to.add(w0, 9, 9, 9, 9)
    pool.giveBack(chunks.splice(0))
    to.add(5, 6, 7, 8, 0)
    to.flush()
    expect([...chunks[0]!]).toEqual([1, 5, 6, 7, 8])
  })
})
