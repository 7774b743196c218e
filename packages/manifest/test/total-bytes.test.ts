import { expect, test } from 'vitest'
import { openManifest } from '../src/index.js'
import { CountingStore } from './counting-store.js'
import { fixtureBytes, fixtureExpectation } from './fixtures.js'

test.for(['pyarrow-details', 'pyarrow-details-delta', 'polars-details', 'duckdb-details'])(
  'the bytes of all objects are the sum of the size column: %s',
  async (name) => {
    const store = new CountingStore()
    const reader = await openManifest(store, store.put('m', fixtureBytes(name)), { bucket: 'lake' })
    const { sizes } = fixtureExpectation(name)
    expect(await reader.totalBytes()).toBe(sizes!.reduce<number>((sum, size) => sum + (size ?? 0), 0))
    expect(reader.bytes).toBe(null)
  },
)

test('without a size column they are unknown', async () => {
  const store = new CountingStore()
  const reader = await openManifest(store, store.put('m', fixtureBytes('polars-zstd')), { bucket: 'lake' })
  expect(await reader.totalBytes()).toBe(null)
})
