import { describe, expect, test } from 'vitest'
import { openManifest } from '../src/index.js'
import { CountingStore } from './counting-store.js'
import { FIXTURE_NAMES, fixtureBytes, fixtureExpectation } from './fixtures.js'
import { readAll } from './read-all.js'

const BUCKET = 'lake'

describe('every key that an engine wrote is read, byte for byte and in order:', () => {
  test.for(FIXTURE_NAMES)('%s', async (name) => {
    const expected = fixtureExpectation(name)
    const bytes = fixtureBytes(name)
    const store = new CountingStore()
    const reader = await openManifest(store, store.put(`${name}.parquet`, bytes), {
      bucket: BUCKET,
      currentOnly: false,
      ...expected.options,
    })
    expect(reader.column).toBe(expected.column)
    expect(reader.rows).toBe(expected.rows ?? expected.keys.length)
    expect(reader.rowGroups).toHaveLength(expected.rowGroups)
    const whole = await readAll(reader)
    expect(whole.problems).toEqual(expected.problems)
    const bad = new Set(expected.problems.map(({ index }) => index))
    expect(whole.keys).toEqual(expected.keys.map((key, index) => (bad.has(index) ? null : key)))
    expect(whole.sizes).toEqual(expected.sizes ?? [])
    expect(whole.etags).toEqual(expected.etags ?? [])
    expect(whole.versionIds).toEqual(expected.versionIds ?? [])
    expect(whole.destinationKeys).toEqual(expected.destinationKeys ?? [])
    // A file that the first request holds whole is never asked for again.
    expect(store.reads).toEqual([{ start: 0, end: bytes.length }])
  })
})

test('the fixtures cover every engine, codec and encoding of manifests', () => {
  expect(FIXTURE_NAMES.length).toBeGreaterThanOrEqual(60)
  for (const engine of ['polars', 'pyarrow', 'duckdb']) {
    for (const codec of ['zstd', 'snappy', 'gzip', 'lz4', 'brotli', 'uncompressed']) {
      expect(FIXTURE_NAMES).toContain(`${engine}-${codec}`)
    }
  }
})
