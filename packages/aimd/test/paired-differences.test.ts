import { expect, it } from 'vitest'
import { PairedDifferences } from '../src/law/paired-differences.js'

it('the mean of differences, known the better the more there are', () => {
  const differences = new PairedDifferences(0.01)
  differences.add(0.1)
  expect([differences.count, differences.mean]).toEqual([1, 0.1])
  expect(differences.error).toBeCloseTo(0.1)
  for (const difference of [0.2, 0.3]) differences.add(difference)
  expect([differences.count, differences.mean]).toEqual([3, expect.closeTo(0.2)])
  // What was expected counts as two: (2 × 0.01 + 0.02) ÷ 4 is the variance of one.
  expect(differences.error).toBeCloseTo(Math.sqrt(0.01 / 3))
})

it('differences that scatter more than expected make it less certain', () => {
  const [calm, wild] = [new PairedDifferences(0.01), new PairedDifferences(0.01)]
  for (const sign of [1, -1, 1, -1]) {
    calm.add(0.01 * sign)
    wild.add(sign)
  }
  expect(calm.error).toBeLessThan(0.04)
  expect(wild.error).toBeGreaterThan(0.4)
})
