import { expect, it } from 'vitest'
import { head } from '../src/keys/fingerprint-order.js'
import { isMerge, loadSortedRun, SortedRun, slotEntries } from '../src/keys/sorted-run.js'
import { segmentKey } from '../src/keys/segment.js'
import { Snapshot } from '../src/lmdb/snapshot.js'
import { openStore } from './helpers.js'

it('a run forgets the segments that a merge has moved, and where they begin', () => {
  const run = new SortedRun(1, 9, false)
  for (const word0 of [10, 20, 30]) run.push(word0, 1)
  run.shift(0)
  expect(run.segments).toHaveLength(3)
  run.shift(2)
  expect(run.segments).toEqual([{ word0: 30, word1: 1, segment: null }])
  expect(run.heads).toEqual([head(30, 1)])
})

it('a run is loaded from the keys of its segments, in order', async () => {
  const store = await openStore()
  store.env.transactionSync(() => {
    for (const [run, word0, word1] of [
      [1, 0xffff_ffff, 9],
      [2, 0, 0],
      [2, 5, 6],
      [2, 0xffff_ffff, 0xffff_ffff],
      [3, 0, 0],
    ] as const)
      void store.segments.put(segmentKey(run, word0, word1), Buffer.of(0))
  })
  const run = loadSortedRun(store, new Snapshot(store), { number: 2, entries: 77, overrides: true })
  expect(run).toMatchObject({ number: 2, entries: 77, overrides: true })
  expect(run.segments.map(({ word0, word1 }) => [word0, word1])).toEqual([
    [0, 0],
    [5, 6],
    [0xffff_ffff, 0xffff_ffff],
  ])
  expect(run.heads).toEqual([0, head(5, 6), 2 ** 53 - 1])
})

it('a merge keeps the formats of its inputs', () => {
  const [a, b, output] = [new SortedRun(1, 10, false), new SortedRun(2, 5, false), new SortedRun(3, 4, false)]
  const merge = { inputs: [a, b], output, boundary: null }
  expect([isMerge(a), isMerge(merge)]).toEqual([false, true])
  expect([slotEntries(a), slotEntries(merge)]).toEqual([10, 15])
})
