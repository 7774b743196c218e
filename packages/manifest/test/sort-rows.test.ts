import fc from 'fast-check'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type ManifestRow, sortRows } from '../src/index.js'

let directory: string
beforeEach(async () => void (directory = await mkdtemp(join(tmpdir(), 'lagoon-sort-'))))
afterEach(() => rm(directory, { recursive: true, force: true }))

async function* inPortions(rows: readonly ManifestRow[], size: number): AsyncGenerator<ManifestRow[]> {
  for (let at = 0; at < rows.length; at += size) yield rows.slice(at, at + size)
}

async function sorted(
  rows: readonly ManifestRow[],
  memoryBytes?: number,
  portion = 7,
): Promise<ManifestRow[]> {
  const options = { directory, ...(memoryBytes === undefined ? {} : { memoryBytes }) }
  const all: ManifestRow[] = []
  for await (const portionOfRows of sortRows(inPortions(rows, portion), options)) all.push(...portionOfRows)
  return all
}

/** As a listing orders keys: by their bytes; the sort of arrays keeps equal ones in order. */
const expected = (rows: readonly ManifestRow[]): ManifestRow[] =>
  rows.toSorted((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)))

const key = fc.string({
  unit: fc.constantFrom('a', 'b', '/', '\n', '"', 'é', '\ud7ff', '\uffee', '😀'),
  maxLength: 5,
})

test('rows are sorted like a listing, with equal keys in their original order, in memory and on disk', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(key, { maxLength: 80 }),
      fc.constantFrom(1_000, 3_000, undefined),
      async (keys, memoryBytes) => {
        const rows = keys.map((own, index) => ({ key: own, size: index }))
        expect(await sorted(rows, memoryBytes)).toEqual(expected(rows))
      },
    ),
    { numRuns: 200 },
  )
})

test('a row on disk keeps all its values, and no others', async () => {
  const rows: ManifestRow[] = [
    {
      key: 'd',
      size: 0,
      etag: 'e',
      lastModified: new Date(1_700_000_000_123),
      versionId: 'v',
      destinationKey: 'x\ny',
    },
    { key: 'c', etag: 'only' },
    { key: 'b', lastModified: new Date(0) },
    { key: 'a'.repeat(100_000), size: 2 ** 53 - 1 },
  ]
  expect(await sorted(rows, 1_000, 1)).toEqual(rows.toReversed())
})

test('more runs than can be merged together are merged in several passes', async () => {
  const rows = Array.from({ length: 2_000 }, (_, index) => ({
    key: `k${(index * 7_919) % 2_000}`,
    size: index,
  }))
  expect(await sorted(rows, 1_000)).toEqual(expected(rows))
})

describe('nothing stays in the directory', () => {
  const rows = Array.from({ length: 100 }, (_, index) => ({ key: `k${index % 10}` }))

  test('while rows are sorted, so that a process that is killed leaves nothing', async () => {
    for await (const _ of sortRows(inPortions(rows, 10), { directory, memoryBytes: 1_000 })) {
      expect(await readdir(directory)).toEqual([])
    }
  })

  test('and no file stays open after an error of the rows, or an early end', async () => {
    async function* failing(): AsyncGenerator<ManifestRow[]> {
      yield* inPortions(rows, 10)
      throw new Error('broken')
    }
    const open = async (): Promise<number> => (await readdir('/proc/self/fd').catch(() => [])).length
    const before = await open()
    await expect(sortRows(failing(), { directory, memoryBytes: 1_000 }).next()).rejects.toThrow('broken')
    for await (const _ of sortRows(inPortions(rows, 10), { directory, memoryBytes: 1_000 })) break
    expect(await open()).toBe(before)
    expect(await readdir(directory)).toEqual([])
  })
})

test('an impossible directory is a clear error', async () => {
  const rows = inPortions(
    Array.from({ length: 50 }, () => ({ key: 'k' })),
    10,
  )
  const sorting = sortRows(rows, { directory: '/dev/null/sorted', memoryBytes: 1_000 }).next()
  await expect(sorting).rejects.toMatchObject({ code: 'LAGOON_MANIFEST_UNWRITABLE' })
})

test('an impossible budget is refused', async () => {
  const sorting = sortRows(inPortions([], 1), { directory, memoryBytes: 10 }).next()
  await expect(sorting).rejects.toMatchObject({ code: 'LAGOON_MANIFEST_INVALID_OPTION' })
})
