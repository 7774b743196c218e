import { isChunk } from './chunk.js'
import { corrupt, asStateError } from '../errors.js'
import type { SnapshotOptions, Table } from '../lmdb/store.js'
import type { SegmentRef } from './sorted-run.js'
import { decodeSegment, segmentKey, type Segment } from './segment.js'

/** Where chunks and segments are: in LMDB, or in a file that is thrown away. */
export interface ChunkStore {
  /** For errors. */
  readonly directory: string
  readonly chunks: Pick<Table<number>, 'getBinaryFast'> & Writable<number>
  readonly segments: Pick<Table<Uint8Array>, 'getBinaryFast'> & Writable<Uint8Array>
}

interface Writable<K> {
  put(key: K, value: Uint8Array): unknown
  remove(key: K): unknown
}

/** What reads see. */
export interface ChunkView {
  readonly options: SnapshotOptions
}

/** Segments kept decoded, 4 KB each. */
const CACHED_SEGMENTS = 256

/** Reads chunks and segments through a snapshot. */
export class ChunkReader {
  readonly #store: ChunkStore
  readonly #snapshot: ChunkView
  #view: Uint32Array = new Uint32Array(0)
  #cached: SegmentRef[] = []
  #next = 0

  constructor(store: ChunkStore, snapshot: ChunkView) {
    this.#store = store
    this.#snapshot = snapshot
  }

  /**
   * A chunk as 32-bit words, valid until the next read of anything from LMDB: lmdb-js copies each value into one reused
   * buffer. Undefined if there is none.
   */
  peek(number: number): Uint32Array | undefined {
    const bytes = this.#read(() => this.#store.chunks.getBinaryFast(number, this.#snapshot.options))
    if (bytes === undefined) return undefined
    if (this.#view.buffer !== bytes.buffer || this.#view.byteOffset !== bytes.byteOffset) {
      const words = Math.floor((bytes.buffer.byteLength - bytes.byteOffset) / 4)
      this.#view = new Uint32Array(bytes.buffer, bytes.byteOffset, words)
    }
    if (!isChunk(this.#view, bytes.length)) throw this.#damaged(`chunk ${number} has the wrong size`)
    return this.#view
  }

  /** {@link peek} for a chunk that must exist. */
  chunk(number: number): Uint32Array {
    const chunk = this.peek(number)
    if (chunk === undefined) throw this.#damaged(`chunk ${number} is missing`)
    return chunk
  }

  /** A segment, from the cache if possible. */
  segment(run: number, ref: SegmentRef): Segment {
    if (ref.segment !== null) return ref.segment
    const key = segmentKey(run, ref.word0, ref.word1)
    const bytes = this.#read(() => this.#store.segments.getBinaryFast(key, this.#snapshot.options))
    const segment = bytes && decodeSegment(bytes)
    if (segment === undefined)
      throw this.#damaged(`segment ${key.toString('hex')} is missing or has the wrong size`)
    ref.segment = segment
    const evicted = this.#cached[this.#next]
    if (evicted !== undefined) evicted.segment = null
    this.#cached[this.#next] = ref
    this.#next = (this.#next + 1) % CACHED_SEGMENTS
    return segment
  }

  #read<T>(get: () => T): T {
    try {
      return get()
    } catch (error) {
      throw asStateError(error, this.#store.directory)
    }
  }

  #damaged(what: string): Error {
    return corrupt(this.#store.directory, what)
  }
}
