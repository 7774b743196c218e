import type { ByteCursor } from '../bytes/byte-cursor.js'
import { corrupt } from '../bytes/damage.js'

/**
 * Reads DELTA_BINARY_PACKED (https://parquet.apache.org/docs/file-format/data-pages/encodings/#DELTAENC) a few values at
 * a time. Values are JavaScript numbers: exact up to 2^53.
 */
export class DeltaBinaryReader {
  readonly #cursor: ByteCursor
  readonly #perMiniblock: number
  readonly #widths: Uint8Array
  /** Values of the header's count that were not returned yet. */
  #left: number
  #value: number
  #first = true
  #minDelta = 0
  #miniblock: number
  #leftInMiniblock = 0
  #width = 0
  #bit = 0

  constructor(cursor: ByteCursor) {
    this.#cursor = cursor
    const blockSize = cursor.unsigned()
    const miniblocks = cursor.unsigned()
    this.#left = cursor.unsigned()
    this.#value = cursor.zigzag()
    if (miniblocks < 1 || miniblocks > 4_096 || blockSize < 1 || blockSize % (miniblocks * 8) !== 0) {
      throw corrupt(`delta blocks of ${blockSize} values in ${miniblocks} parts`)
    }
    this.#perMiniblock = blockSize / miniblocks
    this.#widths = new Uint8Array(miniblocks)
    this.#miniblock = miniblocks
  }

  /** Writes the next `count` values to the start of `into`. Throws `Damage` if there are fewer. */
  read(into: Float64Array | Int32Array, count: number): void {
    if (count > this.#left) throw corrupt('fewer delta-encoded numbers than values')
    let done = 0
    if (this.#first && count > 0) {
      this.#first = false
      into[done++] = this.#value
    }
    while (done < count) {
      if (this.#leftInMiniblock === 0) this.#nextMiniblock()
      const take = Math.min(this.#leftInMiniblock, count - done)
      this.#unpack(into, done, done + take)
      this.#leftInMiniblock -= take
      done += take
    }
    this.#left -= count
  }

  /** Skips everything and leaves the cursor after the last block. Only before the first `read`. */
  skipAll(): void {
    for (let left = this.#left - 1; left > 0; left -= this.#perMiniblock) this.#nextMiniblock()
  }

  #nextMiniblock(): void {
    if (this.#miniblock === this.#widths.length) {
      this.#minDelta = this.#cursor.zigzag()
      const at = this.#cursor.offset
      this.#cursor.advance(this.#widths.length)
      this.#widths.set(this.#cursor.bytes.subarray(at, this.#cursor.offset))
      this.#miniblock = 0
    }
    this.#width = this.#widths[this.#miniblock++]!
    if (this.#width > 64) throw corrupt(`a delta width of ${this.#width} bits`)
    this.#bit = this.#cursor.offset * 8
    this.#cursor.advance((this.#width * this.#perMiniblock) / 8)
    this.#leftInMiniblock = this.#perMiniblock
  }

  #unpack(into: Float64Array | Int32Array, from: number, to: number): void {
    const { bytes } = this.#cursor
    const width = this.#width
    const minDelta = this.#minDelta
    let value = this.#value
    let bit = this.#bit
    for (let index = from; index < to; index++) {
      value += minDelta + (width === 0 ? 0 : bitsAt(bytes, bit, width))
      into[index] = value
      bit += width
    }
    this.#bit = bit
    this.#value = value
  }
}

/** `width` bits from `bit` on, the least significant first. */
function bitsAt(bytes: Uint8Array, bit: number, width: number): number {
  let at = Math.floor(bit / 8)
  const shift = bit & 7
  if (shift + width <= 24) {
    const word = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16)
    return (word >>> shift) & (2 ** width - 1)
  }
  let value = bytes[at++]! >>> shift
  let have = 8 - shift
  while (have < width) {
    const take = Math.min(8, width - have)
    value += (bytes[at++]! & (2 ** take - 1)) * 2 ** have
    have += take
  }
  return value
}
