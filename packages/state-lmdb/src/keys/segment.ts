import { head } from './fingerprint-order.js'

/**
 * A segment is up to {@link SEGMENT_CHUNKS} consecutive chunks of a run and the unit in which runs are merged. Its LMDB
 * value, in 32-bit words: number of the first chunk, how many chunks, how many fingerprints, then the first two words of
 * each chunk's first fingerprint. Its LMDB key is the run and the first two words, big-endian, so that keys alone tell
 * where each segment begins.
 */
export const SEGMENT_CHUNKS = 500

export interface Segment {
  readonly firstChunk: number
  readonly entries: number
  /** {@link head} of each chunk's first fingerprint. */
  readonly heads: Float64Array
}

/** A segment being written: the chunks, in order. */
export interface SegmentDraft {
  readonly chunks: Uint32Array[]
  readonly entries: number
}

export function encodeSegment(firstChunk: number, draft: SegmentDraft): Uint8Array {
  const words = new Uint32Array(3 + draft.chunks.length * 2)
  words[0] = firstChunk
  words[1] = draft.chunks.length
  words[2] = draft.entries
  for (const [i, chunk] of draft.chunks.entries()) {
    words[3 + i * 2] = chunk[1]!
    words[4 + i * 2] = chunk[1 + (chunk[0]! & 0xffff)]!
  }
  return new Uint8Array(words.buffer)
}

/** Reads a segment; undefined if the bytes are not one. */
export function decodeSegment(bytes: Uint8Array): Segment | undefined {
  const { length } = bytes
  if (length % 4 !== 0) return undefined
  const words = new Uint32Array(length / 4)
  new Uint8Array(words.buffer).set(bytes.subarray(0, length))
  const count = words[1]!
  if (count === 0 || length !== 12 + count * 8) return undefined
  const heads = new Float64Array(count)
  for (let i = 0; i < count; i++) heads[i] = head(words[3 + i * 2]!, words[4 + i * 2]!)
  return { firstChunk: words[0]!, entries: words[2]!, heads }
}

/** LMDB key of the segment of `run` that begins with these words. */
export function segmentKey(run: number, word0: number, word1: number): Buffer {
  const key = Buffer.allocUnsafe(12)
  key.writeUInt32BE(run, 0)
  key.writeUInt32BE(word0, 4)
  key.writeUInt32BE(word1, 8)
  return key
}
