import { ByteCursor } from '../bytes/byte-cursor.js'
import { corrupt } from '../bytes/damage.js'

/** Types of the Thrift compact protocol, https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md */
export const ThriftType = {
  stop: 0,
  true: 1,
  false: 2,
  byte: 3,
  i16: 4,
  i32: 5,
  i64: 6,
  double: 7,
  binary: 8,
  list: 9,
  set: 10,
  map: 11,
  struct: 12,
} as const

/** Parquet's own structures nest five deep; deeper nesting is an attempt to exhaust the stack. */
const MAX_DEPTH = 32

/**
 * Reads the Thrift compact protocol from untrusted bytes: every read is bounded by the bytes there are, every element of a list costs
 * at least one byte, and anything unwanted is skipped without being built.
 */
export class ThriftReader {
  readonly #cursor: ByteCursor
  #depth = 0

  constructor(bytes: Uint8Array) {
    this.#cursor = new ByteCursor(bytes)
  }

  /** Bytes read so far. */
  get offset(): number {
    return this.#cursor.offset
  }

  /** Calls `onField` for each field of a struct; a field that it does not read (returns `false` for) is skipped. */
  struct(onField: (id: number, type: number) => boolean): void {
    this.#enter()
    let id = 0
    for (;;) {
      const header = this.#cursor.byte()
      const type = header & 0x0f
      if (type === ThriftType.stop) break
      id = header >> 4 ? id + (header >> 4) : this.int()
      if (!onField(id, type)) this.skip(type)
    }
    this.#depth--
  }

  /** Calls `onElement` once for each element of a list; it must read the element. */
  list(onElement: (type: number, index: number) => void): void {
    const header = this.#cursor.byte()
    const size = header >> 4 === 15 ? this.#cursor.unsigned() : header >> 4
    if (size > this.#cursor.left) throw corrupt(`a list of ${size} elements in ${this.#cursor.left} bytes`)
    for (let index = 0; index < size; index++) onElement(header & 0x0f, index)
  }

  /** An integer field of any width. */
  int(): number {
    return this.#cursor.zigzag()
  }

  /** The bytes of a string or binary field: a view, not a copy. */
  binary(): Uint8Array {
    const length = this.#cursor.unsigned()
    const start = this.#cursor.offset
    this.#cursor.advance(length)
    return this.#cursor.bytes.subarray(start, start + length)
  }

  /** A string field. */
  string(): string {
    return Buffer.from(this.binary()).toString()
  }

  /** Skips the value of a field. */
  skip(type: number): void {
    switch (type) {
      case ThriftType.true:
      case ThriftType.false:
        return
      case ThriftType.byte:
        return this.#cursor.advance(1)
      case ThriftType.i16:
      case ThriftType.i32:
      case ThriftType.i64:
        this.int()
        return
      case ThriftType.double:
        return this.#cursor.advance(8)
      case ThriftType.binary:
        this.binary()
        return
      case ThriftType.list:
      case ThriftType.set:
        this.#enter()
        this.list((elementType) => this.skipElement(elementType))
        this.#depth--
        return
      case ThriftType.struct:
        return this.struct(() => false)
      default:
        throw corrupt(`a field of unknown type ${type}`)
    }
  }

  /** Skips an element of a list, where, unlike in a struct, a boolean takes a byte. */
  skipElement(type: number): void {
    if (type === ThriftType.true || type === ThriftType.false) this.#cursor.advance(1)
    else this.skip(type)
  }

  #enter(): void {
    if (++this.#depth > MAX_DEPTH) throw corrupt(`structures nest deeper than ${MAX_DEPTH} levels`)
  }
}
