import { chunkCount, chunkVersion, indexAfter } from './chunk.js'
import type { ChunkReader } from './chunk-reader.js'
import { head } from './fingerprint-order.js'
import { lastNotAbove } from './disk-lookup.js'
import type { SortedRun } from './sorted-run.js'

/** Walks the fingerprints of a run above a boundary, and notes which chunks and segments it has passed. */
export class MergeCursor {
  readonly run: SortedRun
  /** Chunks of which every entry was passed. */
  readonly passedChunks: number[] = []
  /** Segments, from the run's first on, of which every entry was passed. */
  passedSegments = 0
  /** Whether every entry of the run was passed. */
  done = false
  head = 0
  w0 = 0
  w1 = 0
  w2 = 0
  w3 = 0
  version = 0
  readonly #reader: ChunkReader
  #chunkAt = 0
  #index = 0
  #count = 0
  #chunk = new Uint32Array(0)

  constructor(reader: ChunkReader, run: SortedRun, boundary: Uint32Array | null) {
    this.#reader = reader
    this.run = run
    if (run.segments.length === 0) this.done = true
    else if (boundary === null) this.#open(0)
    else this.#seek(boundary)
    if (!this.done) this.#read()
  }

  /** Goes to the next fingerprint. */
  advance(): void {
    this.#index++
    if (this.#index === this.#count) this.#nextChunk()
    if (!this.done) this.#read()
  }

  /** The first remaining segment contains the first entry above the boundary; earlier chunks are deleted. */
  #seek(boundary: Uint32Array): void {
    const { heads } = this.#reader.segment(this.run.number, this.run.segments[0]!)
    const target = head(boundary[0]!, boundary[1]!)
    let at = Math.max(0, lastNotAbove(heads, 0, target))
    while (at > 0 && heads[at] === target) at--
    while (!this.#tryOpen(at)) at++
    this.#index = indexAfter(this.#chunk, boundary)
    if (this.#index >= this.#count) this.#nextChunk()
  }

  #tryOpen(at: number): boolean {
    const { firstChunk, heads } = this.#reader.segment(this.run.number, this.run.segments[0]!)
    if (at >= heads.length - 1) {
      this.#open(at)
      return true
    }
    const chunk = this.#reader.peek(firstChunk + at)
    if (chunk === undefined) return false
    this.#take(chunk, at)
    return true
  }

  #nextChunk(): void {
    const ref = this.run.segments[this.passedSegments]!
    const { firstChunk, heads } = this.#reader.segment(this.run.number, ref)
    this.passedChunks.push(firstChunk + this.#chunkAt)
    if (this.#chunkAt + 1 < heads.length) {
      this.#open(this.#chunkAt + 1)
      return
    }
    this.passedSegments++
    if (this.passedSegments === this.run.segments.length) this.done = true
    else this.#open(0)
  }

  #open(at: number): void {
    const ref = this.run.segments[this.passedSegments]!
    const { firstChunk } = this.#reader.segment(this.run.number, ref)
    this.#take(this.#reader.chunk(firstChunk + at), at)
    if (this.#count === 0) this.#nextChunk()
  }

  /** Copies the chunk: several cursors are open at the same time, and the reader has one buffer. */
  #take(chunk: Uint32Array, at: number): void {
    const words = 1 + chunkCount(chunk) * (chunk[0]! >>> 16 ? 5 : 4)
    if (this.#chunk.length < words) this.#chunk = new Uint32Array(Math.max(words, 1018))
    this.#chunk.set(chunk.subarray(0, words))
    this.#chunkAt = at
    this.#index = 0
    this.#count = chunkCount(chunk)
  }

  #read(): void {
    const chunk = this.#chunk
    const count = this.#count
    const at = 1 + this.#index
    this.w0 = chunk[at]!
    this.w1 = chunk[at + count]!
    this.w2 = chunk[at + 2 * count]!
    this.w3 = chunk[at + 3 * count]!
    this.head = this.w0 * 2_097_152 + (this.w1 >>> 11)
    this.version = chunkVersion(chunk, this.#index)
  }
}
