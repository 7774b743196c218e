import { expect, it } from 'vitest'
import { Growth } from '../src/law/growth.js'

const times = (count: number, limit: number, free: number) => {
  const growth = new Growth()
  return Array.from({ length: count }, () => growth.next(limit, free))
}

it('grows by what is free, and by twice that with each time that it goes well after the second', () => {
  expect(times(5, 100, 5)).toEqual([105, 105, 110, 120, 140])
})

it('is careful for one time longer at a small limit, and grows by one at least', () => {
  expect(times(5, 10, 0.2)).toEqual([11, 11, 11, 12, 14])
})

it('never more than doubles the limit', () => {
  expect(times(12, 100, 5).at(-1)).toBe(200)
})

it('starts over when a queue was found', () => {
  const growth = new Growth()
  for (let n = 0; n < 5; n += 1) growth.next(100, 5)
  growth.startOver()
  expect(growth.next(100, 5)).toBe(105)
  for (let n = 0; n < 5; n += 1) growth.next(100, 5)
  growth.stop(100)
  expect(growth.next(100, 5)).toBe(105)
})

it('waits before it tries again one more than was too many, twice as long each time, to 15 s at most', () => {
  const growth = new Growth()
  for (const waitMs of [2000, 4000, 8000, 15_000, 15_000]) {
    expect(growth.next(10, 1)).toBe(11)
    growth.stop(11)
    expect(growth.next(10, 1)).toBeNull()
    growth.passed(waitMs - 1)
    expect(growth.next(10, 1)).toBeNull()
    growth.startOver()
    growth.passed(1)
  }
})

it('does not wait below what was too many, nor at a limit of 20', () => {
  const growth = new Growth()
  growth.next(10, 1)
  growth.stop(11)
  expect(growth.next(9, 1)).toBe(10)
  const large = new Growth()
  large.next(20, 1)
  large.stop(21)
  expect(large.next(20, 1)).toBe(21)
})

it('a queue that it did not make is no reason to wait', () => {
  const growth = new Growth()
  growth.stop(11)
  expect(growth.next(10, 1)).toBe(11)
})
