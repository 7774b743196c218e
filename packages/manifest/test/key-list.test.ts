import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  type KeyListOptions,
  type KeyListSource,
  LIST_GROUP_ROWS,
  ManifestError,
  fileSource,
  objectSource,
  openKeyList,
  streamSource,
} from '../src/index.js'
import { urlDecode } from '../src/lists/row-parser.js'
import { CountingStore } from './counting-store.js'
import { readAll } from './read-all.js'

function textSource(text: string | Uint8Array, name = 'list'): KeyListSource {
  return { name, open: () => Readable.from([Buffer.from(text as string)]) }
}

function read(text: string | Uint8Array, options: Partial<KeyListOptions> = {}, name = 'list') {
  return readAll(openKeyList(textSource(text, name), { bucket: 'lake', ...options }))
}

function codes(whole: Awaited<ReturnType<typeof read>>): [number, string][] {
  return whole.problems.map(({ index, code }) => [index, code])
}

describe('plain text', () => {
  test('has one key per line, unchanged', async () => {
    const { keys } = await read('a/b\n s p a c e \r\n"quoted",x\n100%2Fa+b\ns3://lake/rest\n')
    expect(keys).toEqual(['a/b', ' s p a c e ', '"quoted",x', '100%2Fa+b', 'rest'])
  })

  test('reports an invalid line, and continues', async () => {
    const bytes = Buffer.concat([
      Buffer.from('a\n'),
      Buffer.from([0xff, 0x0a]),
      Buffer.from(`${'x'.repeat(100_000)}\nb\ns3://other/k`),
    ])
    const whole = await read(bytes)
    expect(whole.keys).toEqual(['a', null, null, 'b', null])
    expect(codes(whole)).toEqual([
      [1, 'LAGOON_MANIFEST_KEY_NOT_UTF8'],
      [2, 'LAGOON_MANIFEST_KEY_TOO_LONG'],
      [4, 'LAGOON_MANIFEST_KEY_OTHER_BUCKET'],
    ])
  })

  test('of no lines has no batch', async () => {
    expect((await read('\n\n')).batches).toEqual([])
  })

  test('of no bytes counts as lost, unless a stream may be empty', async () => {
    await expect(read('')).rejects.toMatchObject({ code: 'LAGOON_MANIFEST_LIST_CORRUPT' })
    const stream = streamSource('standard input', Readable.from([]))
    expect((await readAll(openKeyList(stream, { bucket: 'lake' }))).batches).toEqual([])
  })
})

describe('JSON lines', () => {
  test('contain strings or objects, with optional details', async () => {
    const lines = [
      '"a\\nb"',
      '{"key":"c","size":5,"etag":"\\"e\\"","versionId":"v","destinationKey":"d/c"}',
      '{"key":"ignored","uri":"s3://lake/u","size":-1}',
    ]
    const whole = await read(lines.join('\n'), {}, 'x.jsonl')
    expect(whole.keys).toEqual(['a\nb', 'c', 'u'])
    expect(whole.sizes).toEqual([null, 5, null])
    expect(whole.etags).toEqual([null, 'e', null])
    expect(whole.versionIds).toEqual([null, 'v', null])
    expect(whole.destinationKeys).toEqual([null, 'd/c', null])
  })

  test('may use the column names of any other manifest', async () => {
    const lines = [
      '{"key":"a","size_bytes":5,"version_id":"v","destination_key":"d/a"}',
      '{"key":"b","sizeBytes":6,"ETag":"e","Version_Id":"w"}',
    ]
    const whole = await read(lines.join('\n'), {}, 'x.jsonl')
    expect(whole.sizes).toEqual([5, 6])
    expect(whole.etags).toEqual([null, 'e'])
    expect(whole.versionIds).toEqual(['v', 'w'])
    expect(whole.destinationKeys).toEqual(['d/a', null])
  })

  test('report a line that is not JSON, or has no key or text', async () => {
    const whole = await read('{"key":\n{"name":"x"}\n7\n{"key":null}\n"\\ud800"\n"ok"\n', { format: 'jsonl' })
    expect(whole.keys).toEqual([null, null, null, null, null, 'ok'])
    expect(codes(whole).map(([, code]) => code)).toEqual([
      'LAGOON_MANIFEST_ROW_MALFORMED',
      'LAGOON_MANIFEST_ROW_MALFORMED',
      'LAGOON_MANIFEST_ROW_MALFORMED',
      'LAGOON_MANIFEST_KEY_NULL',
      'LAGOON_MANIFEST_KEY_NOT_UTF8',
    ])
  })
})

describe('CSV', () => {
  test('has a header, and its columns are recognised by name', async () => {
    const whole = await read('Size,Key,E_Tag,VersionId,note\n5,"a,b","""e""",v1,x\n,c,,,\n', {}, 'x.csv')
    expect(whole.keys).toEqual(['a,b', 'c'])
    expect(whole.sizes).toEqual([5, null])
    expect(whole.etags).toEqual(['e', null])
    expect(whole.versionIds).toEqual(['v1', null])
  })

  test('uses the requested column, else uri, else the only one', async () => {
    expect((await read('key,path\na,b\n', { column: 'path' }, 'x.csv')).keys).toEqual(['b'])
    expect((await read('key,uri\na,b\n', {}, 'x.csv')).keys).toEqual(['b'])
    expect((await read('name\na\n', {}, 'x.csv')).keys).toEqual(['a'])
  })

  test('without a column of keys is refused with its header', async () => {
    await expect(read('a,b\n1,2\n', {}, 'x.csv')).rejects.toMatchObject({
      code: 'LAGOON_MANIFEST_COLUMN_AMBIGUOUS',
      message: expect.stringContaining('"a", "b"') as string,
    })
    await expect(read('a,b\n', { column: 'c' }, 'x.csv')).rejects.toMatchObject({
      code: 'LAGOON_MANIFEST_COLUMN_MISSING',
    })
  })

  test('reports a line with too few fields or text after a quote, and continues', async () => {
    const whole = await read('size,key\n1\n2,"a"b\n3,c\n', {}, 'x.csv')
    expect(whole.keys).toEqual([null, null, 'c'])
    expect(whole.problems.map(({ code }) => code)).toEqual([
      'LAGOON_MANIFEST_ROW_MALFORMED',
      'LAGOON_MANIFEST_ROW_MALFORMED',
    ])
  })

  test('with an unclosed quote is an error with the line', async () => {
    await expect(read('key\na\n"b\nc\n', {}, 'x.csv')).rejects.toMatchObject({
      code: 'LAGOON_MANIFEST_LIST_CORRUPT',
      message: expect.stringContaining('line 3') as string,
    })
  })
})

test('S3 Batch Operations lists have the bucket and URL-encoded keys', async () => {
  const whole = await read('lake,a%2Fb+c%25.txt,v1\nother,x\nlake,"q%22,%C3%A9"\n', { format: 's3-batch' })
  expect(whole.keys).toEqual(['a/b c%.txt', null, 'q",é'])
  expect(whole.versionIds).toEqual(['v1', null, null])
  expect(codes(whole)).toEqual([[1, 'LAGOON_MANIFEST_KEY_OTHER_BUCKET']])
})

test('DataSync lists have a key and optionally a version, unencoded', async () => {
  const whole = await read('a%2Fb+c,v1\n"x,y"\n', { format: 'datasync' })
  expect(whole.keys).toEqual(['a%2Fb+c', 'x,y'])
  expect(whole.versionIds).toEqual(['v1', null])
})

test('every key survives the encoding of listings', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (key) => {
      fc.pre(key.isWellFormed())
      expect(urlDecode(Buffer.from(encodeURIComponent(key))).toString()).toBe(key)
      expect(urlDecode(Buffer.from(encodeURIComponent(key).replaceAll('%20', '+'))).toString()).toBe(key)
    }),
  )
  expect(urlDecode(Buffer.from('100%zz%4')).toString()).toBe('100%zz%4')
})

describe('compressed lists are recognised by their first bytes, whatever their name:', () => {
  const text = 'key\n' + Array.from({ length: 50_000 }, (_, index) => `k/${index}\n`).join('')
  test.for<[string, Uint8Array]>([
    ['GZIP', gzipSync(text)],
    ['two GZIP members', Buffer.concat([gzipSync(text.slice(0, 1_000)), gzipSync(text.slice(1_000))])],
    ['Zstandard', zstdCompressSync(text)],
    ['not compressed', Buffer.from(text)],
  ])('%s', async ([, bytes]) => {
    const { keys } = await read(bytes, { format: 'csv' })
    expect(keys).toHaveLength(50_000)
    expect(keys.at(-1)).toBe('k/49999')
  })

  test.for<[string, Uint8Array]>([
    ['GZIP', gzipSync(text).subarray(0, -100)],
    ['Zstandard', zstdCompressSync(text).subarray(0, -100)],
    ['damaged Zstandard', zstdCompressSync(text).fill(7, 20, 60)],
  ])('truncated, they are an error and not fewer keys: %s', async ([, bytes]) => {
    await expect(read(bytes, { format: 'csv' })).rejects.toMatchObject({
      code: 'LAGOON_MANIFEST_LIST_CORRUPT',
    })
  })
})

test('a Parquet file is not mistaken for a list', async () => {
  await expect(read('PAR1....PAR1')).rejects.toMatchObject({ code: 'LAGOON_MANIFEST_LIST_CORRUPT' })
})

describe('a long list', () => {
  const count = LIST_GROUP_ROWS * 2 + 10
  const text = Array.from({ length: count }, (_, index) => `k/${index}`).join('\n')

  test('is read in batches that never span row groups, each group ended once', async () => {
    const { batches, keys } = await read(text)
    expect(keys).toHaveLength(count)
    expect(batches.filter(({ lastOfRowGroup }) => lastOfRowGroup).map(({ rowGroup }) => rowGroup)).toEqual([
      0, 1, 2,
    ])
    for (const { rowGroup, firstRow, keys: part } of batches) {
      expect(part[0]).toBe(`k/${firstRow}`)
      expect(Math.floor((firstRow + part.length - 1) / LIST_GROUP_ROWS)).toBe(rowGroup)
    }
  })

  test('can be skipped by row groups', async () => {
    const whole = await readAll(openKeyList(textSource(text), { bucket: 'lake' }), {
      skipRowGroup: (index) => index !== 1,
    })
    expect(whole.keys[0]).toBe(`k/${LIST_GROUP_ROWS}`)
    expect(whole.keys).toHaveLength(LIST_GROUP_ROWS)
  })

  test('is filtered, and the remaining rows keep their numbers', async () => {
    const { keys, batches } = await read(text, { filter: { pattern: /77777$/ } })
    expect(keys).toEqual(['k/77777'])
    expect(batches.flatMap(({ rows }) => rows ?? [])).toEqual([77_777])
  })
})

describe('a list is read from', () => {
  let directory: string
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'lagoon-list-'))
  })
  afterEach(async () => {
    await rm(directory, { recursive: true, force: true })
  })

  test('a local file, any number of times', async () => {
    const path = join(directory, 'keys.csv')
    await writeFile(path, 'key\na\nb\n')
    const list = openKeyList(fileSource(path), { bucket: 'lake' })
    expect((await readAll(list)).keys).toEqual(['a', 'b'])
    expect((await readAll(list)).keys).toEqual(['a', 'b'])
  })

  test('a missing local file: a clear error', async () => {
    const list = openKeyList(fileSource(join(directory, 'none')), { bucket: 'lake' })
    await expect(readAll(list)).rejects.toMatchObject({ code: 'LAGOON_MANIFEST_UNREADABLE' })
  })

  test('an object, by ranges under one ETag', async () => {
    const store = new CountingStore()
    const text = Array.from({ length: 400_000 }, (_, index) => `k/${index}`).join('\n')
    const ref = store.put('lists/keys.txt', Buffer.from(text))
    const { keys } = await readAll(openKeyList(objectSource(store, ref), { bucket: 'lake' }))
    expect(keys).toHaveLength(400_000)
    expect(store.bytesRead).toBe(ref.sizeBytes)
    store.put(ref.key, Buffer.from('other'))
    const again = readAll(openKeyList(objectSource(store, ref), { bucket: 'lake' }))
    await expect(again).rejects.toMatchObject({ code: 'LAGOON_MANIFEST_CHANGED' })
  })

  test('standard input or another stream, once', async () => {
    const list = openKeyList(streamSource('-', Readable.from([Buffer.from('a\nb')])), { bucket: 'lake' })
    expect((await readAll(list)).keys).toEqual(['a', 'b'])
    await expect(readAll(list)).rejects.toMatchObject({ code: 'LAGOON_MANIFEST_UNREADABLE' })
  })
})

test('ending the loop early stops the source', async () => {
  let stopped = false
  const source: KeyListSource = {
    name: 'endless',
    async *open() {
      try {
        for (;;) yield Buffer.from('key\n'.repeat(1_000))
      } finally {
        stopped = true
      }
    },
  }
  for await (const { keys } of openKeyList(source, { bucket: 'lake' }).batches()) {
    expect(keys[0]).toBe('key')
    break
  }
  expect(stopped).toBe(true)
})

test('an unknown format is refused by name', () => {
  const options = { bucket: 'lake', format: 'xml' as never }
  expect(() => openKeyList(textSource(''), options)).toThrow('"xml" is not a format')
})

test.for(['text', 'jsonl', 'csv', 's3-batch', 'datasync'] as const)(
  'any bytes result in rows or one error with the reason: %s',
  async (format) => {
    const soup = fc.uint8Array({ maxLength: 200 })
    const likely = fc.string({
      unit: fc.constantFrom('"', ',', '\n', '\r', '{', '}', ':', 'key', 'lake', '%', '\\', 'é'),
      maxLength: 60,
    })
    const packed = soup.map((bytes) => Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0]), bytes]))
    await fc.assert(
      fc.asyncProperty(fc.oneof(soup, likely, packed), async (bytes) => {
        const outcome = await read(bytes, { format }).then(
          ({ keys, problems }) => keys.filter((key) => key === null).length === problems.length,
          (error: unknown) => error instanceof ManifestError,
        )
        expect(outcome).toBe(true)
      }),
      { numRuns: 300 },
    )
  },
)

describe('format detection', () => {
  test.each([
    ['list', 'a\nb\n', ['a', 'b']],
    ['list', '\n"a"\n{"key":"b"}\n', ['a', 'b']],
    ['list.txt', '"a"\n', ['"a"']],
    ['list.jsonl.gz', '"a"\n', ['a']],
    ['list', 'size,KEY\n1,a\n', ['a']],
    ['list', 'key\n', ['key']],
    ['list', 'a,b\n', ['a,b']],
    ['list', 'lake,a%2Fb\n', ['a/b']],
    ['list.csv', '\ufeff"uri",size\na,1\n', ['a']],
    ['list.csv', 'lake,a+b,v1\n', ['a b']],
    ['list.csv', 'a\nb\n', ['a', 'b']],
    ['list.csv', 'a%20b,v1\nc\n', ['a%20b', 'c']],
    ['list', '\n', []],
    ['list.csv', '\n', []],
  ])('a file called %s that begins with %j is read correctly', async (name, text, keys) => {
    for (const bytes of [Buffer.from(text), gzipSync(text)]) {
      expect((await read(bytes, { format: 'auto' }, name)).keys).toEqual(keys)
    }
  })

  test('a CSV is recognised by the requested column in its first line', async () => {
    const text = 'id,path\n1,a\n'
    expect((await read(text, { format: 'auto', column: 'path' }, 'list.csv')).keys).toEqual(['a'])
    await expect(read(text, { format: 'auto', column: 'way' }, 'list.csv')).rejects.toMatchObject({
      code: 'LAGOON_MANIFEST_COLUMN_MISSING',
    })
    await expect(read('a,b,c\n', { format: 'auto' }, 'list.csv')).rejects.toMatchObject({
      code: 'LAGOON_MANIFEST_COLUMN_AMBIGUOUS',
    })
  })

  test('a stream is read once, in any chunking', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: 30 }), { maxLength: 5 }), async (cuts) => {
        const text = Buffer.from('size,key\r\n1,a\r\n2,b\r\n')
        const at = [0, ...cuts.toSorted((a, b) => a - b), text.length]
        const pieces = at.slice(1).map((end, i) => text.subarray(at[i], end))
        const source = streamSource('stream', Readable.from(pieces))
        expect((await readAll(openKeyList(source, { bucket: 'lake', format: 'auto' }))).keys).toEqual([
          'a',
          'b',
        ])
      }),
    )
  })
})

test('aborting a silent stream ends the reading with the reason of the signal', async () => {
  const stream = new Readable({ read: () => undefined })
  const stop = new AbortController()
  const reason = new Error('enough')
  const reader = openKeyList(streamSource('stream', stream), { bucket: 'lake', format: 'auto' })
  const reading = readAll(reader, { signal: stop.signal })
  setImmediate(() => stop.abort(reason))
  await expect(reading).rejects.toBe(reason)
  expect(stream.destroyed).toBe(true)
})
