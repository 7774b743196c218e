import fc from 'fast-check'
import { expect, test } from 'vitest'
import { damaged } from '../src/errors.js'
import { gapsOf, includes, overlapOf, sizeOf, withoutRange, withRange } from '../src/records/intervals.js'
import { decodeItem, encodeItem, newItemRecord } from '../src/records/item-record.js'
import { newPlan, sliceAt, planSlicesOf, stageOf, withDone } from '../src/records/plan-record.js'
import { NO_COUNTS } from '../src/records/counts.js'
import { SettledRows } from '../src/records/settled-rows.js'
import { cutRowGroups } from '../src/planner/slices.js'

const range = fc.tuple(fc.nat(60), fc.nat(20)).map(([from, length]) => [from, from + length] as const)

test('ranges behave like the set of their numbers', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), range), { maxLength: 12 }), range, (steps, [from, to]) => {
      let ranges: readonly number[] = []
      const numbers = new Set<number>()
      for (const [adds, [start, end]] of steps) {
        ranges = adds ? withRange(ranges, start, end) : withoutRange(ranges, start, end)
        for (let n = start; n < end; n += 1)
          if (adds) numbers.add(n)
          else numbers.delete(n)
      }
      const sorted = [...ranges]
      expect(sorted).toEqual([...new Set(sorted)].sort((a, b) => a - b))
      expect(sizeOf(ranges)).toBe(numbers.size)
      const within = Array.from({ length: to - from }, (_, i) => from + i)
      expect(overlapOf(ranges, from, to)).toBe(within.filter((n) => numbers.has(n)).length)
      expect(sizeOf(gapsOf(ranges, from, to))).toBe(within.filter((n) => !numbers.has(n)).length)
      expect(within.filter((n) => includes(ranges, n))).toEqual(within.filter((n) => numbers.has(n)))
    }),
  )
})

test('settled rows survive a round trip through a record', () => {
  fc.assert(
    fc.property(
      fc.nat(100_000),
      fc.uniqueArray(fc.nat(3000), { maxLength: 400 }),
      fc.nat(2000),
      fc.uniqueArray(fc.nat(3000), { maxLength: 20 }),
      (from, rows, all, back) => {
        const settled = new SettledRows(from)
        settled.addRange(from, from + all)
        for (const row of rows) settled.add(from + row)
        const known = new Set([...rows, ...Array.from({ length: all }, (_, i) => i)])
        settled.remove(back.map((row) => from + row))
        for (const row of back) known.delete(row)
        const again = SettledRows.from(from, settled.through, settled.toWindow())
        expect(again.count).toBe(known.size)
        expect([again.through, again.end]).toEqual([settled.through, settled.end])
        const rowsOf = (has: (row: number) => boolean): number[] =>
          Array.from({ length: 3001 }, (_, row) => row).filter(has)
        expect(rowsOf((row) => again.has(from + row))).toEqual(rowsOf((row) => known.has(row)))
      },
    ),
    { numRuns: 50 },
  )
})

test('progress takes a few hundred bytes: a watermark, and bits for the rows above it', () => {
  const sizeWith = (inFlight: number): number => {
    const rows = new SettledRows(0)
    for (let row = 0; row < 40_000; row += 1) rows.add(row)
    // At most twice the limit and sixteen are open, ended in any order.
    for (let row = 40_000; row < 40_000 + 4 * inFlight; row += 2) rows.add(row + 1)
    const window = rows.toWindow()!
    return encodeItem({
      ...newItemRecord(0, 65_536),
      state: 'held',
      holder: 'w-0123456789ab',
      epoch: 1,
      through: rows.through,
      window,
      counts: { ...NO_COUNTS, copied: rows.count, bytes: 10 ** 9 },
    }).length
  }
  expect(sizeWith(32)).toBeLessThan(200)
  expect(sizeWith(256)).toBeLessThan(400)
  expect(sizeWith(1024)).toBeLessThan(1200)
})

test('the items of a plan are disjoint and cover its rows', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(5000), { maxLength: 6 }),
      fc.integer({ min: 1, max: 2000 }),
      (rowGroups, itemRows) => {
        const plan = newPlan({ key: 'm', etag: 'e', scope: '', runs: cutRowGroups(rowGroups, itemRows) })
        let at = 0
        let done: typeof plan = plan
        for (const { rowGroup, from, to } of planSlicesOf(plan)) {
          expect(from).toBe(at)
          expect(sliceAt(plan, rowGroup, from)).toMatchObject({ rowGroup, from, to })
          at = to!
          const next = withDone(done, from, to!, { ...NO_COUNTS, copied: to! - from })
          if (to! > from) done = next as typeof plan
          expect(withDone(done, from, to!, NO_COUNTS)).toBeNull()
        }
        const rows = rowGroups.reduce((sum, group) => sum + group, 0)
        expect(at).toBe(rows)
        expect(stageOf(done)).toBe('finished')
        expect(done.counts.copied).toBe(rows)
        expect(done.done.length).toBeLessThanOrEqual(2)
      },
    ),
  )
})

test('a malformed record is reported by its name', () => {
  const stored = { key: 'item.x', revision: 1, writtenAt: 0 }
  for (const text of ['', '{', '{}', '{"counts":[1],"through":"7"}']) {
    expect(() => decodeItem({ ...stored, value: new TextEncoder().encode(text) })).toThrow(
      damaged('item.x').message,
    )
  }
})
