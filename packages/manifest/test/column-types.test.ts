import { type BasicType, parquetWriteBuffer } from 'hyparquet-writer'
import type { SchemaElement } from 'hyparquet'
import { expect, test } from 'vitest'
import { type OpenOptions, openManifest } from '../src/index.js'
import { CountingStore } from './counting-store.js'
import { readAll } from './read-all.js'

/** A column as a writer leaves it: values, and what its type is called. */
type Column = { data: readonly unknown[]; type: BasicType | Omit<SchemaElement, 'name'> }

async function read(columns: Record<string, Column>, options: Partial<OpenOptions> = {}) {
  const schema: SchemaElement[] = Object.entries(columns).map(([name, { type }]) =>
    typeof type === 'string' ? basic(name, type) : { repetition_type: 'OPTIONAL', ...type, name },
  )
  const bytes = parquetWriteBuffer({
    columnData: Object.entries(columns).map(([name, { data }]) => ({ name, data: [...data] })),
    schema: [{ name: 'root', num_children: schema.length }, ...schema],
  })
  const store = new CountingStore()
  const ref = store.put('m', new Uint8Array(bytes))
  return readAll(await openManifest(store, ref, { bucket: 'lake', ...options }))
}

function basic(name: string, type: BasicType): SchemaElement {
  const isText = type === 'STRING'
  return {
    name,
    type: (isText ? 'BYTE_ARRAY' : type) as SchemaElement['type'],
    ...(isText && { converted_type: 'UTF8' }),
    repetition_type: 'OPTIONAL',
  } as SchemaElement
}

const text = (...data: (string | null)[]): Column => ({ data, type: 'STRING' })
const key = text('a', 'b')

test.for<[string, Column, (number | null)[]]>([
  ['whole numbers', { data: [5n, null], type: 'INT64' }, [5, null]],
  [
    'floating-point numbers, as pandas writes where some are missing',
    { data: [5, null], type: 'DOUBLE' },
    [5, null],
  ],
  ['floating-point numbers that are no sizes', { data: [5.5, -1], type: 'DOUBLE' }, [null, null]],
  ['single precision', { data: [5, 6], type: 'FLOAT' }, [5, 6]],
  ['text', text('5', ''), [5, null]],
  ['text with a point', text('5.0', '5.5'), [5, null]],
  [
    'decimals',
    { data: [5n, 6n], type: { type: 'INT64', converted_type: 'DECIMAL', precision: 18, scale: 0 } },
    [5, 6],
  ],
])('sizes are read from %s', async ([, size, expected]) => {
  expect((await read({ key, size })).sizes).toEqual(expected)
})

test('sizes are not read from decimals with digits behind the point', async () => {
  const type = { type: 'INT64', converted_type: 'DECIMAL', precision: 18, scale: 2 } as const
  expect((await read({ key, size: { data: [5, 6], type } })).sizes).toEqual([])
})

const NEW = Date.UTC(2026, 0, 2)
const OLD = Date.UTC(2020, 0, 2)

test.for<[string, Column]>([
  ['text with a zone', text('2026-01-02T00:00:00.000Z', '2020-01-02T00:00:00+00:00')],
  ['text of Athena', text('2026-01-02 00:00:00.000', '2020-01-02 00:00:00.000')],
  ['text of Trino with a zone', text('2026-01-02 00:00:00.000 UTC', '2020-01-02 00:00:00.000 UTC')],
  ['text that is a number', text(`${NEW}`, `${OLD}`)],
  ['seconds', { data: [NEW / 1e3, OLD / 1e3].map(BigInt), type: 'INT64' }],
  ['milliseconds', { data: [NEW, OLD].map(BigInt), type: 'INT64' }],
  ['microseconds', { data: [NEW * 1e3, OLD * 1e3].map(BigInt), type: 'INT64' }],
  ['nanoseconds', { data: [NEW * 1e6, OLD * 1e6].map(BigInt), type: 'INT64' }],
  ['seconds with a fraction', { data: [NEW / 1e3 + 0.5, OLD / 1e3 + 0.5], type: 'DOUBLE' }],
  ['dates', { data: [new Date(NEW), new Date(OLD)], type: { type: 'INT32', converted_type: 'DATE' } }],
])('times are read from %s', async ([, column]) => {
  const filter = { modifiedFrom: new Date('2026-01-01'), modifiedBefore: new Date('2026-01-03') }
  expect((await read({ key, last_modified: column }, { filter })).keys).toEqual(['a'])
})

test.for<[string, Column]>([
  ['booleans', { data: [true, false], type: 'BOOLEAN' }],
  ['floating-point numbers', { data: [1, 0], type: 'DOUBLE' }],
  ['text of floating-point numbers', text('1.0', '0.0')],
  ['text', text('on', 'off')],
])('flags are read from %s', async ([, column]) => {
  expect((await read({ key, is_latest: column })).keys).toEqual(['a'])
})

test('a flag that is not understood is a problem of its row, and one that is missing is not', async () => {
  const whole = await read({ key: text('a', 'b', 'c', 'd'), is_latest: text('true', 'perhaps', null, '') })
  expect(whole.keys).toEqual(['a', null, 'c', 'd'])
  expect(whole.problems).toEqual([{ index: 1, key: 'b', code: 'LAGOON_MANIFEST_ROW_MALFORMED' }])
  const all = await read({ key, is_latest: text('true', 'perhaps') }, { currentOnly: false })
  expect(all.keys).toEqual(['a', 'b'])
})

test('a row of another bucket is a problem, whatever is beside it', async () => {
  const bucket = text('lake', 'other', null, 'lak')
  const whole = await read({
    bucket,
    key: text('a', 'b', 'c', 'd'),
    size: { data: [1n, 2n, 3n, 4n], type: 'INT64' },
  })
  expect(whole.keys).toEqual(['a', null, 'c', null])
  expect(whole.problems.map(({ key: of, code }) => [of, code])).toEqual([
    ['b', 'LAGOON_MANIFEST_KEY_OTHER_BUCKET'],
    ['d', 'LAGOON_MANIFEST_KEY_OTHER_BUCKET'],
  ])
})

test.for<[string, Column]>([
  ['text', text('2026-01-02T00:00:00Z', '')],
  [
    'timestamps',
    { data: [new Date(NEW), null], type: { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' } },
  ],
])('a version that was deleted at a time in %s is left out', async ([, timeDeleted]) => {
  const columns = { bucket: text('lake', 'lake'), name: text('a', 'a'), storage: text('x', 'y'), timeDeleted }
  const whole = await read({ ...columns, size: { data: [1n, 2n], type: 'INT64' } })
  expect(whole.sizes).toEqual([2])
  expect(whole.problems).toEqual([])
})
