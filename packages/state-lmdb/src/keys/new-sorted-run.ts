import { emptyBatch, fillBatch, type Batch } from './lookup-batch.js'
import type { Memtable } from './memtable.js'
import { SegmentCollector, type Layout } from './merge.js'
import { SortedRun } from './sorted-run.js'
import type { SegmentDraft } from './segment.js'

/** A run to be written. */
export interface NewSortedRun {
  readonly run: SortedRun
  readonly drafts: SegmentDraft[]
}

interface PlanSortedRunOptions {
  /** Looks up what older runs contain. */
  readonly find: (batch: Batch) => void
  readonly layout: Layout
  /** Of the new run. */
  readonly number: number
}

/** Plans the run of what a memtable has and older runs lack, or have in another version; `added` of it are in no older run. */
export function planSortedRun(
  memtable: Memtable | null,
  { find, layout, number }: PlanSortedRunOptions,
): { fresh: NewSortedRun | null; added: number } {
  if (memtable === null || memtable.size === 0) return { fresh: null, added: 0 }
  const { size } = memtable
  const order = memtable.sorted()
  const batch = emptyBatch(size)
  fillBatch(batch, memtable.words, order, size)
  find(batch)
  const { words, found, versions } = batch
  const segments = new SegmentCollector(layout)
  let overrides = false
  for (let position = 0; position < size; position++) {
    const version = memtable.versions[order[position]!]!
    if (found[position] === 1) {
      if (versions[position] === version) continue
      overrides = true
    }
    const at = position * 4
    segments.add(words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!, version)
  }
  segments.finish()
  const { drafts, entries } = segments
  const fresh = entries === 0 ? null : { run: new SortedRun(number, entries, overrides), drafts }
  return { fresh, added: batch.count }
}
