import { describe, expect, test } from 'vitest'
import { pairedRatio } from '../src/paired-ratio.js'

describe('the ratio of series that took turns', () => {
  const series = (values: readonly number[]) => values.map((value, round) => [round, value] as const)

  test('is that of the rounds, so that a machine that slows down meanwhile changes nothing', () => {
    const theirs = series([100, 50, 25, 12, 6, 3])
    const ours = theirs.map(([round, value]) => [round, value * 0.98] as const)
    const ratio = pairedRatio(ours, theirs)!
    expect(ratio.median).toBeCloseTo(0.98, 10)
    expect(ratio.low).toBeCloseTo(ratio.high, 10)
  })

  test('says between what the true median lies, and how surely', () => {
    const ones = (count: number) => series(Array.from({ length: count }, () => 1))
    const five = pairedRatio(series([5, 1, 3, 2, 4]), ones(5))!
    expect(five).toEqual({ median: 3, low: 1, high: 5, confidence: 0.9375, rounds: 5 })
    const eight = pairedRatio(series([1, 2, 3, 4, 5, 6, 7, 8]), ones(8))!
    expect(eight).toMatchObject({ median: 4.5, low: 2, high: 7, rounds: 8 })
    expect(eight.confidence).toBeCloseTo(1 - 18 / 256, 10)
    expect(pairedRatio(series([2]), ones(1))).toMatchObject({ low: 2, high: 2, confidence: 0 })
  })

  test('is none without a round in common', () => {
    expect(pairedRatio([[1, 1]], [[2, 1]])).toBeNull()
  })
})
