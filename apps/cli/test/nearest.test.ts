import { expect, test } from 'vitest'
import { enumerate, nearest } from '../src/text/nearest.js'

test.each([
  ['snyc', ['sync', 'demo'], 'sync'],
  ['max-concurency', ['max-concurrency', 'min-concurrency'], 'max-concurrency'],
  ['dataDir', ['data-dir', 'report'], 'data-dir'],
  ['LAGOON_SOURCE_BUKET', ['LAGOON_SOURCE_BUCKET', 'LAGOON_SOURCE_REGION'], 'LAGOON_SOURCE_BUCKET'],
  ['LAGOON_SOURCE_PROFILE', ['LAGOON_SOURCE_REGION', 'LAGOON_SOURCE_BUCKET'], undefined],
  ['WARN', ['DEBUG', 'WARNING'], 'WARNING'],
  ['zebra', ['sync', 'demo'], undefined],
])('%s among %j most likely means %s', (given, candidates, expected) => {
  expect(nearest(given, candidates)).toBe(expected)
})

test('names are listed as in a sentence', () => {
  expect(enumerate(['a'])).toBe('a')
  expect(enumerate(['a', 'b'])).toBe('a and b')
  expect(enumerate(['a', 'b', 'c'], 'or')).toBe('a, b or c')
})
