import { ByteCursor } from '../bytes/byte-cursor.js'
import { Damage, corrupt } from '../bytes/damage.js'
import { DeltaBinaryReader } from './delta-binary.js'
import type { PhysicalType } from '../footer/schema-element.js'
import type { Encoding } from '../footer/page-header.js'
import { RleHybridReader } from './rle-hybrid.js'
import type { IntegerSink, ValueDecoder } from './value-sink.js'

const CHUNK = 1_024
const JULIAN_DAY_OF_EPOCH = 2_440_588
const MS_PER_DAY = 86_400_000

/** Bytes of one PLAIN value, or `undefined` for a type that is not a number. */
const WIDTHS: Partial<Record<PhysicalType, number>> = { INT32: 4, INT64: 8, INT96: 12, FLOAT: 4, DOUBLE: 8 }

/** True for the types that {@link integerValues} reads. INT96 is Spark's timestamp and comes out in milliseconds. */
export function isNumericType(type: PhysicalType): boolean {
  return type in WIDTHS
}

/** The decoder of integers, or of floating-point numbers that stand for such, that begin at `start` of a page. Values beyond 2^53 lose precision. Throws `Damage`. */
export function integerValues(
  type: PhysicalType,
  encoding: Encoding,
  page: Buffer,
  start: number,
  dictionary: Float64Array | null,
): ValueDecoder<IntegerSink> {
  switch (encoding) {
    case 'PLAIN':
      return new PlainIntegers(type, page, start)
    case 'PLAIN_DICTIONARY':
    case 'RLE_DICTIONARY':
      if (!dictionary) throw corrupt('a page that refers to a dictionary where there is none')
      return new DictionaryIntegers(page, start, dictionary)
    case 'DELTA_BINARY_PACKED':
      return new DeltaIntegers(type, page, start)
    case 'BYTE_STREAM_SPLIT':
      return new PlainIntegers(type, joinStreams(type, page, start), 0)
    default:
      throw new Damage('encoding', `${encoding} for integers`)
  }
}

/** The values of a PLAIN dictionary page. Throws `Damage`. */
export function integerDictionary(type: PhysicalType, page: Buffer, size: number): Float64Array {
  if (size * WIDTHS[type]! > page.length)
    throw corrupt(`a dictionary of ${size} values in ${page.length} bytes`)
  const values = new Float64Array(size)
  for (let index = 0; index < size; index++) values[index] = valueAt(type, page, index * WIDTHS[type]!)
  return values
}

class PlainIntegers implements ValueDecoder<IntegerSink> {
  readonly #type: PhysicalType
  readonly #page: Buffer
  #offset: number

  constructor(type: PhysicalType, page: Buffer, start: number) {
    this.#type = type
    this.#page = page
    this.#offset = start
  }

  read(count: number, sink: IntegerSink): void {
    const width = WIDTHS[this.#type]!
    if (this.#offset + count * width > this.#page.length)
      throw corrupt('fewer values than the page announces')
    for (let index = 0; index < count; index++) {
      sink.take(valueAt(this.#type, this.#page, this.#offset))
      this.#offset += width
    }
  }
}

/** BYTE_STREAM_SPLIT: the first bytes of all values, then the second bytes of all, and so on. */
function joinStreams(type: PhysicalType, page: Buffer, start: number): Buffer {
  const width = WIDTHS[type]!
  const count = Math.floor((page.length - start) / width)
  const plain = Buffer.allocUnsafe(count * width)
  for (let stream = 0; stream < width; stream++) {
    for (let index = 0; index < count; index++) {
      plain[index * width + stream] = page[start + stream * count + index]!
    }
  }
  return plain
}

class DictionaryIntegers implements ValueDecoder<IntegerSink> {
  readonly #indices: RleHybridReader
  readonly #dictionary: Float64Array
  readonly #chunk = new Uint32Array(CHUNK)

  constructor(page: Buffer, start: number, dictionary: Float64Array) {
    const cursor = new ByteCursor(page, start)
    this.#indices = new RleHybridReader(cursor, cursor.byte())
    this.#dictionary = dictionary
  }

  read(count: number, sink: IntegerSink): void {
    for (let left = count; left > 0; left -= CHUNK) {
      const take = Math.min(left, CHUNK)
      this.#indices.read(this.#chunk, take)
      for (let index = 0; index < take; index++) {
        const value = this.#dictionary[this.#chunk[index]!]
        if (value === undefined) throw corrupt(`dictionary entry ${this.#chunk[index]} does not exist`)
        sink.take(value)
      }
    }
  }
}

class DeltaIntegers implements ValueDecoder<IntegerSink> {
  readonly #deltas: DeltaBinaryReader
  readonly #chunk: Int32Array | Float64Array

  constructor(type: PhysicalType, page: Buffer, start: number) {
    // Deltas of 32-bit values wrap around.
    this.#chunk = type === 'INT32' ? new Int32Array(CHUNK) : new Float64Array(CHUNK)
    this.#deltas = new DeltaBinaryReader(new ByteCursor(page, start))
  }

  read(count: number, sink: IntegerSink): void {
    for (let left = count; left > 0; left -= CHUNK) {
      const take = Math.min(left, CHUNK)
      this.#deltas.read(this.#chunk, take)
      for (let index = 0; index < take; index++) sink.take(this.#chunk[index]!)
    }
  }
}

function valueAt(type: PhysicalType, page: Buffer, offset: number): number {
  if (type === 'INT32') return page.readInt32LE(offset)
  if (type === 'DOUBLE') return page.readDoubleLE(offset)
  if (type === 'FLOAT') return page.readFloatLE(offset)
  if (type === 'INT64') return page.readInt32LE(offset + 4) * 2 ** 32 + page.readUInt32LE(offset)
  const nanoseconds = page.readUInt32LE(offset + 4) * 2 ** 32 + page.readUInt32LE(offset)
  return (page.readInt32LE(offset + 8) - JULIAN_DAY_OF_EPOCH) * MS_PER_DAY + Math.floor(nanoseconds / 1e6)
}
