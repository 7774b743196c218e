import type { Batch } from './lookup-batch.js'
import { chunkVersion, searchChunk } from './chunk.js'
import type { ChunkReader } from './chunk-reader.js'
import { compareFingerprints, head } from './fingerprint-order.js'
import { isMerge, slotEntries, type Merge, type SortedRun, type Slot } from './sorted-run.js'

/**
 * Finds which fingerprints of a batch are in the runs. Each run is walked once from left to right, and a page that holds several of
 * them is read once.
 */
export class KeyIndex {
  readonly #reader: ChunkReader

  constructor(reader: ChunkReader) {
    this.#reader = reader
  }

  /** Searches all slots; what is not found stays in `batch.pending`. */
  find(batch: Batch, slots: readonly Slot[]): void {
    const largestFirst = !slots.some((slot) =>
      (isMerge(slot) ? slot.inputs : [slot]).some((run) => run.overrides),
    )
    for (const slot of searchOrder(slots, slotEntries, largestFirst)) {
      if (batch.count === 0) return
      batch.count = isMerge(slot)
        ? this.#searchMerge(slot, batch, largestFirst)
        : this.#searchRun(slot, batch, 0, batch.count, false)
    }
  }

  /** Every chunk and entry that contains the fingerprint, in any run, even where a newer one supersedes it. */
  *entriesOf(
    words: Uint32Array,
    slots: readonly Slot[],
  ): Generator<{ run: SortedRun; chunk: number; index: number }> {
    const [w0, w1, w2, w3] = words as unknown as [number, number, number, number]
    const target = head(w0, w1)
    for (const run of slots.flatMap((slot) => (isMerge(slot) ? [slot.output, ...slot.inputs] : slot))) {
      for (const number of this.#chunksWith(run, target)) {
        const chunk = this.#reader.peek(number)
        const index = chunk === undefined ? -1 : searchChunk(chunk, w0, w1, w2, w3)
        if (index >= 0) yield { run, chunk: number, index }
      }
    }
  }

  #searchMerge(merge: Merge, batch: Batch, largestFirst: boolean): number {
    const split = merge.boundary === null ? 0 : firstAfter(batch, merge.boundary)
    let end = batch.count
    for (const run of searchOrder(merge.inputs, (run) => run.entries, largestFirst)) {
      end = this.#searchRun(run, batch, split, end, true)
    }
    const kept = split === 0 ? 0 : this.#searchRun(merge.output, batch, 0, split, false)
    batch.pending.copyWithin(kept, split, end)
    return kept + end - split
  }

  /**
   * Searches pending[from, to) in a run, compacts what is not found, and returns its new end. With `partial`, the run is the input of a
   * merge, which has removed chunks.
   */
  #searchRun(run: SortedRun, batch: Batch, from: number, to: number, partial: boolean): number {
    const { words, pending, found, versions } = batch
    const reader = this.#reader
    let kept = from
    let segmentAt = -1
    let heads: ArrayLike<number> = []
    let firstChunk = 0
    let chunkAt = -1
    let chunk: Uint32Array | undefined
    for (let k = from; k < to; k++) {
      const index = pending[k]!
      const w0 = words[index * 4]!
      const w1 = words[index * 4 + 1]!
      const target = head(w0, w1)
      const segment = lastNotAbove(run.heads, Math.max(segmentAt, 0), target)
      if (segment < 0) {
        pending[kept++] = index
        continue
      }
      if (segment !== segmentAt) {
        const loaded = reader.segment(run.number, run.segments[segment]!)
        segmentAt = segment
        heads = loaded.heads
        firstChunk = loaded.firstChunk
        chunkAt = -1
      }
      const at = lastNotAbove(heads, Math.max(chunkAt, 0), target)
      if (at !== chunkAt) {
        chunkAt = at
        chunk = partial ? reader.peek(firstChunk + at) : reader.chunk(firstChunk + at)
      }
      const w2 = words[index * 4 + 2]!
      const w3 = words[index * 4 + 3]!
      let hit = chunk === undefined ? -1 : searchChunk(chunk, w0, w1, w2, w3)
      if (hit >= 0) versions[index] = chunkVersion(chunk!, hit)
      else if (heads[at] === target) {
        // The chunk begins with the same 53 bits, so the fingerprint may be in an earlier one.
        for (const number of this.#chunksWith(run, target)) {
          const earlier = reader.peek(number)
          hit = earlier === undefined ? -1 : searchChunk(earlier, w0, w1, w2, w3)
          if (hit < 0) continue
          versions[index] = chunkVersion(earlier!, hit)
          break
        }
        chunkAt = -1
      }
      if (hit >= 0) found[index] = 1
      else pending[kept++] = index
    }
    return kept
  }

  /**
   * Numbers of the chunks of a run that may contain a fingerprint with that head, last to first: if a chunk begins with the same head,
   * the one before may end with it, even in the segment before.
   */
  *#chunksWith(run: SortedRun, target: number): Generator<number> {
    for (let segment = lastNotAbove(run.heads, 0, target); segment >= 0; segment--) {
      const { firstChunk, heads } = this.#reader.segment(run.number, run.segments[segment]!)
      for (let at = lastNotAbove(heads, 0, target); at >= 0; at--) {
        yield firstChunk + at
        if (heads[at]! < target) return
      }
    }
  }
}

/** Newest first; but if no run overrides another, each fingerprint is in one run only, and the largest may go first. */
function searchOrder<T>(oldestFirst: readonly T[], entries: (item: T) => number, largestFirst: boolean): T[] {
  const order = oldestFirst.toReversed()
  return largestFirst ? order.sort((a, b) => entries(b) - entries(a)) : order
}

/** Position in pending of the first fingerprint above the boundary. */
function firstAfter(batch: Batch, boundary: Uint32Array): number {
  let low = 0
  let high = batch.count
  while (low < high) {
    const middle = (low + high) >> 1
    if (compareFingerprints(batch.words, batch.pending[middle]!, boundary, 0) <= 0) low = middle + 1
    else high = middle
  }
  return low
}

/** Last position from `from` whose value is not above `target`, by galloping; `from` - 1 if there is none. */
export function lastNotAbove(values: ArrayLike<number>, from: number, target: number): number {
  const { length } = values
  let low = from
  let step = 1
  while (low + step - 1 < length && values[low + step - 1]! <= target) {
    low += step
    step *= 2
  }
  let high = Math.min(low + step - 1, length)
  while (low < high) {
    const middle = (low + high) >> 1
    if (values[middle]! <= target) low = middle + 1
    else high = middle
  }
  return low - 1
}
