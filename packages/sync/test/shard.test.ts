import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type KeyBatch,
  type ManifestSource,
  identityOfJob,
  resolveOptions,
  shardHash,
  type Shard,
} from '../src/index.js'
import { shardedManifests } from '../src/rows/shard.js'

/** Test vectors of the contract: XXH64 with seed 0, as `xxhsum -H64` prints it. */
it.each([
  ['', 0xef46db3751d8e999n],
  ['a', 0xd24ec4f1a98c6e5bn],
  ['abc', 0x44bc2cf5ad770999n],
] as const)('the shard of %j is its XXH64 modulo the number of shards', async (key, hash) => {
  for (const count of [1, 2, 3, 16, 65_535]) {
    const shardOf = await shardHash(count)
    expect(shardOf(key)).toBe(Number(hash % BigInt(count)))
  }
})

it('these keys are in these shards of sixteen, in every release', async () => {
  const shardOf = await shardHash(16)
  const keys = ['data/part-00000.parquet', 'données/été.parquet', 'a/b/c', '\u{1f600}']
  expect(keys.map(shardOf)).toEqual(VECTORS)
})
const VECTORS = [7, 9, 0, 0]

const REF = { key: 'm.parquet', etag: 'e', sizeBytes: 1 }

interface Row {
  key: string | null
  to: string | null
}

/** One manifest with these row groups. */
function sourceOf(groups: readonly (readonly Row[])[]): ManifestSource {
  return {
    async *discover() {
      yield REF
    },
    suggestPrefixes: async () => [],
    open: async () => ({
      rows: groups.flat().length,
      bytes: null,
      rowGroups: groups.map(({ length }) => ({ rows: length })),
      async *batches({ skipRowGroup = () => false } = {}) {
        let firstRow = 0
        for (const [rowGroup, rows] of groups.entries()) {
          const batch: KeyBatch = {
            rowGroup,
            firstRow,
            lastOfRowGroup: true,
            keys: rows.map(({ key }) => key),
            destinationKeys: rows.map(({ to }) => to),
            problems: rows.flatMap(({ key }, index) =>
              key === null ? [{ index, key: '', code: 'LAGOON_MANIFEST_NULL_KEY', message: 'null' }] : [],
            ),
          }
          if (!skipRowGroup(rowGroup)) yield batch
          firstRow += rows.length
        }
      },
    }),
  }
}

/** Row number → destination key, for all rows of a shard; and the row groups that ended. */
async function rowsOf(groups: readonly (readonly Row[])[], shard: Shard) {
  const rows = new Map<number, string | null>()
  const ended: number[] = []
  const reader = await shardedManifests(sourceOf(groups), shard).open(REF)
  for await (const batch of reader.batches()) {
    batch.keys.forEach((key, i) => {
      const row = batch.rows?.[i] ?? batch.firstRow + i
      expect(rows.has(row)).toBe(false)
      rows.set(row, key === null ? null : (batch.destinationKeys![i] ?? key))
      expect(batch.problems.some(({ index }) => index === i)).toBe(key === null)
    })
    if (batch.lastOfRowGroup) ended.push(batch.rowGroup)
  }
  return { rows, ended, announced: reader.rows }
}

const key = fc.constantFrom('a', 'b', 'c', 'dd', 'ee', 'f/g')
const row = fc.record({ key: fc.option(key), to: fc.option(key) })
const groups = fc.array(fc.array(row, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 5 })

describe('shards', () => {
  it('by key: each row is in exactly one, all rows of a destination key in the same, and every row group ends in each', async () => {
    await fc.assert(
      fc.asyncProperty(groups, fc.integer({ min: 1, max: 5 }), async (all, count) => {
        const seen = new Map<number, number>()
        const shardOfKey = new Map<string, number>()
        for (let index = 0; index < count; index++) {
          const { rows, ended } = await rowsOf(all, { index, count })
          expect(ended).toEqual(all.map((_, group) => group))
          for (const [at, to] of rows) {
            expect(seen.has(at)).toBe(false)
            seen.set(at, index)
            if (to === null) continue
            expect(shardOfKey.get(to) ?? index).toBe(index)
            shardOfKey.set(to, index)
          }
        }
        expect(seen.size).toBe(all.flat().length)
      }),
      { numRuns: 50 },
    )
  })

  it('by row group: each row group is in exactly one, and its rows are announced', async () => {
    await fc.assert(
      fc.asyncProperty(groups, fc.integer({ min: 1, max: 5 }), async (all, count) => {
        const ends: number[] = []
        for (let index = 0; index < count; index++) {
          const { rows, ended, announced } = await rowsOf(all, { index, count, by: 'row-group' })
          expect(announced).toBe(rows.size)
          ends.push(...ended)
        }
        expect(ends.sort((a, b) => a - b)).toEqual(all.map((_, group) => group))
      }),
      { numRuns: 50 },
    )
  })

  it.each([
    { index: 16, count: 16 },
    { index: -1, count: 2 },
    { index: 0, count: 0 },
    { index: 0.5, count: 2 },
    { index: 0, count: 65_536 },
    { index: 0, count: 2, by: 'size' as 'key' },
  ])('%j is refused', (shard) => {
    expect(() => resolveOptions({ ...JOB, shard })).toThrow(/shard\./)
  })
})

const JOB = {
  source: { bucket: 'lake', region: 'r', endpointUrl: 'http://a' },
  destination: { bucket: 'copy', region: 'r' },
  dataDir: 'data',
} as const

it('the identity of a job includes its shard, and the aliases of its stores', () => {
  expect(identityOfJob(JOB)).toEqual({ source: 'http://a/lake', destination: 's3://copy (r)' })
  expect(
    identityOfJob({ ...JOB, aliases: { source: 'minio' }, shard: { index: 3, count: 16, by: 'row-group' } }),
  ).toEqual({ source: 'minio/lake', destination: 's3://copy (r)', shard: '3/16 by row-group' })
})
