import { ByteCursor } from '../bytes/byte-cursor.js'
import { corrupt } from '../bytes/damage.js'

/**
 * Reads the run-length / bit-packed hybrid (https://parquet.apache.org/docs/file-format/data-pages/encodings/#RLE) a few values at a
 * time. Its work is bounded by the requested values and the available bytes: a run that claims more values than anyone requests costs
 * nothing, and every run costs at least one byte.
 */
export class RleHybridReader {
  readonly #cursor: ByteCursor
  readonly #width: number
  #runLeft = 0
  #packed = false
  /** Value of a run-length run. */
  #runValue = 0
  /** First bit of the next value of a bit-packed run, and the end of the run. */
  #bit = 0
  #endBit = 0

  /** `bitWidth` 0 to 32. */
  constructor(cursor: ByteCursor, bitWidth: number) {
    if (bitWidth > 32) throw corrupt(`a bit width of ${bitWidth}`)
    this.#cursor = cursor
    this.#width = bitWidth
  }

  /** Writes the next `count` values to the start of `into`. Throws `Damage` if there are fewer. */
  read(into: Uint32Array | Uint8Array, count: number): void {
    let done = 0
    while (done < count) {
      if (this.#runLeft === 0) this.#nextRun()
      const take = Math.min(this.#runLeft, count - done)
      if (this.#packed) this.#readPacked(into, done, done + take)
      else into.fill(this.#runValue, done, done + take)
      this.#runLeft -= take
      done += take
    }
  }

  #nextRun(): void {
    const header = this.#cursor.unsigned()
    this.#packed = header % 2 === 1
    if (this.#packed) {
      const groups = (header - 1) / 2
      this.#runLeft = groups * 8
      // The last run of a page may be truncated after the last needed value.
      const bytes = Math.min(groups * this.#width, this.#cursor.left)
      this.#bit = this.#cursor.offset * 8
      this.#cursor.advance(bytes)
      this.#endBit = this.#cursor.offset * 8
    } else {
      this.#runLeft = header / 2
      this.#runValue = 0
      for (let shift = 0; shift < this.#width; shift += 8) this.#runValue += this.#cursor.byte() * 2 ** shift
    }
  }

  #readPacked(into: Uint32Array | Uint8Array, from: number, to: number): void {
    const width = this.#width
    if (width === 0) {
      into.fill(0, from, to)
      return
    }
    let bit = this.#bit
    if (bit + (to - from) * width > this.#endBit) throw corrupt('fewer levels or indices than values')
    const bytes = this.#cursor.bytes
    const mask = 2 ** width - 1
    for (let index = from; index < to; index++) {
      const at = Math.floor(bit / 8)
      const shift = bit & 7
      let value = bytes[at]! >>> shift
      if (shift + width > 8) value |= bytes[at + 1]! << (8 - shift)
      if (shift + width > 16) value |= bytes[at + 2]! << (16 - shift)
      if (shift + width > 24) value |= bytes[at + 3]! << (24 - shift)
      if (shift + width > 32) value |= bytes[at + 4]! << (32 - shift)
      into[index] = width === 32 ? value >>> 0 : value & mask
      bit += width
    }
    this.#bit = bit
  }
}
