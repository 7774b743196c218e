import { head } from './fingerprint-order.js'
import type { LmdbStore } from '../lmdb/store.js'
import { segmentKey, type Segment } from './segment.js'
import type { Snapshot } from '../lmdb/snapshot.js'

/** Where a segment of a run begins; `segment` is there while it is cached. */
export interface SegmentRef {
  readonly word0: number
  readonly word1: number
  segment: Segment | null
}

/** A sorted run of fingerprints in memory: only where its segments begin. */
export class SortedRun {
  readonly number: number
  /** Fingerprints written to it. */
  entries: number
  /** Whether a fingerprint of it is also in an older run, with another version. */
  readonly overrides: boolean
  segments: SegmentRef[] = []
  /** {@link head} of each segment's first fingerprint. */
  heads: number[] = []

  constructor(number: number, entries: number, overrides: boolean) {
    this.number = number
    this.entries = entries
    this.overrides = overrides
  }

  push(word0: number, word1: number): void {
    this.segments.push({ word0, word1, segment: null })
    this.heads.push(head(word0, word1))
  }

  /** Forgets the first `count` segments: a merge has moved them. */
  shift(count: number): void {
    if (count === 0) return
    this.segments = this.segments.slice(count)
    this.heads = this.heads.slice(count)
  }
}

/** Reads where the segments of a run begin: keys only, so no chunk and no segment is touched. */
export function loadSortedRun(
  store: LmdbStore,
  snapshot: Snapshot,
  meta: { number: number; entries: number; overrides: boolean },
): SortedRun {
  const run = new SortedRun(meta.number, meta.entries, meta.overrides)
  const range = {
    start: segmentKey(meta.number, 0, 0),
    end: segmentKey(meta.number + 1, 0, 0),
    transaction: snapshot.options.transaction,
  }
  for (const key of store.segments.getKeys(range)) {
    const view = new DataView(key.buffer, key.byteOffset, key.byteLength)
    run.push(view.getUint32(4), view.getUint32(8))
  }
  return run
}

/** Runs being merged into one: fingerprints up to `boundary` are in `output` only, those above in `inputs` only. */
export interface Merge {
  /** Oldest first. */
  readonly inputs: SortedRun[]
  readonly output: SortedRun
  /** Last fingerprint moved; null before the first. */
  boundary: Uint32Array | null
}

/** A place in age order, oldest first. */
export type Slot = SortedRun | Merge

export function isMerge(slot: Slot): slot is Merge {
  return 'inputs' in slot
}

/** Fingerprints in a slot, superseded ones included. */
export function slotEntries(slot: Slot): number {
  return isMerge(slot) ? slot.inputs.reduce((sum, run) => sum + run.entries, 0) : slot.entries
}
