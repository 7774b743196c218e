import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type RowFilter, openManifest } from '../src/index.js'
import { compileFilter } from '../src/rows/row-filter.js'
import { CountingStore } from './counting-store.js'
import { fixtureBytes, fixtureExpectation } from './fixtures.js'
import { readAll } from './read-all.js'

function matches(
  filter: RowFilter,
  key: string,
  sizeBytes: number | null = null,
  lastModifiedMs: number | null = null,
) {
  return compileFilter(filter).matches({ key, sizeBytes, lastModifiedMs })
}

describe('a filter selects', () => {
  test('everything by default', () => {
    expect(matches({}, 'a/b')).toBe(true)
  })

  test('keys by prefix', () => {
    expect(matches({ prefix: 'a/' }, 'a/b')).toBe(true)
    expect(matches({ prefix: 'a/' }, 'b/a/')).toBe(false)
  })

  test.for<[glob: string, matching: string[], other: string[]]>([
    ['*.jpg', ['a.jpg', '.jpg'], ['a/b.jpg', 'a.jpgx']],
    ['**.jpg', ['a.jpg', 'a/b/c.jpg'], ['a.png']],
    ['raw/**/*.csv', ['raw/1/2/x.csv'], ['raw/x.csv', 'x.csv']],
    ['day-??', ['day-01'], ['day-1', 'day-/1']],
    ['[a-c]x', ['ax', 'cx'], ['dx', 'x']],
    ['[!a-c]x', ['dx'], ['ax', '/x']],
    ['a+(b).c^$|{}', ['a+(b).c^$|{}'], ['aab.c']],
    ['🐋?', ['🐋a', '🐋🐋'], ['🐋']],
    ['new\nline*', ['new\nline', 'new\nline2'], ['newline']],
  ])('keys by glob: %s', ([glob, matching, other]) => {
    expect(matching.filter((key) => !matches({ glob }, key))).toEqual([])
    expect(other.filter((key) => matches({ glob }, key))).toEqual([])
  })

  test('a glob without special characters matches only itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (glob, key) => {
        fc.pre(!/[*?[]/.test(glob))
        expect(matches({ glob }, key)).toBe(glob === key)
        expect(matches({ glob }, glob)).toBe(true)
      }),
    )
  })

  test('keys by regular expression, anywhere in the key', () => {
    expect(matches({ pattern: /\d{4}$/ }, 'x/2024')).toBe(true)
    expect(matches({ pattern: /^\d{4}/ }, 'x/2024')).toBe(false)
  })

  test('rows by size, including both ends, and none without a size', () => {
    const filter = { minSizeBytes: 10, maxSizeBytes: 20 }
    expect([9, 10, 20, 21, null].map((size) => matches(filter, 'k', size))).toEqual([
      false,
      true,
      true,
      false,
      false,
    ])
  })

  test('rows by time, excluding the end, and none without a time', () => {
    const filter = { modifiedFrom: new Date(100), modifiedBefore: new Date(200) }
    expect([99, 100, 199, 200, null].map((time) => matches(filter, 'k', null, time))).toEqual([
      false,
      true,
      true,
      false,
      false,
    ])
  })

  test('only rows that meet every condition', () => {
    expect(matches({ prefix: 'a', glob: '*b' }, 'ab')).toBe(true)
    expect(matches({ prefix: 'a', glob: '*b' }, 'ac')).toBe(false)
  })
})

test.for<RowFilter>([
  { minSizeBytes: 2, maxSizeBytes: 1 },
  { minSizeBytes: Number.NaN },
  { modifiedFrom: new Date(2), modifiedBefore: new Date(1) },
  { modifiedFrom: new Date(Number.NaN) },
  { pattern: /a/g },
  { glob: '[a' },
  { glob: '[z-a]' },
])('an impossible filter is refused: %o', (filter) => {
  expect(() => compileFilter(filter)).toThrow(
    expect.objectContaining({ code: 'LAGOON_MANIFEST_INVALID_OPTION' }),
  )
})

describe('with a filter', () => {
  async function read(name: string, filter: RowFilter) {
    const store = new CountingStore()
    const reader = await openManifest(store, store.put('m', fixtureBytes(name)), { bucket: 'lake', filter })
    return readAll(reader)
  }

  test('matching rows keep their numbers in the manifest', async () => {
    const { keys } = fixtureExpectation('pyarrow-row-groups')
    const whole = await read('pyarrow-row-groups', { prefix: 'raw/2024/05/' })
    const rows = whole.batches.flatMap((batch) => batch.rows ?? [])
    expect(rows.length).toBeGreaterThan(50)
    expect(rows).toEqual(
      [...keys.entries()].filter(([, key]) => key!.startsWith('raw/2024/05/')).map(([row]) => row),
    )
    expect(whole.keys).toEqual(rows.map((row) => keys[row]))
    expect(whole.batches.filter(({ lastOfRowGroup }) => lastOfRowGroup)).toHaveLength(13)
  })

  test('sizes, ETags and versions stay with their keys', async () => {
    const { keys, sizes, etags, versionIds, destinationKeys } = fixtureExpectation('pyarrow-details')
    const minSizeBytes = 5_000_000_000_000
    const whole = await read('pyarrow-details', { minSizeBytes })
    const rows = [...sizes!.keys()].filter((row) => (sizes![row] ?? 0) >= minSizeBytes)
    expect(whole.keys).toEqual(rows.map((row) => keys[row]))
    expect(whole.sizes).toEqual(rows.map((row) => sizes![row]))
    expect(whole.etags).toEqual(rows.map((row) => etags![row]))
    expect(whole.versionIds).toEqual(rows.map((row) => versionIds![row]))
    expect(whole.destinationKeys).toEqual(rows.map((row) => destinationKeys![row]))
  })

  test('rows are selected by time', async () => {
    const modifiedBefore = new Date('2024-01-03T00:00:00Z')
    const whole = await read('pyarrow-details', { modifiedBefore })
    const { keys } = fixtureExpectation('pyarrow-details')
    expect(whole.keys).toEqual(keys.filter((_, row) => row % 28 < 2))
  })

  test('rows without a usable key are still reported', async () => {
    const whole = await read('pyarrow-nulls', { prefix: 'nothing/' })
    const { problems } = fixtureExpectation('pyarrow-nulls')
    expect(whole.keys).toEqual(problems.map(() => null))
    expect(whole.problems.map(({ code }) => code)).toEqual(problems.map(({ code }) => code))
  })

  test('a condition on a missing column is refused', async () => {
    await expect(read('pyarrow-zstd', { minSizeBytes: 1 })).rejects.toMatchObject({
      code: 'LAGOON_MANIFEST_COLUMN_MISSING',
    })
  })
})
