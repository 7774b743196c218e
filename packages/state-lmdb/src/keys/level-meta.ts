import type { MergeStep } from './merge.js'
import { isMerge, loadSortedRun, type Merge, type SortedRun, type Slot } from './sorted-run.js'
import type { LmdbStore } from '../lmdb/store.js'
import type { Snapshot } from '../lmdb/snapshot.js'

interface RunMeta {
  number: number
  entries: number
  overrides: boolean
}

/** The runs as stored in the `meta` database. */
export interface KeySetMeta {
  nextRun: number
  nextChunk: number
  /** Oldest first. */
  slots: (RunMeta | { inputs: RunMeta[]; output: RunMeta; boundary: number[] | null })[]
}

export const EMPTY_KEY_SET: KeySetMeta = { nextRun: 1, nextChunk: 1, slots: [] }

/** The runs in the `meta` database, with the start of each of their segments. */
export function loadSlots(store: LmdbStore, snapshot: Snapshot, { slots }: KeySetMeta): Slot[] {
  return slots.map((slot) =>
    'inputs' in slot
      ? {
          inputs: slot.inputs.map((run) => loadSortedRun(store, snapshot, run)),
          output: loadSortedRun(store, snapshot, slot.output),
          boundary: slot.boundary && Uint32Array.from(slot.boundary),
        }
      : loadSortedRun(store, snapshot, slot),
  )
}

/** What `meta` stores of a run. */
export function runMeta({ number, entries, overrides }: SortedRun): RunMeta {
  return { number, entries, overrides }
}

/** What `meta` stores of a slot. */
export function slotMeta(slot: Slot): KeySetMeta['slots'][number] {
  if (!isMerge(slot)) return runMeta(slot)
  const { inputs, output, boundary } = slot
  return { inputs: inputs.map(runMeta), output: runMeta(output), boundary: boundary && [...boundary] }
}

/** What `meta` stores of a merge after one more step. */
export function mergeMeta({ inputs, output }: Merge, step: MergeStep): KeySetMeta['slots'][number] {
  const after = { ...runMeta(output), entries: output.entries + step.entries }
  if (step.done) return after
  return { inputs: inputs.map(runMeta), output: after, boundary: step.boundary && [...step.boundary] }
}
