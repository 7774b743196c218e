import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BufferPool } from '../src/relay/buffer-pool.js'

const MIB = 1024 ** 2

describe('the pool of buffers', () => {
  it('reserves no more than its budget, and returns buffers that are large enough', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: MIB }), { maxLength: 50 }), (sizes) => {
        const pool = new BufferPool(4 * MIB)
        const held: [number, Buffer][] = []
        for (const size of sizes) {
          if (pool.reserve(size)) held.push([size, pool.take(size)])
          expect(pool.reservedBytes).toBeLessThanOrEqual(4 * MIB)
        }
        expect(held.every(([size, buffer]) => buffer.length >= size)).toBe(true)
        expect(new Set(held.map(([, buffer]) => buffer)).size).toBe(held.length)
        for (const [size, buffer] of held) {
          pool.release(size)
          pool.giveBack(buffer)
        }
        expect(pool.reservedBytes).toBe(0)
      }),
    )
  })

  it('refuses sizes above 1 MiB, and everything without a budget', () => {
    expect(new BufferPool(64 * MIB).reserve(MIB + 1)).toBe(false)
    expect(new BufferPool(0).reserve(1)).toBe(false)
  })

  it('reuses a buffer, but keeps no more idle ones than allowed', () => {
    const pool = new BufferPool(4 * MIB, MIB)
    const [first, second] = [pool.take(MIB), pool.take(MIB)]
    pool.giveBack(first)
    pool.giveBack(second)
    expect(pool.take(MIB)).toBe(first)
    expect(pool.take(MIB)).not.toBe(second)
  })
})
