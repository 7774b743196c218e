import { expect, it } from 'vitest'
import { ManifestProgress } from '../src/manifests/progress.js'
import { ManifestTally } from '../src/manifests/tally.js'
import { MemoryState } from './memory-state.js'

function progress(): { manifest: ManifestProgress; said: string[]; finished: () => number } {
  const said: string[] = []
  let finished = 0
  const ref = { key: 'm', etag: 'e', sizeBytes: 1 }
  const state = new MemoryState().manifest(ref)
  const manifest = new ManifestProgress(
    ref,
    {
      state: {
        ...state,
        settleRowGroup: (index, rows) => said.push(`settle ${index} ${rows}`),
        finish: ({ rows }) => said.push(`finish ${rows}`),
      },
      tally: new ManifestTally('e'),
    },
    () => (finished += 1),
  )
  return { manifest, said, finished: () => finished }
}

it('settles a row group only once it was read to its end and no row of it is open', () => {
  const { manifest, said } = progress()
  manifest.read(0, 5, 2, false)
  manifest.rowDone(0)
  manifest.rowDone(0)
  expect(said).toEqual([])
  manifest.read(0, 3, 1, true)
  expect(said).toEqual([])
  manifest.rowDone(0)
  expect(said).toEqual(['settle 0 8'])
})

it('settles a row group without open rows immediately', () => {
  const { manifest, said } = progress()
  manifest.read(0, 5, 0, true)
  expect(said).toEqual(['settle 0 5'])
})

it('finishes the manifest once, after its last row group, whatever their order', () => {
  const { manifest, said, finished } = progress()
  manifest.read(0, 1, 1, true)
  manifest.read(1, 1, 1, true)
  manifest.end(2, 2)
  manifest.rowDone(1)
  expect(finished()).toBe(0)
  manifest.rowDone(0)
  expect(said).toEqual(['settle 1 1', 'settle 0 1', 'finish 2'])
  expect(finished()).toBe(1)
})

it('does not finish a manifest that was not read to its end', () => {
  const { manifest, said } = progress()
  manifest.read(0, 1, 1, true)
  manifest.rowDone(0)
  expect(said).toEqual(['settle 0 1'])
})

it('ignores retried rows of groups that an earlier run settled', () => {
  const { manifest, said } = progress()
  manifest.rowDone(7)
  expect(said).toEqual([])
})
