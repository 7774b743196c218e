import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { agreement, meanRatio, median, pairedRatio, summarize } from '../src/statistics.js'

test('the median of an even number of values lies halfway between the middle two', () => {
  expect(median([4, 1, 3, 2])).toBe(2.5)
  expect(median([3, 1, 2])).toBe(2)
})

test('no values have no median and no summary', () => {
  expect(median([])).toBeNaN()
  expect(summarize([])).toBeNull()
  expect(summarize([null, null])).toBeNull()
})

test('a summary has the spread as a share of the median, of the measured values', () => {
  expect(summarize([90, null, 100, 120])).toEqual({ count: 3, median: 100, min: 90, max: 120, spread: 0.3 })
})

describe('the ratio of alternating series', () => {
  const series = (values: readonly number[]) => values.map((value, round) => [round, value] as const)

  test('is computed within the rounds, so that a machine that slows down changes nothing', () => {
    const theirs = series([100, 50, 25, 12, 6, 3])
    const ours = theirs.map(([round, value]) => [round, value * 0.98] as const)
    const ratio = pairedRatio(ours, theirs)!
    expect(ratio.median).toBeCloseTo(0.98, 10)
    expect(ratio.low).toBeCloseTo(ratio.high, 10)
  })

  test('uses the rounds that both finished', () => {
    const theirs = [[1, 20] as const, [3, 20] as const]
    expect(
      pairedRatio(
        [
          [1, 10],
          [2, 20],
          [3, 30],
        ],
        theirs,
      ),
    ).toMatchObject({ median: 1, min: 0.5, max: 1.5, rounds: 2 })
  })

  test('has a confidence interval of the true median', () => {
    const ones = (count: number) => series(Array.from({ length: count }, () => 1))
    const five = pairedRatio(series([5, 1, 3, 2, 4]), ones(5))!
    expect(five).toEqual({ median: 3, low: 1, high: 5, confidence: 0.9375, min: 1, max: 5, rounds: 5 })
    const eight = pairedRatio(series([1, 2, 3, 4, 5, 6, 7, 8]), ones(8))!
    expect(eight).toMatchObject({ median: 4.5, low: 2, high: 7, min: 1, max: 8, rounds: 8 })
    expect(eight.confidence).toBeCloseTo(1 - 18 / 256, 10)
    expect(pairedRatio(series([2]), ones(1))).toMatchObject({ low: 2, high: 2, confidence: 0 })
  })

  test('is missing without a common round', () => {
    expect(pairedRatio([[1, 1]], [[2, 1]])).toBeNull()
  })

  test('calls one side faster only if the medians agree, and never after two rounds', () => {
    expect(agreement(pairedRatio(series([1, 1]), series([2, 2]))!)).toBe('unclear')
    const positive = fc.double({ min: 0.001, max: 1000, noNaN: true })
    fc.assert(
      fc.property(fc.array(fc.tuple(positive, positive), { minLength: 1, maxLength: 9 }), (pairs) => {
        const [ours, theirs] = [pairs.map(([own]) => own), pairs.map(([, other]) => other)]
        const told = agreement(pairedRatio(series(ours), series(theirs))!)
        // The result by medians, or none.
        const byMedians =
          median(ours) < median(theirs) ? 'below' : median(ours) > median(theirs) ? 'above' : 'unclear'
        return told === 'unclear' || (pairs.length > 2 && told === byMedians)
      }),
    )
  })
})

test('the mean of many ratios weights both sides equally, and needs two', () => {
  const { mean, error } = meanRatio([2, 0.5])!
  expect(mean).toBeCloseTo(1, 10)
  expect(error).toBeCloseTo(Math.log(2), 10)
  expect(meanRatio([2])).toBeNull()
})
