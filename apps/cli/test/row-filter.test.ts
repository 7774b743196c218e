import { expect, test } from 'vitest'
import { resolveRowFilter } from '../src/options/row-filter.js'
import { resolveSyncOptions } from '../src/options/sync-options.js'
import { failureOf } from './support/failure-of.js'
import { settingsOf } from './support/settings.js'

test('without a filter every row matches', () => {
  expect(resolveRowFilter(settingsOf())).toBeUndefined()
})

test.each([
  ['filter-prefix', 'a b/', { prefix: 'a b/' }],
  ['filter-glob', '**/*.bin', { glob: '**/*.bin' }],
  ['filter-regex', '^x+$', { pattern: /^x+$/u }],
  ['min-size', '0', { minSizeBytes: 0 }],
  ['max-size', '64KiB', { maxSizeBytes: 65_536 }],
  ['max-size', '1.5 GB', { maxSizeBytes: 1_500_000_000 }],
  ['modified-from', '2026-01-31', { modifiedFrom: new Date('2026-01-31T00:00:00Z') }],
  ['modified-before', '2026-01-31T12:00+02:00', { modifiedBefore: new Date('2026-01-31T10:00:00Z') }],
])('--%s %s takes effect, as a flag and as a variable', (name, value, expected) => {
  const variable = `LAGOON_${name.toUpperCase().replaceAll('-', '_')}`
  expect(resolveSyncOptions(settingsOf({ [name]: value })).filter).toEqual(expected)
  expect(resolveSyncOptions(settingsOf({}, { [variable]: value })).filter).toEqual(expected)
})

test.each([
  ['filter-prefix', ''],
  ['filter-regex', '('],
  ['min-size', '-1'],
  ['min-size', '5 apples'],
  ['max-size', '9000000TB'],
  ['modified-from', 'yesterday'],
  ['modified-from', '2026-01-31T12:00:00'],
  ['modified-before', '2026-02-31'],
])('--%s %j is refused by name', (name, value) => {
  expect(failureOf(() => resolveRowFilter(settingsOf({ [name]: value })))).toMatchObject({
    code: 'LAGOON_CLI_INVALID_VALUE',
    message: expect.stringContaining(`--${name}`),
  })
})
