import type { Batch } from './lookup-batch.js'
import { chunkCount, withoutEntry } from './chunk.js'
import { ChunkPool } from './chunk-pool.js'
import { ChunkReader, type ChunkStore, type ChunkView } from './chunk-reader.js'
import { KeyIndex } from './disk-lookup.js'
import type { LmdbStore } from '../lmdb/store.js'
import type { Memtable } from './memtable.js'
import { loadSlots, mergeMeta, runMeta, slotMeta, type KeySetMeta } from './level-meta.js'
import { planMerge } from './merge-policy.js'
import { planMergeStep, type Layout, type MergeStep } from './merge.js'
import { planSortedRun, type NewSortedRun } from './new-sorted-run.js'
import { isMerge, SortedRun, slotEntries, type Merge, type Slot } from './sorted-run.js'
import { encodeSegment, segmentKey, type SegmentDraft } from './segment.js'
import type { Snapshot } from '../lmdb/snapshot.js'

/** What a commit does to the runs. */
export interface KeySetPlan {
  readonly fresh: NewSortedRun | null
  readonly step: MergeStep | null
  /** Where the step's merge begins in the slots, if it is new. */
  readonly startsAt: number
  /** Fingerprints that no run had. */
  readonly added: number
}

/** Sizes of what is written. */
export interface KeySetLayout extends Omit<Layout, 'pool'> {
  /** No fingerprint is planned that a run has: none is looked up. Default false. */
  readonly addsOnlyNew?: boolean
}

/** {@link KeySetMeta} with what is kept in memory of its runs. */
export type LoadedMeta = Pick<KeySetMeta, 'nextRun' | 'nextChunk'> & { readonly slots: Slot[] }

/** The keys of a state, from what its `meta` has about them. */
export function loadKeySet(
  store: LmdbStore,
  snapshot: Snapshot,
  meta: KeySetMeta,
  layout: KeySetLayout,
): KeySet {
  return new KeySet(store, snapshot, { ...meta, slots: loadSlots(store, snapshot, meta) }, layout)
}

/**
 * The set of complete keys on disk: sorted runs and the merges in progress. A commit is planned from a snapshot, written inside one
 * LMDB transaction, and installed in memory when that transaction is durable; a plan that was not written leaves no trace.
 */
export class KeySet {
  readonly #store: ChunkStore
  readonly #layout: KeySetLayout & Pick<Layout, 'pool'>
  readonly #reader: ChunkReader
  readonly #index: KeyIndex
  #slots: Slot[]
  #nextRun: number
  #nextChunk: number

  constructor(store: ChunkStore, snapshot: ChunkView, meta: LoadedMeta, layout: KeySetLayout) {
    this.#store = store
    this.#layout = { ...layout, pool: new ChunkPool(layout.chunkBytes) }
    this.#reader = new ChunkReader(store, snapshot)
    this.#index = new KeyIndex(this.#reader)
    this.#nextRun = meta.nextRun
    this.#nextChunk = meta.nextChunk
    this.#slots = meta.slots
  }

  /** Runs that a lookup may have to ask. */
  get runs(): number {
    return this.#slots.reduce((sum, slot) => sum + (isMerge(slot) ? slot.inputs.length : 1), 0)
  }

  /** The current content of `meta` about the runs. */
  get meta(): KeySetMeta {
    return { nextRun: this.#nextRun, nextChunk: this.#nextChunk, slots: this.#slots.map(slotMeta) }
  }

  /** Whether a merge is in progress or due. */
  get mergeable(): boolean {
    return this.#slots.some(isMerge) || this.#due() >= 0
  }

  /** Looks the batch's fingerprints up. */
  find(batch: Batch): void {
    this.#index.find(batch, this.#slots)
  }

  /** Removes a fingerprint from every run; call it inside a write transaction. Returns whether it was in one. */
  forget(words: Uint32Array): boolean {
    const entries = [...this.#index.entriesOf(words, this.#slots)]
    for (const { chunk: number, index } of entries) {
      const rest = withoutEntry(this.#reader.chunk(number), index)
      void this.#store.chunks.put(number, Buffer.from(rest.buffer))
    }
    return entries.length > 0
  }

  /** Plans a commit of a memtable (or none) and up to `mergeSegments` segments of merging. */
  plan(memtable: Memtable | null, mergeSegments: number, compact = false): KeySetPlan {
    const { addsOnlyNew = false } = this.#layout
    const find = (batch: Batch): void => (addsOnlyNew ? undefined : this.find(batch))
    const { fresh, added } = planSortedRun(memtable, { find, layout: this.#layout, number: this.#nextRun })
    const { step, startsAt } = this.#planStep(mergeSegments, compact)
    return { fresh, added, step, startsAt }
  }

  /** Writes a plan; call it inside a write transaction. Returns what `meta` has to store from then on. */
  write(plan: KeySetPlan): KeySetMeta {
    const { step, fresh } = plan
    let chunk = this.#nextChunk
    if (step !== null) {
      chunk = this.#writeDrafts(step.merge.output.number, step.drafts, chunk)
      for (const number of step.removedChunks) void this.#store.chunks.remove(number)
      for (const { run, count } of step.passedSegments) {
        for (const { word0, word1 } of run.segments.slice(0, count)) {
          void this.#store.segments.remove(segmentKey(run.number, word0, word1))
        }
      }
    }
    if (fresh !== null) chunk = this.#writeDrafts(fresh.run.number, fresh.drafts, chunk)
    return this.#metaAfter(plan, chunk)
  }

  /** Makes a written plan the state in memory. */
  install(plan: KeySetPlan): void {
    const { step, fresh } = plan
    if (step !== null) {
      const { merge } = step
      if (plan.startsAt >= 0) this.#slots.splice(plan.startsAt, merge.inputs.length, merge)
      pushDrafts(merge.output, step.drafts)
      merge.output.entries += step.entries
      merge.boundary = step.boundary
      for (const { run, count } of step.passedSegments) run.shift(count)
      if (step.done) this.#slots = this.#slots.map((slot) => (slot === merge ? merge.output : slot))
      this.#nextRun = Math.max(this.#nextRun, merge.output.number + 1)
    }
    if (fresh !== null) {
      pushDrafts(fresh.run, fresh.drafts)
      this.#slots.push(fresh.run)
      this.#nextRun = Math.max(this.#nextRun, fresh.run.number + 1)
    }
    this.#nextChunk += chunksOf(step?.drafts) + chunksOf(fresh?.drafts)
    for (const { chunks } of [...(step?.drafts ?? []), ...(fresh?.drafts ?? [])])
      this.#layout.pool.giveBack(chunks)
  }

  #planStep(maxSegments: number, compact: boolean): Pick<KeySetPlan, 'step' | 'startsAt'> {
    if (maxSegments <= 0) return { step: null, startsAt: -1 }
    const startsAt = compact ? this.#whole() : this.#due()
    const merge = startsAt >= 0 ? this.#begin(startsAt) : this.#slots.findLast(isMerge)
    if (merge === undefined) return { step: null, startsAt: -1 }
    return { step: planMergeStep(this.#reader, merge, this.#layout, maxSegments), startsAt }
  }

  /** A new merge of all runs from that slot on. The number after next is for the run of the same commit. */
  #begin(startsAt: number): Merge {
    const inputs = this.#slots.slice(startsAt) as SortedRun[]
    const overrides = startsAt > 0 && inputs.some((run) => run.overrides)
    return { inputs, output: new SortedRun(this.#nextRun + 1, 0, overrides), boundary: null }
  }

  #due(): number {
    return planMerge(this.#slots.map((slot) => ({ entries: slotEntries(slot), merging: isMerge(slot) })))
  }

  #whole(): number {
    return this.#slots.length > 1 && !this.#slots.some(isMerge) ? 0 : -1
  }

  #writeDrafts(run: number, drafts: readonly SegmentDraft[], firstChunk: number): number {
    let number = firstChunk
    for (const draft of drafts) {
      const [word0, word1] = firstWords(draft)
      void this.#store.segments.put(segmentKey(run, word0, word1), encodeSegment(number, draft))
      for (const chunk of draft.chunks) {
        void this.#store.chunks.put(number++, Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))
      }
    }
    return number
  }

  #metaAfter({ fresh, step, startsAt }: KeySetPlan, nextChunk: number): KeySetMeta {
    let slots: KeySetMeta['slots'] = this.#slots.map((slot) =>
      step?.merge === slot ? mergeMeta(slot, step) : slotMeta(slot),
    )
    if (step !== null && startsAt >= 0) slots = [...slots.slice(0, startsAt), mergeMeta(step.merge, step)]
    if (fresh !== null) slots.push(runMeta(fresh.run))
    const numbers = [this.#nextRun, (step?.merge.output.number ?? 0) + 1, (fresh?.run.number ?? 0) + 1]
    return { nextRun: Math.max(...numbers), nextChunk, slots }
  }
}

function firstWords(draft: SegmentDraft): [number, number] {
  const chunk = draft.chunks[0]!
  return [chunk[1]!, chunk[1 + chunkCount(chunk)]!]
}

function pushDrafts(run: SortedRun, drafts: readonly SegmentDraft[]): void {
  for (const draft of drafts) run.push(...firstWords(draft))
}

function chunksOf(drafts: readonly SegmentDraft[] = []): number {
  return drafts.reduce((sum, draft) => sum + draft.chunks.length, 0)
}
