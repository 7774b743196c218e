import { deflateRawSync, inflateRawSync } from 'node:zlib'

/** From this many bytes the window is deflated: rows that wait for a last attempt can make it long and mostly ones. */
const DEFLATE_FROM_BYTES = 64

/**
 * Which rows of an item have an outcome. Rows begin in order, so all below a watermark are settled, and only the window above it needs a
 * bit each: tens to hundreds of bytes in a record.
 */
export class SettledRows {
  readonly #from: number
  #bits: Uint8Array
  #through: number
  #count = 0
  /** One more than the highest settled row. */
  #end: number

  constructor(from: number) {
    this.#from = from
    this.#bits = new Uint8Array(256)
    this.#through = this.#end = from
  }

  /** The `through` value of {@link toWindow}. */
  static from(from: number, through: number, window: string | undefined): SettledRows {
    const rows = new SettledRows(from)
    rows.addRange(from, through)
    if (window !== undefined) rows.#readWindow(through, window)
    return rows
  }

  /** All rows below are settled. */
  get through(): number {
    return this.#through
  }

  get count(): number {
    return this.#count
  }

  /** One more than the highest settled row; `from` if there is none. */
  get end(): number {
    return this.#end
  }

  has(row: number): boolean {
    if (row < this.#through) return row >= this.#from
    const index = row - this.#from
    return ((this.#bits[index >> 3] ?? 0) & (1 << (index & 7))) !== 0
  }

  /** False if the row already had an outcome. */
  add(row: number): boolean {
    if (row < this.#from || this.has(row)) return false
    const index = row - this.#from
    if (index >> 3 >= this.#bits.length) this.#grow(index >> 3)
    this.#bits[index >> 3]! |= 1 << (index & 7)
    this.#count += 1
    this.#end = Math.max(this.#end, row + 1)
    if (row === this.#through) {
      let next = row + 1
      while (next < this.#end && this.#bit(next)) next += 1
      this.#through = next
    }
    return true
  }

  addRange(from: number, to: number): number {
    let added = 0
    for (let row = from; row < to; row += 1) if (this.add(row)) added += 1
    return added
  }

  /** Reopens rows for another attempt. */
  remove(rows: Iterable<number>): void {
    for (const row of rows) {
      if (!this.has(row)) continue
      const index = row - this.#from
      this.#bits[index >> 3]! &= ~(1 << (index & 7))
      this.#count -= 1
      this.#through = Math.min(this.#through, row)
    }
    while (this.#end > this.#from && !this.#bit(this.#end - 1)) this.#end -= 1
  }

  /** The first row from `row` without an outcome, at most `to`. */
  firstOpen(row: number, to: number): number {
    let open = Math.max(row, this.#through)
    while (open < to && this.has(open)) open += 1
    return open
  }

  /** The bits above the watermark as text; undefined if there are none. */
  toWindow(): string | undefined {
    if (this.#end <= this.#through) return undefined
    const first = (this.#through - this.#from) >> 3
    const last = (this.#end - 1 - this.#from) >> 3
    const bytes = this.#bits.subarray(first, last + 1)
    if (bytes.length < DEFLATE_FROM_BYTES) return Buffer.from(bytes).toString('base64')
    const packed = deflateRawSync(bytes)
    return packed.length < bytes.length
      ? `~${packed.toString('base64')}`
      : Buffer.from(bytes).toString('base64')
  }

  #readWindow(through: number, window: string): void {
    const deflated = window.startsWith('~')
    const text = Buffer.from(deflated ? window.slice(1) : window, 'base64')
    const bytes = deflated ? inflateRawSync(text) : text
    const first = this.#from + (((through - this.#from) >> 3) << 3)
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      if ((bytes[bit >> 3]! & (1 << (bit & 7))) !== 0) this.add(first + bit)
    }
  }

  #bit(row: number): boolean {
    const index = row - this.#from
    return ((this.#bits[index >> 3] ?? 0) & (1 << (index & 7))) !== 0
  }

  #grow(byte: number): void {
    const larger = new Uint8Array(Math.max(byte + 1, this.#bits.length * 2))
    larger.set(this.#bits)
    this.#bits = larger
  }
}
