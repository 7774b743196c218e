import { corrupt } from './damage.js'

/** Reads bytes and variable-length integers from a range of bytes, never outside it. Throws `Damage` at its end. */
export class ByteCursor {
  readonly bytes: Uint8Array
  readonly end: number
  /** Where the next byte is read. */
  offset: number

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    if (!(start >= 0 && start <= end && end <= bytes.length)) throw corrupt('a section outside its page')
    this.bytes = bytes
    this.offset = start
    this.end = end
  }

  /** Bytes that are left. */
  get left(): number {
    return this.end - this.offset
  }

  byte(): number {
    if (this.offset >= this.end) throw corrupt('a section that ends too early')
    return this.bytes[this.offset++]!
  }

  advance(count: number): void {
    if (count < 0 || count > this.left) throw corrupt('a section that ends too early')
    this.offset += count
  }

  /** An unsigned LEB128 number of up to 35 bits. */
  unsigned(): number {
    let value = 0
    for (let scale = 1; scale <= 2 ** 28; scale *= 128) {
      const byte = this.byte()
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
    }
    throw corrupt('a length of more than five bytes')
  }

  /** A zigzag LEB128 number of up to 64 bits; beyond 2^53 the low bits are lost, which no valid manifest needs. */
  zigzag(): number {
    let value = 0
    let odd = false
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.byte()
      if (shift === 0) odd = (byte & 1) === 1
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) return odd ? -(value + 1) / 2 : value / 2
    }
    throw corrupt('a number of more than ten bytes')
  }
}
