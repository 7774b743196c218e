import type { ResolvedOptions } from '../options.js'

/** Segments of merging owed per recorded segment of fingerprints; see merge-policy.ts. */
const MERGE_FACTOR = 12
/** Debt in segments at which recording has to wait. */
const LIMIT = 16
/** Most segments that one transaction moves: 2 MB each. */
export const SEGMENTS_PER_COMMIT = 2

/** How much merging the recorded outcomes require, in segments. */
export class MergeDebt {
  readonly #segmentEntries: number
  #segments = 0

  constructor({ segmentChunks, chunkBytes }: Pick<ResolvedOptions, 'segmentChunks' | 'chunkBytes'>) {
    this.#segmentEntries = (segmentChunks * chunkBytes) / 20
  }

  /** Segments that the next commit may move. */
  get share(): number {
    return Math.min(Math.max(this.#segments, 0), SEGMENTS_PER_COMMIT)
  }

  get isHigh(): boolean {
    return this.#segments >= LIMIT
  }

  recorded(fingerprints: number): void {
    this.#segments += (MERGE_FACTOR * fingerprints) / this.#segmentEntries
  }

  moved(segments: number): void {
    this.#segments -= segments
  }

  /** There is time for a step. */
  invite(): void {
    this.#segments = Math.max(this.#segments, 1)
  }

  clear(): void {
    this.#segments = 0
  }
}
