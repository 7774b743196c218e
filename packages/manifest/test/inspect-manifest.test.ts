import { expect, test } from 'vitest'
import { inspectManifest } from '../src/index.js'
import { CountingStore } from './counting-store.js'
import { fixtureBytes, fixtureExpectation } from './fixtures.js'

function inspect(bytes: Uint8Array, options: object = {}) {
  const store = new CountingStore()
  return inspectManifest(store, store.put('m.parquet', bytes), { bucket: 'lake', ...options })
}

test('a manifest is described by its schema, row groups, codec and first keys', async () => {
  const description = await inspect(fixtureBytes('pyarrow-details'), { keys: 3 })
  expect(description).toMatchObject({
    rows: 240,
    keyColumn: 'key',
    firstKeys: fixtureExpectation('pyarrow-details').keys.slice(0, 3),
    rowProblems: [],
    rowsRead: 240,
    problem: null,
    columns: [
      { path: 'destination_key', type: 'STRING', list: false },
      { path: 'size', type: 'INT64', list: false },
      { path: 'key', type: 'STRING', list: false },
      { path: 'e_tag', type: 'STRING', list: false },
      { path: 'version_id', type: 'STRING', list: false },
      { path: 'last_modified_date', type: 'TIMESTAMP_MICROS', list: false },
    ],
  })
  expect(description.createdBy).toContain('parquet-cpp-arrow')
  expect(description.rowGroups).toMatchObject([{ rows: 240, codec: 'ZSTD' }])
  expect(description.rowGroups[0]!.uncompressedBytes).toBeGreaterThan(
    description.rowGroups[0]!.compressedBytes,
  )
})

test('only the first batch is read, unless every row is requested', async () => {
  const bytes = fixtureBytes('duckdb-row-groups')
  expect(await inspect(bytes)).toMatchObject({ rows: 2_500, rowsRead: 2_048 })
  expect(await inspect(bytes, { everyRow: true })).toMatchObject({ rowsRead: 2_500 })
})

test('rows without a usable key are part of the description', async () => {
  const { rowProblems } = await inspect(fixtureBytes('pyarrow-nulls'))
  const { problems } = fixtureExpectation('pyarrow-nulls')
  expect(rowProblems.map(({ index, code }) => [index, code])).toEqual(
    problems.map(({ index, code }) => [index, code]),
  )
})

test('a manifest with an ambiguous key column is still described, with the reason', async () => {
  const description = await inspect(fixtureBytes('pyarrow-key-in-struct'))
  expect(description).toMatchObject({
    rows: 240,
    keyColumn: null,
    columns: [{ path: 'object.key' }],
    firstKeys: [],
  })
  expect(description.problem?.code).toBe('LAGOON_MANIFEST_COLUMN_MISSING')
})

test('a damaged page is part of the description', async () => {
  const bytes = Buffer.from(fixtureBytes('pyarrow-page-checksum'))
  bytes[1_000]! ^= 1
  expect((await inspect(bytes)).problem?.code).toBe('LAGOON_MANIFEST_PAGE_CORRUPT')
})

test('a file without a footer cannot be described', async () => {
  await expect(inspect(Buffer.from('a,b,c\n'.repeat(10)))).rejects.toMatchObject({
    code: 'LAGOON_MANIFEST_NOT_PARQUET',
  })
})
