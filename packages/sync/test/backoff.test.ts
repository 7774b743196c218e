import fc from 'fast-check'
import { expect, it } from 'vitest'
import { backoffMs } from '../src/options/backoff.js'

it('waits between nothing and base × 2^(attempt − 1), never longer than the cap', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 2000 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (attempt, random) => {
        const wait = backoffMs(attempt, 0, { baseMs: 100, capMs: 20_000, random: () => random })
        expect(wait).toBeGreaterThanOrEqual(0)
        expect(wait).toBeLessThanOrEqual(Math.min(20_000, 100 * 2 ** Math.min(attempt - 1, 40)))
      },
    ),
  )
})

it('waits at least as long as the store requests', () => {
  expect(backoffMs(1, 5000, { random: () => 0 })).toBe(5000)
})
