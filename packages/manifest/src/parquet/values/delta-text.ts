import { isAscii } from 'node:buffer'
import { ByteCursor } from '../bytes/byte-cursor.js'
import { corrupt } from '../bytes/damage.js'
import { DeltaBinaryReader } from './delta-binary.js'
import type { TextSink, ValueDecoder } from './value-sink.js'

/** Values whose lengths are decoded at a time. */
const CHUNK = 1_024

/** DELTA_LENGTH_BYTE_ARRAY: all lengths, then all values. */
export class DeltaLengthText implements ValueDecoder<TextSink> {
  readonly #page: Buffer
  readonly #ascii: boolean
  readonly #lengths: DeltaBinaryReader
  readonly #chunk = new Int32Array(CHUNK)
  #offset: number

  constructor(page: Buffer, start: number) {
    this.#page = page
    this.#lengths = new DeltaBinaryReader(new ByteCursor(page, start))
    this.#offset = endOfDelta(page, start)
    this.#ascii = isAscii(page.subarray(this.#offset))
  }

  read(count: number, sink: TextSink): void {
    for (let left = count; left > 0; left -= CHUNK) {
      const take = Math.min(left, CHUNK)
      this.#lengths.read(this.#chunk, take)
      for (let index = 0; index < take; index++) {
        const length = this.#chunk[index]!
        const end = this.#offset + length
        if (length < 0 || end > this.#page.length) throw corrupt('a value that ends outside its page')
        sink.take(this.#page, this.#offset, end, this.#ascii)
        this.#offset = end
      }
    }
  }
}

/** DELTA_BYTE_ARRAY: how much of the previous value each one begins with, then the rest of each. */
export class DeltaText implements ValueDecoder<TextSink> {
  readonly #page: Buffer
  readonly #ascii: boolean
  readonly #prefixes: DeltaBinaryReader
  readonly #suffixes: DeltaBinaryReader
  readonly #prefixChunk = new Int32Array(CHUNK)
  readonly #suffixChunk = new Int32Array(CHUNK)
  #offset: number
  /** The previous value; the next one is written over its end, so that a common beginning is never copied. */
  #value = Buffer.allocUnsafe(2_048)
  #length = 0

  constructor(page: Buffer, start: number) {
    this.#page = page
    this.#prefixes = new DeltaBinaryReader(new ByteCursor(page, start))
    const suffixes = endOfDelta(page, start)
    this.#suffixes = new DeltaBinaryReader(new ByteCursor(page, suffixes))
    this.#offset = endOfDelta(page, suffixes)
    this.#ascii = isAscii(page.subarray(this.#offset))
  }

  read(count: number, sink: TextSink): void {
    for (let left = count; left > 0; left -= CHUNK) {
      const take = Math.min(left, CHUNK)
      this.#prefixes.read(this.#prefixChunk, take)
      this.#suffixes.read(this.#suffixChunk, take)
      for (let index = 0; index < take; index++) {
        this.#append(this.#prefixChunk[index]!, this.#suffixChunk[index]!)
        sink.take(this.#value, 0, this.#length, this.#ascii)
      }
    }
  }

  #append(prefix: number, suffix: number): void {
    const from = this.#offset
    if (prefix < 0 || prefix > this.#length)
      throw corrupt('a value that begins with more than the one before it')
    if (suffix < 0 || from + suffix > this.#page.length) throw corrupt('a value that ends outside its page')
    const length = prefix + suffix
    if (length > this.#value.length) {
      const larger = Buffer.allocUnsafe(length * 2)
      this.#value.copy(larger, 0, 0, prefix)
      this.#value = larger
    }
    this.#page.copy(this.#value, prefix, from, from + suffix)
    this.#offset = from + suffix
    this.#length = length
  }
}

function endOfDelta(page: Buffer, start: number): number {
  const cursor = new ByteCursor(page, start)
  new DeltaBinaryReader(cursor).skipAll()
  return cursor.offset
}
