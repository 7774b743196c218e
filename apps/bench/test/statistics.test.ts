import fc from 'fast-check'
import { expect, test } from 'vitest'
import { median, quantile, quantileOfSorted, ratioOf, summarize } from '../src/statistics.js'

const finite = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 })

test('the median of an even number of values lies halfway between the middle two', () => {
  expect(median([4, 1, 3, 2])).toBe(2.5)
  expect(median([3, 1, 2])).toBe(2)
})

test('quantiles interpolate as R and NumPy do by default', () => {
  expect(quantile([10, 20, 30, 40], 0.9)).toBeCloseTo(37, 10)
  expect(quantileOfSorted(Float64Array.of(1, 2, 3, 4, 5), 0.25)).toBe(2)
})

test('no values have no median and no summary', () => {
  expect(median([])).toBeNaN()
  expect(summarize([])).toBeNull()
})

test('a quantile lies within the values and never falls as q rises', () => {
  fc.assert(
    fc.property(
      fc.array(finite, { minLength: 1 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (values, q) => {
        const at = quantile(values, q)
        expect(at).toBeGreaterThanOrEqual(Math.min(...values))
        expect(at).toBeLessThanOrEqual(Math.max(...values))
        expect(quantile(values, Math.min(1, q + 0.1))).toBeGreaterThanOrEqual(at)
      },
    ),
  )
})

test('a summary tells the spread as a share of the median', () => {
  expect(summarize([90, 100, 120])).toEqual({ count: 3, median: 100, min: 90, max: 120, spread: 0.3 })
})

test('a ratio is that of the medians, and its range that of the rounds both finished', () => {
  const ours = [
    [1, 10],
    [2, 20],
    [3, 30],
  ] as const
  const theirs = [
    [1, 20],
    [3, 20],
  ] as const
  expect(ratioOf(ours, theirs)).toEqual({ ofMedians: 1, min: 0.5, max: 1.5, rounds: 2 })
})

test('series without a round in common have no ratio', () => {
  expect(ratioOf([[1, 5]], [[2, 5]])).toBeNull()
})
