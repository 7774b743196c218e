import type { ChunkPool } from './chunk-pool.js'
import { compareFingerprints } from './fingerprint-order.js'

/**
 * A chunk is one LMDB value: sorted fingerprints, column by column, in 32-bit words of the machine's byte order:
 * count | HAS_VERSIONS, then all first words, all second, third and fourth words, then (only if one of them has any)
 * all version hashes. Its size is one page less LMDB's overflow-page header, so that a chunk costs exactly one page.
 */
export const CHUNK_BYTES = 4096 - 24

const HAS_VERSIONS = 0x1_0000

/** How many fingerprints fit into a chunk of that many bytes. */
export function chunkCapacity(bytes: number, versions: boolean): number {
  return Math.floor((bytes - 4) / (versions ? 20 : 16))
}

/** Number of fingerprints in a chunk. */
export function chunkCount(chunk: Uint32Array): number {
  return chunk[0]! & 0xffff
}

/** Version hash of entry `index`; 0 = none. */
export function chunkVersion(chunk: Uint32Array, index: number): number {
  const header = chunk[0]!
  return header & HAS_VERSIONS ? chunk[1 + 4 * (header & 0xffff) + index]! : 0
}

/** Copies the fingerprint of entry `index` to `target`. */
export function readFingerprint(chunk: Uint32Array, index: number, target: Uint32Array): void {
  const count = chunk[0]! & 0xffff
  for (let k = 0; k < 4; k++) target[k] = chunk[1 + k * count + index]!
}

/** Whether the header matches the value's length; anything else was not written by this package. */
export function isChunk(chunk: Uint32Array, bytes: number): boolean {
  const header = chunk[0]!
  const count = header & 0xffff
  return header >>> 17 === 0 && bytes === 4 + count * (header & HAS_VERSIONS ? 20 : 16)
}

/** Index of a fingerprint in a chunk, or -1: interpolation on the first word, then a short walk. */
export function searchChunk(chunk: Uint32Array, w0: number, w1: number, w2: number, w3: number): number {
  const count = chunk[0]! & 0xffff
  if (count === 0) return -1
  const first = chunk[1]!
  const last = chunk[count]!
  if (w0 < first || w0 > last) return -1
  let at = last === first ? 0 : Math.floor(((w0 - first) / (last - first)) * (count - 1))
  while (at > 0 && chunk[at]! >= w0) at--
  while (chunk[1 + at]! < w0) at++
  for (; at < count && chunk[1 + at] === w0; at++) {
    if (chunk[1 + count + at] !== w1 || chunk[1 + 2 * count + at] !== w2) continue
    if (chunk[1 + 3 * count + at] === w3) return at
  }
  return -1
}

/** The chunk without entry `index`; it may become empty, because a segment's chunks keep their numbers. */
export function withoutEntry(chunk: Uint32Array, index: number): Uint32Array {
  const count = chunkCount(chunk)
  const columns = chunk[0]! & HAS_VERSIONS ? 5 : 4
  const rest = new Uint32Array(1 + columns * (count - 1))
  rest[0] = chunk[0]! - 1
  for (let column = 0, to = 1; column < columns; column++) {
    for (let i = 0; i < count; i++) if (i !== index) rest[to++] = chunk[1 + column * count + i]!
  }
  return rest
}

/** Index of the first entry that is greater than the fingerprint, or the count. */
export function indexAfter(chunk: Uint32Array, fingerprint: Uint32Array): number {
  const count = chunkCount(chunk)
  const entry = new Uint32Array(4)
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >> 1
    readFingerprint(chunk, middle, entry)
    if (compareFingerprints(entry, 0, fingerprint, 0) <= 0) low = middle + 1
    else high = middle
  }
  return low
}

/** Packs fingerprints that arrive in order into chunks. */
export class ChunkPacker {
  readonly #pool: ChunkPool
  readonly #emit: (chunk: Uint32Array) => void
  readonly #capacity: number
  readonly #versionedCapacity: number
  readonly #entries: Uint32Array
  #count = 0
  #hasVersions = false

  constructor(bytes: number, pool: ChunkPool, emit: (chunk: Uint32Array) => void) {
    this.#pool = pool
    this.#emit = emit
    this.#capacity = chunkCapacity(bytes, false)
    this.#versionedCapacity = chunkCapacity(bytes, true)
    this.#entries = new Uint32Array(this.#capacity * 5)
  }

  /** Adds one; true if this call completed the chunk before it, or this one. */
  add(w0: number, w1: number, w2: number, w3: number, version: number): boolean {
    let emitted = false
    if (version !== 0 && !this.#hasVersions) {
      if (this.#count >= this.#versionedCapacity) emitted = this.flush()
      this.#hasVersions = true
    }
    const entries = this.#entries
    const at = this.#count++ * 5
    entries[at] = w0
    entries[at + 1] = w1
    entries[at + 2] = w2
    entries[at + 3] = w3
    entries[at + 4] = version
    if (this.#count === (this.#hasVersions ? this.#versionedCapacity : this.#capacity)) emitted = this.flush()
    return emitted
  }

  /** Fingerprints accepted but not yet in a chunk. */
  get pending(): number {
    return this.#count
  }

  /** Emits what it has; false if that is nothing. */
  flush(): boolean {
    const count = this.#count
    if (count === 0) return false
    const columns = this.#hasVersions ? 5 : 4
    const chunk = this.#pool.take(1 + columns * count)
    chunk[0] = count | (this.#hasVersions ? HAS_VERSIONS : 0)
    for (let column = 0, to = 1; column < columns; column++) {
      for (let from = column, i = 0; i < count; i++, from += 5) chunk[to++] = this.#entries[from]!
    }
    this.#count = 0
    this.#hasVersions = false
    this.#emit(chunk)
    return true
  }
}
