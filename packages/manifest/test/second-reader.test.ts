import { parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { describe, expect, test } from 'vitest'
import { openManifest } from '../src/index.js'
import { CountingStore } from './counting-store.js'
import { FIXTURE_NAMES, fixtureBytes, fixtureExpectation } from './fixtures.js'
import { readAll } from './read-all.js'

const NAMES = FIXTURE_NAMES.filter((name) => {
  const { problems, column, rows } = fixtureExpectation(name)
  return problems.length === 0 && !column.includes('.') && rows === undefined
})

describe('hyparquet, which shares no code with this reader, finds the same keys:', () => {
  test.for(NAMES)('%s', async (name) => {
    const { column, options } = fixtureExpectation(name)
    const bytes = fixtureBytes(name)
    const file = Uint8Array.from(bytes).buffer
    const rows = await parquetReadObjects({ file, compressors, columns: [column], utf8: true })
    const store = new CountingStore()
    const reader = await openManifest(store, store.put('m', bytes), {
      bucket: 'lake',
      currentOnly: false,
      ...options,
    })
    const { keys } = await readAll(reader)
    // hyparquet drops a byte order mark at the start of a value.
    expect(keys.map((key) => key?.replace(/^\ufeff/, ''))).toEqual(rows.map((row) => row[column] as string))
  })
})
