import { copyMatch } from './copy-match.js'
import { corrupt } from '../bytes/damage.js'

/**
 * Decompresses one LZ4 block (https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md) into `output` from `from` on, and returns
 * where it ended. Bounded by both buffers; throws `Damage` instead of reading or writing outside them.
 */
export function unpackLz4Block(input: Uint8Array, output: Uint8Array, from = 0): number {
  let at = 0
  let written = from
  const length = (nibble: number): number => {
    let total = nibble
    if (nibble === 15) {
      let byte: number
      do {
        if (at >= input.length) throw corrupt('an LZ4 length that does not end')
        byte = input[at++]!
        total += byte
      } while (byte === 255)
    }
    return total
  }
  while (at < input.length) {
    const token = input[at++]!
    const literals = length(token >> 4)
    if (at + literals > input.length || written + literals > output.length) {
      throw corrupt('an LZ4 literal outside its page')
    }
    output.set(input.subarray(at, at + literals), written)
    at += literals
    written += literals
    if (at === input.length) break
    if (at + 2 > input.length) throw corrupt('an LZ4 offset that does not end')
    const offset = input[at]! | (input[at + 1]! << 8)
    at += 2
    const match = length(token & 15) + 4
    if (offset === 0 || offset > written || written + match > output.length) {
      throw corrupt('an LZ4 match outside its page')
    }
    copyMatch(output, written, offset, match)
    written += match
  }
  return written
}

/**
 * Decompresses Parquet's deprecated codec LZ4: blocks in Hadoop's framing (big-endian sizes of output and input before each), or, as
 * some writers did, one bare block.
 */
export function unpackLz4Hadoop(input: Uint8Array, output: Uint8Array): number {
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength)
  if (!isHadoopFramed(view, output.length)) return unpackLz4Block(input, output)
  let written = 0
  for (let at = 0; at < input.length;) {
    const produced = view.getUint32(at)
    const consumed = view.getUint32(at + 4)
    const end = unpackLz4Block(input.subarray(at + 8, at + 8 + consumed), output, written)
    if (end !== written + produced) throw corrupt('an LZ4 frame of another size than it says')
    written = end
    at += 8 + consumed
  }
  return written
}

function isHadoopFramed(view: DataView, outputLength: number): boolean {
  let produced = 0
  let at = 0
  while (at < view.byteLength) {
    if (at + 8 > view.byteLength) return false
    produced += view.getUint32(at)
    at += 8 + view.getUint32(at + 4)
  }
  return at === view.byteLength && produced === outputLength
}
