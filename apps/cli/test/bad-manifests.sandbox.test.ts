import { expect, test } from 'vitest'
import { expectExit } from './support/expect-exit.js'
import { parquetBytes, type Row, type Schema } from './support/parquet-bytes.js'
import { sandboxJob } from './support/sandbox-job.js'
import { summaryOf } from './support/summary-of.js'

const text: Schema = { uri: { type: 'UTF8', optional: true } }
const good = await parquetBytes(text, [{ uri: 'data/a' }, { uri: 'data/b' }])

const footerStart = good.length - 8 - Buffer.from(good).readUInt32LE(good.length - 8)

/** The good file with some of its bytes written over. */
function damaged(at: number, bytes: Uint8Array | string | number[]): Buffer {
  const copy = Buffer.from(good)
  copy.set(Buffer.from(bytes as string), at < 0 ? copy.length + at : at)
  return copy
}

const broken: [string, Uint8Array | string, RegExp][] = [
  ['is not Parquet', 'key\ndata/a\n', /LAGOON_MANIFEST_NOT_PARQUET/],
  [
    'is truncated',
    good.subarray(0, good.length - 20),
    /LAGOON_MANIFEST_(?:NOT_PARQUET|TRUNCATED|FOOTER_CORRUPT)/,
  ],
  ['is empty', '', /LAGOON_MANIFEST_(?:NOT_PARQUET|TRUNCATED)/],
  ['has an encrypted footer', damaged(-4, 'PARE'), /LAGOON_MANIFEST_ENCRYPTED/],
  ['has a footer longer than itself', damaged(-8, [255, 255, 255, 127]), /LAGOON_MANIFEST_FOOTER_CORRUPT/],
  ['has a footer of nonsense', damaged(footerStart, Buffer.alloc(8, 0xff)), /LAGOON_MANIFEST_FOOTER_CORRUPT/],
  ['has a page of nonsense', damaged(4, Buffer.alloc(8, 0xff)), /LAGOON_MANIFEST_PAGE_CORRUPT/],
  [
    'has no fitting column',
    await parquetBytes({ size: { type: 'INT64' } }, [{ size: 1 }]),
    /LAGOON_MANIFEST_COLUMN_/,
  ],
  [
    'has several string columns and none named',
    await parquetBytes({ one: { type: 'UTF8' }, two: { type: 'UTF8' } }, [{ one: 'a', two: 'b' }]),
    /LAGOON_MANIFEST_COLUMN_AMBIGUOUS/,
  ],
]

test.each(broken)(
  'a manifest that %s fails with its name and a code, the others are copied, exit 3',
  async (_, bytes, code) => {
    const job = await sandboxJob()
    await job.putObjects(['data/a', 'data/b'])
    await job.source.store.put('lake', 'manifest/broken.parquet', bytes)
    await job.putKeys('manifest/good.parquet', ['data/a', 'data/b'])
    const result = await job.run(['--json'])
    expectExit(result, 3)
    expect(summaryOf(result)).toMatchObject({
      completed: 2,
      failed: 0,
      manifests: { completed: 1, skipped: 0, failed: 1 },
    })
    const failed = result.events().filter(({ type, status }) => type === 'manifest' && status === 'failed')
    expect(failed).toEqual([
      expect.objectContaining({
        key: 'manifest/broken.parquet',
        code: expect.stringMatching(code),
        hint: expect.any(String),
      }),
    ])
    expect(result.stderr).toContain('manifest/broken.parquet')
  },
)

test('--manifest-column selects one of several columns', async () => {
  const job = await sandboxJob()
  await job.putObjects(['data/a'])
  const schema: Schema = { one: { type: 'UTF8' }, two: { type: 'UTF8' } }
  await job.putManifest('manifest/m.parquet', [{ one: 'x', two: 'data/a' }], schema)
  const result = await job.run(['--json', '--manifest-column', 'two'])
  expectExit(result, 0)
  expect(job.copied()).toEqual(['data/a'])
})

test('unusable rows fail individually with their own codes, and the rest is copied', async () => {
  const job = await sandboxJob()
  await job.putObjects(['data/a', 'data/b'])
  const rows: Row[] = [
    { uri: Buffer.from('data/a') },
    { uri: null },
    { uri: Buffer.from('') },
    { uri: Buffer.from('x'.repeat(1025)) },
    { uri: Buffer.from([0x64, 0xff, 0xfe]) },
    { uri: Buffer.from('s3://elsewhere/data/a') },
    { uri: Buffer.from('s3://lake/data/b') },
  ]
  const job2 = await parquetBytes({ uri: { type: 'BYTE_ARRAY', optional: true } }, rows)
  await job.source.store.put('lake', 'manifest/m.parquet', job2)
  const result = await job.run(['--json', '--manifest-column', 'uri'])
  expectExit(result, 3)
  expect(summaryOf(result)).toMatchObject({ completed: 2, skipped: 0, failed: 5, missing: 0 })
  const failures = result.events().filter(({ type }) => type === 'failure')
  expect(failures.map(({ row, code }) => [row, code])).toEqual([
    [1, 'LAGOON_MANIFEST_KEY_NULL'],
    [2, 'LAGOON_MANIFEST_KEY_EMPTY'],
    [3, 'LAGOON_MANIFEST_KEY_TOO_LONG'],
    [4, 'LAGOON_MANIFEST_KEY_NOT_UTF8'],
    [5, 'LAGOON_MANIFEST_KEY_OTHER_BUCKET'],
  ])
  expect(failures[0]).toMatchObject({ key: '' })
  expect(job.copied()).toEqual(['data/a', 'data/b'])
})

test('a key that appears twice, in one manifest or in two, is copied once and counted as skipped', async () => {
  const job = await sandboxJob()
  await job.putObjects(['data/a', 'data/b'])
  await job.putKeys('manifest/1.parquet', ['data/a', 'data/a'])
  await job.putKeys('manifest/2.parquet', ['data/b', 'data/a'])
  const result = await job.run(['--json'])
  expectExit(result, 0)
  expect(summaryOf(result)).toMatchObject({ completed: 2, skipped: 2, failed: 0 })
  expect(job.destination.requests.byOperation.PutObject).toBe(2)
})
