import { expect, it } from 'vitest'
import { medianOf } from '../src/law/median.js'

it('the median of an odd number of values is the middle one, of an even number the mean of the two', () => {
  expect(medianOf([3, 1, 2]).median).toBe(2)
  expect(medianOf([4, 1, 2, 3]).median).toBe(2.5)
})

it('a value far off moves neither the median nor its error much', () => {
  expect(medianOf([1, 2, 3, 4, 1000])).toEqual(medianOf([1, 2, 3, 4, 5]))
})

it('its standard error falls with the root of the count', () => {
  const four = [1, 2, 3, 4]
  expect(medianOf(four).error).toBeCloseTo(0.93)
  expect(medianOf([...four, ...four, ...four, ...four]).error).toBeCloseTo(0.465)
})
