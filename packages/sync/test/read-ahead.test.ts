import { expect, it } from 'vitest'
import { readAhead } from '../src/run/scan.js'

it('passes on every item in order, exactly one ahead of the consumer', async () => {
  let asked = 0
  async function* source(): AsyncGenerator<number> {
    while (asked < 5) yield asked++
  }
  const seen: number[] = []
  for await (const item of readAhead(source())) {
    seen.push(item)
    await Promise.resolve()
    expect(asked).toBeLessThanOrEqual(item + 2)
  }
  expect(seen).toEqual([0, 1, 2, 3, 4])
})

it('closes the source when the consumer leaves early', async () => {
  let closed = false
  async function* source(): AsyncGenerator<number> {
    try {
      for (let i = 0; ; i += 1) yield i
    } finally {
      closed = true
    }
  }
  for await (const item of readAhead(source())) if (item === 2) break
  expect(closed).toBe(true)
})

it("throws the source's error at its place", async () => {
  async function* source(): AsyncGenerator<number> {
    yield 1
    throw new Error('truncated')
  }
  const seen: number[] = []
  await expect(async () => {
    for await (const item of readAhead(source())) seen.push(item)
  }).rejects.toThrow('truncated')
  expect(seen).toEqual([1])
})
