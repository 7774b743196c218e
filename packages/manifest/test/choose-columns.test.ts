import { describe, expect, test } from 'vitest'
import { chooseColumns } from '../src/open/choose-columns.js'
import { openManifest } from '../src/index.js'
import type { Leaf } from '../src/parquet/footer/schema.js'

function leaf(path: string, overrides: Partial<Leaf> = {}): Leaf {
  return {
    index: 0,
    path,
    topLevel: !path.includes('.'),
    type: 'BYTE_ARRAY',
    annotation: 'STRING',
    maxDefinitionLevel: 1,
    maxRepetitionLevel: 0,
    ...overrides,
  }
}

const ID = leaf('id', { type: 'INT64', annotation: null })
const TAGS = leaf('tags', { maxRepetitionLevel: 1 })

function keyColumn(leaves: Leaf[], asked?: string): string {
  return chooseColumns('m.parquet', leaves, asked).key.path
}

describe('the key column is', () => {
  test('the requested one', () => {
    expect(keyColumn([leaf('uri'), leaf('key'), leaf('path')], 'path')).toBe('path')
    expect(keyColumn([leaf('key'), leaf('object.name')], 'object.name')).toBe('object.name')
  })

  test('else uri, else key', () => {
    expect(keyColumn([leaf('key'), leaf('uri')])).toBe('uri')
    expect(keyColumn([leaf('a'), leaf('key'), leaf('b')])).toBe('key')
  })

  test('else the only string column', () => {
    expect(keyColumn([ID, TAGS, leaf('owner.name'), leaf('path')])).toBe('path')
  })

  test('else the only binary column, if no column is declared a string', () => {
    expect(keyColumn([ID, leaf('path', { annotation: null })])).toBe('path')
    expect(keyColumn([leaf('digest', { annotation: null }), leaf('path')])).toBe('path')
  })
})

describe('a clear error lists the columns when', () => {
  test('the requested column does not exist', () => {
    expect(() => keyColumn([ID, leaf('path')], 'keys')).toThrow(
      'm.parquet: has no column "keys"; its columns are "id" (INT64), "path" (STRING)',
    )
  })

  test('the requested column has no strings', () => {
    expect(() => keyColumn([ID, TAGS], 'id')).toThrow('"id" does not hold one string per row')
    expect(() => keyColumn([ID, TAGS], 'tags')).toThrow('"tags" (list of STRING)')
  })

  test('no column has strings', () => {
    expect(() => keyColumn([ID, TAGS])).toThrow('no column can hold object keys')
  })

  test('several columns have strings', () => {
    expect(() => keyColumn([leaf('a'), ID, leaf('b')])).toThrow(
      'm.parquet: 2 columns could hold the object keys: "a" (STRING), "b" (STRING)',
    )
  })

  test('there are very many of them', () => {
    const many = Array.from({ length: 500 }, (_, index) => leaf(`c${index}`))
    expect(() => keyColumn(many)).toThrow('and 480 more')
  })
})

test('other columns are recognised by name, and ignored if their type does not match', () => {
  const columns = chooseColumns(
    'm.parquet',
    [
      leaf('key'),
      leaf('size'),
      leaf('size_bytes', { type: 'INT32' }),
      leaf('e_tag'),
      leaf('version_id'),
      leaf('destinationKey'),
    ],
    undefined,
  )
  expect(columns.size?.path).toBe('size_bytes')
  expect(columns.etag?.path).toBe('e_tag')
  expect(columns.versionId?.path).toBe('version_id')
  expect(columns.destinationKey?.path).toBe('destinationKey')
})

test.for(['', 'a/b'])('an invalid bucket is refused: %j', async (bucket) => {
  const store = { list: never, listPrefixes: never, read: never }
  const opening = openManifest(store, { key: 'k', etag: 'e', sizeBytes: 100 }, { bucket })
  await expect(opening).rejects.toMatchObject({ code: 'LAGOON_MANIFEST_INVALID_OPTION' })
})

function never(): never {
  throw new Error('was called')
}

describe('if several columns match,', () => {
  test('an exact name at the top level takes precedence over a path', () => {
    const nested = leaf('object.key', { topLevel: false, index: 0 })
    const exact = leaf('object.key', { topLevel: true, index: 1 })
    for (const leaves of [
      [nested, exact],
      [exact, nested],
    ]) {
      expect(chooseColumns('m', leaves, 'object.key').key.index).toBe(1)
    }
  })

  test('two equally good ones are refused', () => {
    const twins = (path: string, topLevel: boolean) => [0, 1].map((index) => leaf(path, { topLevel, index }))
    for (const leaves of [twins('a', true), twins('a.b', false)]) {
      expect(() => keyColumn(leaves, leaves[0]!.path)).toThrow('2 columns are called')
    }
    expect(() => keyColumn(twins('key', true))).toThrow('2 columns could hold the object keys')
    expect(() => keyColumn([leaf('Key'), leaf('KEY')])).toThrow('2 columns could hold the object keys')
    const flag = { type: 'BOOLEAN', annotation: null } as const
    const flags = [leaf('key'), leaf('is_latest', flag), leaf('IsLatest', flag)]
    expect(() => chooseColumns('m', flags, undefined, { versions: true })).toThrow(
      '2 columns say which versions',
    )
    for (const [one, other] of [
      ['version_id', 'VersionId'],
      ['destination_key', 'destinationKey'],
    ]) {
      const pair = [leaf('key'), leaf(one!), leaf(other!)]
      expect(() => chooseColumns('m', pair, undefined)).toThrow('2 columns have the same meaning')
    }
  })
})

test('names match in any case, exact ones first', () => {
  expect(keyColumn([leaf('ETag'), leaf('Key'), leaf('StorageClass')])).toBe('Key')
  expect(keyColumn([leaf('KEY'), leaf('key')])).toBe('key')
  expect(keyColumn([leaf('key'), leaf('URI')])).toBe('URI')
  const columns = chooseColumns(
    'm',
    [leaf('Key'), leaf('ETag'), leaf('Size', { type: 'INT64' }), leaf('VersionId'), leaf('IsLatest')],
    undefined,
    { versions: true },
  )
  expect(columns).toMatchObject({
    etag: { path: 'ETag' },
    size: { path: 'Size' },
    versionId: { path: 'VersionId' },
    isLatest: { path: 'IsLatest' },
  })
})

test.for<[string, string[], string]>([
  ['another name of a key', ['object_key', 'owner'], 'object_key'],
  ['a URI', ['id', 'S3Uri'], 'S3Uri'],
  ['a name beside a bucket', ['bucket', 'name', 'location'], 'name'],
  ['a name with blanks around it', [' key ', 'owner'], ' key '],
  ['a name behind a byte order mark', ['\ufeffkey', 'owner'], '\ufeffkey'],
  ['the only one that is not known as something else', ['bucket', 'path', 'etag'], 'path'],
])('the key column may have %s', ([, names, expected]) => {
  expect(keyColumn(names.map((name) => leaf(name)))).toBe(expected)
})

test.for(['name', 'file'])('a column called %s beside another one is not mistaken for the keys', (name) => {
  expect(() => keyColumn([leaf(name), leaf('owner')])).toThrow('2 columns could hold the object keys')
})

test('a latest-version column in an unknown format is not ignored', () => {
  const leaves = [leaf('key'), leaf('is_latest', { type: 'INT32', annotation: 'DATE' })]
  expect(() => chooseColumns('m', leaves, undefined, { versions: true })).toThrow('true or false')
})
