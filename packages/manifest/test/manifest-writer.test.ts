import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type ManifestRow, createManifestWriter, localManifest, openManifest } from '../src/index.js'
import { readAll } from './read-all.js'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lagoon-writer-'))
})
afterEach(async () => {
  await rm(directory, { recursive: true, force: true })
})

function rows(count: number): ManifestRow[] {
  return Array.from({ length: count }, (_, index) => ({
    key: `raw/é\n${index}`,
    size: index,
    etag: `e${index}`,
    lastModified: new Date(1_700_000_000_000 + index * 1_000),
  }))
}

async function write(given: ManifestRow[], rowsPerFile?: number) {
  const writer = await createManifestWriter({ directory, ...(rowsPerFile && { rowsPerFile }) })
  for (const row of given) {
    writer.write(row)
    await writer.idle()
  }
  return writer.close()
}

async function open(path: string, options: object = {}) {
  const { store, ref } = await localManifest(path)
  return openManifest(store, ref, { bucket: 'lake', ...options })
}

describe('written manifests', () => {
  test('return their rows, in order, with sizes and ETags', async () => {
    const given = rows(70_000)
    const [file, ...others] = await write(given)
    expect(others).toEqual([])
    const reader = await open(file!.path)
    expect(reader.rowGroups).toEqual([{ rows: 65_536 }, { rows: 70_000 - 65_536 }])
    const whole = await readAll(reader)
    expect(whole.keys).toEqual(given.map(({ key }) => key))
    expect(whole.sizes).toEqual(given.map(({ size }) => size))
    expect(whole.etags).toEqual(given.map(({ etag }) => etag))
  })

  test('know the bytes of their objects without being read', async () => {
    const [file] = await write(rows(1_000))
    expect(file).toMatchObject({ rows: 1_000, bytes: 499_500 })
    expect((await open(file!.path)).bytes).toBe(499_500)
  })

  test('do not report the bytes if a row has no size', async () => {
    const [file] = await write([...rows(10), { key: 'x' }])
    expect(file!.bytes).toBe(null)
    const reader = await open(file!.path)
    expect(reader.bytes).toBe(null)
    expect(await reader.totalBytes()).toBe(45)
  })

  test('have a limited number of rows, and their names sort like their rows', async () => {
    const given = rows(10_001)
    const files = await write(given, 5_000)
    expect(files.map(({ rows }) => rows)).toEqual([5_000, 5_000, 1])
    expect((await readdir(directory)).sort()).toEqual([1, 2, 3].map((n) => `manifest-0000${n}.parquet`))
    const keys: (string | null)[] = []
    for (const { path } of files) keys.push(...(await readAll(await open(path))).keys)
    expect(keys).toEqual(given.map(({ key }) => key))
  })

  test('can be filtered by modification time', async () => {
    const given = rows(100)
    const [file] = await write(given)
    const reader = await open(file!.path, { filter: { modifiedFrom: given[98]!.lastModified } })
    expect((await readAll(reader)).keys).toEqual([given[98]!.key, given[99]!.key])
  })

  test('do not exist without rows', async () => {
    expect(await write([])).toEqual([])
    expect(await readdir(directory)).toEqual([])
  })
})

test.for<[string, ManifestRow]>([
  ['an empty key', { key: '' }],
  ['a key of 1,025 bytes', { key: 'x'.repeat(1_025) }],
  ['a key that is not text', { key: '\ud800' }],
  ['a key that would be read as another one', { key: 's3://lake/x' }],
  ['a negative size', { key: 'x', size: -1 }],
])('a row that could not be read back is refused, and the others are written: %s', async ([, row]) => {
  const writer = await createManifestWriter({ directory })
  writer.write({ key: 'a' })
  expect(() => writer.write(row)).toThrow(expect.objectContaining({ code: 'LAGOON_MANIFEST_ROW_REFUSED' }))
  writer.write({ key: 'b' })
  const [file] = await writer.close()
  expect((await readAll(await open(file!.path))).keys).toEqual(['a', 'b'])
})

test('a key that looks like a URI is written as the URI of its object if the bucket is known', async () => {
  const writer = await createManifestWriter({ directory, bucket: 'lake' })
  const keys = ['a', 's3://lake/a', 'S3A://other/b']
  for (const key of keys) writer.write({ key })
  const [file] = await writer.close()
  expect((await readAll(await open(file!.path))).keys).toEqual(keys)
})

test('an invalid key is left to readers on request', async () => {
  const writer = await createManifestWriter({ directory, unusableKeys: 'write' })
  for (const key of ['a', 'x'.repeat(1_025)]) writer.write({ key })
  const [file] = await writer.close()
  const { keys, problems } = await readAll(await open(file!.path))
  expect(keys).toEqual(['a', null])
  expect(problems).toMatchObject([{ code: 'LAGOON_MANIFEST_KEY_TOO_LONG' }])
})

test('an impossible directory is a clear error', async () => {
  await writeFile(join(directory, 'file'), '')
  const opening = createManifestWriter({ directory: join(directory, 'file', 'below') })
  await expect(opening).rejects.toMatchObject({ code: 'LAGOON_MANIFEST_UNWRITABLE' })
})

test.for([{ name: 'a/b' }, { name: '' }, { rowsPerFile: 0 }, { rowsPerFile: 1.5 }, { firstNumber: 0 }])(
  'impossible options are refused: %o',
  async (options) => {
    const opening = createManifestWriter({ directory, ...options })
    await expect(opening).rejects.toMatchObject({ code: 'LAGOON_MANIFEST_INVALID_OPTION' })
  },
)
