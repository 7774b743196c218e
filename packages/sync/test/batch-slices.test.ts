import fc from 'fast-check'
import { expect, it } from 'vitest'
import { slicesOf } from '../src/rows/batches.js'
import type { KeyBatch } from '../src/ports/manifests.js'

const anyBatch = fc
  .array(fc.option(fc.string()), { maxLength: 40 })
  .chain((keys) =>
    fc.record({ keys: fc.constant(keys), firstRow: fc.nat(), last: fc.boolean(), more: fc.boolean() }),
  )
  .map(({ keys, firstRow, last, more }): KeyBatch => ({
    rowGroup: 3,
    firstRow,
    lastOfRowGroup: last,
    keys,
    problems: keys.flatMap((key, index) =>
      key === null ? [{ index, key: '', code: 'C', message: `row ${index}` }] : [],
    ),
    sizes: keys.map((_, i) => i),
    rows: keys.map((_, i) => firstRow + 2 * i),
    ...(more && {
      etags: keys.map((_, i) => `etag ${i}`),
      versionIds: keys.map((_, i) => `version ${i}`),
      destinationKeys: keys.map((_, i) => `there ${i}`),
    }),
  }))

it('gives every row once and in order, with its number, its size and its problem', () => {
  fc.assert(
    fc.property(anyBatch, fc.integer({ min: 1, max: 9 }), (batch, sliceRows) => {
      const slices = [...slicesOf(batch, sliceRows)]
      expect(slices.flatMap(({ keys }) => keys)).toEqual(batch.keys)
      expect(slices.flatMap(({ sizes }) => sizes)).toEqual(batch.sizes)
      expect(slices.flatMap(({ rows }) => rows)).toEqual(batch.rows)
      for (const column of ['etags', 'versionIds', 'destinationKeys'] as const)
        expect(slices.flatMap((slice) => slice[column] ?? [])).toEqual(batch[column] ?? [])
      expect(slices.flatMap(({ firstRow, keys }) => keys.map((_, i) => firstRow + i))).toEqual(
        batch.keys.map((_, i) => batch.firstRow + i),
      )
      const problems = slices.flatMap((slice) =>
        slice.problems.map((problem) => ({
          ...problem,
          index: problem.index + slice.firstRow - batch.firstRow,
        })),
      )
      expect(problems).toEqual(batch.problems)
      for (const slice of slices) expect(slice.keys.length).toBeLessThanOrEqual(sliceRows)
    }),
  )
})

it('marks only the last slice as the end of the row group, even for an empty batch', () => {
  fc.assert(
    fc.property(anyBatch, fc.integer({ min: 1, max: 9 }), (batch, sliceRows) => {
      const ends = [...slicesOf(batch, sliceRows)].map(({ lastOfRowGroup }) => lastOfRowGroup)
      expect(ends.at(-1)).toBe(batch.lastOfRowGroup)
      expect(ends.slice(0, -1)).not.toContain(true)
    }),
  )
})
