import { describe, expect, it } from 'vitest'
import { createGate, limit } from '../src/index.js'

describe('a limited function', () => {
  it('runs at most this many of its calls concurrently, in order', async () => {
    let running = 0
    let most = 0
    const begun: number[] = []
    const work = limit(async (n: number) => {
      begun.push(n)
      running += 1
      most = Math.max(most, running)
      await Promise.resolve()
      running -= 1
      return n * 2
    }, 2)
    const results = await Promise.all([1, 2, 3, 4, 5].map((n) => work(n)))
    expect(results).toEqual([2, 4, 6, 8, 10])
    expect(most).toBe(2)
    expect(begun).toEqual([1, 2, 3, 4, 5])
  })

  it('releases its permit if the function throws or rejects', async () => {
    const work = limit((fail: boolean) => {
      if (fail) throw new Error('broken')
      return 'fine'
    }, 1)
    await expect(work(true)).rejects.toThrow('broken')
    await expect(work(false)).resolves.toBe('fine')
    expect(work.gate.inFlight).toBe(0)
  })

  it('shares a gate with other functions', async () => {
    const gate = createGate(1)
    const permit = await gate.acquire()
    const one = limit(() => 1, gate)
    const two = limit(() => 2, gate)
    const both = Promise.all([one(), two()])
    expect(gate.waiting).toBe(2)
    permit.release()
    await expect(both).resolves.toEqual([1, 2])
  })
})
