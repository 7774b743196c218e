import { ChunkPacker } from './chunk.js'
import type { ChunkPool } from './chunk-pool.js'
import type { ChunkReader } from './chunk-reader.js'
import { MergeCursor } from './merge-cursor.js'
import type { Merge, SortedRun } from './sorted-run.js'
import type { SegmentDraft } from './segment.js'

/** What one bounded step of a merge writes and removes. */
export interface MergeStep {
  readonly merge: Merge
  readonly drafts: SegmentDraft[]
  readonly boundary: Uint32Array | null
  /** Fingerprints moved, without those that a newer run superseded. */
  readonly entries: number
  readonly removedChunks: number[]
  readonly passedSegments: { run: SortedRun; count: number }[]
  readonly done: boolean
}

/** Sizes of the output, and the source of its buffers. */
export interface Layout {
  readonly pool: ChunkPool
  readonly chunkBytes: number
  readonly segmentChunks: number
}

/** Plans the next step of a merge: at most `maxSegments` whole segments of output. Reads, writes nothing. */
export function planMergeStep(
  reader: ChunkReader,
  merge: Merge,
  layout: Layout,
  maxSegments: number,
): MergeStep {
  // Newest first, so that of equal fingerprints the first cursor's counts.
  const cursors = merge.inputs.map((run) => new MergeCursor(reader, run, merge.boundary)).reverse()
  const segments = new SegmentCollector(layout)
  let live = cursors.filter((cursor) => !cursor.done)
  while (live.length > 0 && segments.completed < maxSegments) {
    let least = live[0]!
    let next = Infinity
    for (let i = 1; i < live.length; i++) {
      const cursor = live[i]!
      if (cursor.head < least.head || (cursor.head === least.head && isBelow(cursor, least))) {
        next = least.head
        least = cursor
      } else if (cursor.head < next) next = cursor.head
    }
    // Most fingerprints are in one run: as long as it is ahead of all others, only it has to be read.
    while (least.head < next && !least.done && segments.completed < maxSegments) {
      segments.add(least.w0, least.w1, least.w2, least.w3, least.version)
      least.advance()
    }
    if (least.head === next && !least.done && segments.completed < maxSegments)
      takeEqual(live, least, segments)
    if (live.some((cursor) => cursor.done)) live = live.filter((cursor) => !cursor.done)
  }
  const done = live.length === 0
  if (done) segments.finish()
  return {
    merge,
    drafts: segments.drafts,
    boundary: segments.last ?? merge.boundary,
    entries: segments.entries,
    removedChunks: cursors.flatMap((cursor) => cursor.passedChunks),
    passedSegments: cursors.map((cursor) => ({ run: cursor.run, count: cursor.passedSegments })),
    done,
  }
}

/** Takes the smallest fingerprint where others share its first bits, and skips equal ones: they are older, or identical. */
function takeEqual(live: readonly MergeCursor[], least: MergeCursor, segments: SegmentCollector): void {
  for (const cursor of live) if (cursor.head === least.head && isBelow(cursor, least)) return
  const { w0, w1, w2, w3 } = least
  const newest = live.find((cursor) => isSame(cursor, w0, w1, w2, w3))!
  segments.add(w0, w1, w2, w3, newest.version)
  for (const cursor of live) if (isSame(cursor, w0, w1, w2, w3)) cursor.advance()
}

function isSame(cursor: MergeCursor, w0: number, w1: number, w2: number, w3: number): boolean {
  return !cursor.done && cursor.w0 === w0 && cursor.w1 === w1 && cursor.w2 === w2 && cursor.w3 === w3
}

function isBelow(a: MergeCursor, b: MergeCursor): boolean {
  return a.w1 !== b.w1 ? a.w1 < b.w1 : a.w2 !== b.w2 ? a.w2 < b.w2 : a.w3 < b.w3
}

/** Packs sorted fingerprints into segments. */
export class SegmentCollector {
  readonly drafts: SegmentDraft[] = []
  entries = 0
  /** Last fingerprint taken. */
  last: Uint32Array | null = null
  readonly #packer: ChunkPacker
  readonly #segmentChunks: number
  #chunks: Uint32Array[] = []
  #segmentEntries = 0

  constructor(layout: Layout) {
    this.#segmentChunks = layout.segmentChunks
    this.#packer = new ChunkPacker(layout.chunkBytes, layout.pool, (chunk) => this.#chunks.push(chunk))
  }

  /** Full segments; when this grows, everything taken is inside one. */
  get completed(): number {
    return this.drafts.length
  }

  add(w0: number, w1: number, w2: number, w3: number, version: number): void {
    this.entries++
    this.#segmentEntries++
    const packed = this.#packer.add(w0, w1, w2, w3, version)
    if (!packed || this.#chunks.length < this.#segmentChunks) return
    this.last = Uint32Array.of(w0, w1, w2, w3)
    this.#close()
  }

  /** Closes the last segment, full or not. */
  finish(): void {
    this.#close()
  }

  #close(): void {
    this.#packer.flush()
    if (this.#chunks.length === 0) return
    this.drafts.push({ chunks: this.#chunks, entries: this.#segmentEntries })
    this.#chunks = []
    this.#segmentEntries = 0
  }
}
