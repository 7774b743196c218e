import { compareKeys } from '../rows/compare-keys.js'
import type { ManifestRow } from '../write/manifest-row.js'
import { RunReader } from './run-reader.js'
import type { SpilledRun } from './spill-file.js'

/** Rows returned at a time. */
const PORTION_ROWS = 1_024

interface Entry {
  reader: RunReader
  /** Of the run: rows of equal keys come in the order of their runs. */
  index: number
}

/** The rows of sorted runs as one sorted sequence, in portions. Holds a window of each run. */
export async function* mergeRuns(
  runs: readonly SpilledRun[],
): AsyncGenerator<ManifestRow[], void, undefined> {
  const heap: Entry[] = []
  for (const [index, run] of runs.entries()) {
    const reader = new RunReader(run)
    if (await reader.fill()) heap.push({ reader, index })
  }
  for (let at = (heap.length >> 1) - 1; at >= 0; at--) sink(heap, at)
  let portion: ManifestRow[] = []
  while (heap.length > 0) {
    const { reader } = heap[0]!
    portion.push(reader.row!)
    if (portion.length === PORTION_ROWS) {
      yield portion
      portion = []
    }
    if (!reader.advance() && !(await reader.fill())) {
      const last = heap.pop()!
      if (heap.length > 0) heap[0] = last
    }
    sink(heap, 0)
  }
  if (portion.length > 0) yield portion
}

/** Restores the order of a heap in which only the entry at one place may be too early. */
function sink(heap: Entry[], from: number): void {
  if (from >= heap.length) return
  const entry = heap[from]!
  let at = from
  for (let child = 2 * at + 1; child < heap.length; child = 2 * at + 1) {
    if (child + 1 < heap.length && comesBefore(heap[child + 1]!, heap[child]!)) child += 1
    if (!comesBefore(heap[child]!, entry)) break
    heap[at] = heap[child]!
    at = child
  }
  heap[at] = entry
}

function comesBefore(a: Entry, b: Entry): boolean {
  const order = compareKeys(a.reader.row!.key, b.reader.row!.key)
  return order < 0 || (order === 0 && a.index < b.index)
}
