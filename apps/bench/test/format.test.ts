import { expect, test } from 'vitest'
import { bytes, milliseconds, number, percent, times } from '../src/format.js'
import { textTable } from '../src/report/text.js'

test.each([
  [number(0.651), '0.65'],
  [number(12.34), '12.3'],
  [number(4870.4), '4,870'],
  [number(6), '6'],
  [bytes(32 * 1024), '32 KiB'],
  [bytes(1.5 * 1024 ** 3), '1.50 GiB'],
  [bytes(999), '999 B'],
  [milliseconds(250), '250 ms'],
  [milliseconds(4600), '4.60 s'],
  [percent(0.0312), '3.1 %'],
  [times(0.6549), '0.65×'],
])('figures are short: %s', (shown, expected) => {
  expect(shown).toBe(expected)
})

test('an unmeasured figure is a dash, never a zero', () => {
  for (const format of [number, bytes, milliseconds, percent, times]) {
    expect([format(null), format(undefined), format(Number.NaN)]).toEqual(['–', '–', '–'])
  }
})

test('a table is Markdown with names on the left and figures on the right, whatever the width of its characters', () => {
  const rows = [
    ['lagoon', '1'],
    ['😀', '1,000'],
  ]
  expect(textTable({ header: ['client', 'µs'], rows }).split('\n')).toEqual([
    '| client |    µs |',
    '| :----- | ----: |',
    '| lagoon |     1 |',
    '| 😀     | 1,000 |',
  ])
})
