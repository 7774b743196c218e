import { describe, expect, test } from 'vitest'
import { type OpenOptions, openManifest } from '../src/index.js'
import { VersionTable } from '../src/rows/version-table.js'
import { CountingStore } from './counting-store.js'
import { fixtureBytes, fixtureExpectation } from './fixtures.js'
import { makeVersions } from './make-parquet.js'
import { readAll } from './read-all.js'

async function open(bytes: Uint8Array, options: Partial<OpenOptions> = {}) {
  const store = new CountingStore()
  const reader = await openManifest(store, store.put('m', bytes), { bucket: 'lake', ...options })
  return { store, reader }
}

describe('a Parquet file with versions but without the latest-version column', () => {
  const groups = [
    [
      ['k', 'v1'],
      ['x', 'v1'],
    ],
    [
      ['y', 'v9'],
      ['k', 'v2'],
    ],
  ] as const

  test('has a problem in each row that contradicts an earlier one, across row groups', async () => {
    const { reader } = await open(makeVersions(groups))
    const { keys, problems } = await readAll(reader)
    expect(keys).toEqual(['k', 'x', 'y', null])
    expect(problems).toEqual([{ index: 3, key: 'k', code: 'LAGOON_MANIFEST_KEY_SEVERAL_VERSIONS' }])
  })

  test('has it even if the earlier row group was settled in an earlier run', async () => {
    const { reader } = await open(makeVersions(groups))
    const { keys, batches } = await readAll(reader, { skipRowGroup: (index) => index === 0 })
    expect(keys).toEqual(['y', null])
    expect(batches.map(({ rowGroup }) => rowGroup)).toEqual([1])
  })

  test('returns every row if all versions are requested', async () => {
    const { reader } = await open(makeVersions(groups), { currentOnly: false })
    const { keys, versionIds } = await readAll(reader)
    expect(keys).toEqual(['k', 'x', 'y', 'k'])
    expect(versionIds).toEqual(['v1', 'v1', 'v9', 'v2'])
  })
})

test('an empty version column is not read, nor any row group because of it', async () => {
  const groups = Array.from({ length: 4 }, (_, group) => [[`k/${group}`, null]] as const)
  const { reader } = await open(makeVersions(groups))
  const whole = await readAll(reader)
  expect(whole.keys).toEqual(['k/0', 'k/1', 'k/2', 'k/3'])
  expect(whole.versionIds).toEqual([])
})

test('a reader reports whether it may skip rows', async () => {
  const plain = await open(fixtureBytes('pyarrow-zstd'))
  expect(plain.reader.selective).toBe(false)
  const inventory = fixtureBytes('pyarrow-inventory')
  expect((await open(inventory)).reader.selective).toBe(true)
  expect((await open(inventory, { currentOnly: false })).reader.selective).toBe(false)
})

test('an encrypted column that is needed is an error, as for a filter by size', async () => {
  const { keys } = fixtureExpectation('pyarrow-encrypted-details')
  const bytes = fixtureBytes('pyarrow-encrypted-details')
  expect((await readAll((await open(bytes)).reader)).keys).toEqual(keys)
  await expect(open(bytes, { filter: { minSizeBytes: 1 } })).rejects.toMatchObject({
    code: 'LAGOON_MANIFEST_ENCRYPTED',
  })
})

test('the table of versions holds a hundred thousand keys without mixing any up', () => {
  const table = new VersionTable()
  const keys = Array.from({ length: 100_000 }, (_, key) => `raw/${key}`)
  const agreeing = (suffix: string): number =>
    keys.filter((key) => table.agrees(key, `v-${key}${suffix}`)).length
  expect(agreeing('')).toBe(keys.length)
  expect(agreeing('')).toBe(keys.length)
  expect(agreeing('-other')).toBe(0)
})
