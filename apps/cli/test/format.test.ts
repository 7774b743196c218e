import { expect, test } from 'vitest'
import {
  formatBytes,
  formatCount,
  formatCountOf,
  formatDuration,
  formatPercent,
  formatRate,
} from '../src/text/format.js'

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.00 kB'],
  [9994, '9.99 kB'],
  [9996, '10.0 kB'],
  [99_960, '100 kB'],
  [999_500, '1.00 MB'],
  [1_234_567, '1.23 MB'],
  [5e12, '5.00 TB'],
  [3.2e21, '3200 EB'],
])('%d bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text)
})

test.each([
  [340, '340 ms'],
  [4200, '4.2 s'],
  [12_000, '12 s'],
  [59_700, '1 min'],
  [200_000, '3 min 20 s'],
  [3_599_800, '1 h'],
  [3_600_000, '1 h'],
  [18_120_000, '5 h 2 min'],
  [273_600_000, '3 d 4 h'],
])('%d milliseconds are %s', (durationMs, text) => {
  expect(formatDuration(durationMs)).toBe(text)
})

test('counts are grouped by thousands', () => {
  expect([7, 999, 1000, 400_000_000].map(formatCount)).toEqual(['7', '999', '1,000', '400,000,000'])
  expect(formatCountOf(1, 'object')).toBe('1 object')
  expect(formatCountOf(2, 'object')).toBe('2 objects')
})

test('a rate keeps a decimal while it is small', () => {
  expect([0, 3.14159, 1234.5].map(formatRate)).toEqual(['0.0', '3.1', '1,235'])
})

test('100 % is shown only if everything is done', () => {
  expect(formatPercent(1999, 2000)).toBe('99 %')
  expect(formatPercent(2000, 2000)).toBe('100 %')
  expect(formatPercent(0, 0)).toBe('100 %')
})
