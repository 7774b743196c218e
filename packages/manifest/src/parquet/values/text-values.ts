import { isAscii } from 'node:buffer'
import { ByteCursor } from '../bytes/byte-cursor.js'
import { Damage, corrupt } from '../bytes/damage.js'
import { DeltaLengthText, DeltaText } from './delta-text.js'
import type { Encoding } from '../footer/page-header.js'
import { RleHybridReader } from './rle-hybrid.js'
import type { TextSink, ValueDecoder } from './value-sink.js'

/** Indices that are decoded at a time. */
const CHUNK = 1_024

/** The decoder of BYTE_ARRAY values that begin at `start` of a page. Throws `Damage`. */
export function textValues(
  encoding: Encoding,
  page: Buffer,
  start: number,
  dictionary: TextDictionary | null,
): ValueDecoder<TextSink> {
  switch (encoding) {
    case 'PLAIN':
      return new PlainText(page, start)
    case 'PLAIN_DICTIONARY':
    case 'RLE_DICTIONARY':
      if (!dictionary) throw corrupt('a page that refers to a dictionary where there is none')
      return new DictionaryText(page, start, dictionary)
    case 'DELTA_LENGTH_BYTE_ARRAY':
      return new DeltaLengthText(page, start)
    case 'DELTA_BYTE_ARRAY':
      return new DeltaText(page, start)
    default:
      throw new Damage('encoding', `${encoding} for text`)
  }
}

/** PLAIN: each value after its length in four bytes. */
class PlainText implements ValueDecoder<TextSink> {
  readonly #page: Buffer
  readonly #ascii: boolean
  #offset: number

  constructor(page: Buffer, start: number) {
    this.#page = page
    this.#offset = start
    // Lengths below 128 are ASCII too, so that one check of the whole page covers all of its values.
    this.#ascii = isAscii(page.subarray(start))
  }

  read(count: number, sink: TextSink): void {
    const page = this.#page
    const ascii = this.#ascii
    let offset = this.#offset
    for (let index = 0; index < count; index++) {
      const end = offset + 4 + lengthAt(page, offset)
      if (end > page.length) throw corrupt('a value that ends outside its page')
      sink.take(page, offset + 4, end, ascii)
      offset = end
    }
    this.#offset = offset
  }
}

function lengthAt(page: Buffer, offset: number): number {
  if (offset + 4 > page.length) throw corrupt('fewer values than the page announces')
  return (
    (page[offset]! | (page[offset + 1]! << 8) | (page[offset + 2]! << 16) | (page[offset + 3]! << 24)) >>> 0
  )
}

/** The values of a dictionary page, in place. */
export interface TextDictionary {
  page: Buffer
  ascii: boolean
  size: number
  /** First byte of each value; four bytes of length lie between the end of one and the next. */
  starts: Uint32Array
}

/** Finds the values of a PLAIN dictionary page. Throws `Damage`. */
export function textDictionary(page: Buffer, size: number): TextDictionary {
  if (size * 4 > page.length) throw corrupt(`a dictionary of ${size} values in ${page.length} bytes`)
  const starts = new Uint32Array(size + 1)
  let offset = 0
  for (let index = 0; index < size; index++) {
    starts[index] = offset + 4
    offset += 4 + lengthAt(page, offset)
    if (offset > page.length) throw corrupt('a dictionary value that ends outside its page')
  }
  starts[size] = offset + 4
  return { page, ascii: isAscii(page), size, starts }
}

/** Indices into the dictionary. */
class DictionaryText implements ValueDecoder<TextSink> {
  readonly #indices: RleHybridReader
  readonly #dictionary: TextDictionary
  readonly #chunk = new Uint32Array(CHUNK)

  constructor(page: Buffer, start: number, dictionary: TextDictionary) {
    const cursor = new ByteCursor(page, start)
    this.#indices = new RleHybridReader(cursor, cursor.byte())
    this.#dictionary = dictionary
  }

  read(count: number, sink: TextSink): void {
    const { page, ascii, size, starts } = this.#dictionary
    for (let left = count; left > 0; left -= CHUNK) {
      const take = Math.min(left, CHUNK)
      this.#indices.read(this.#chunk, take)
      for (let index = 0; index < take; index++) {
        const entry = this.#chunk[index]!
        if (entry >= size) throw corrupt(`dictionary entry ${entry} where there are ${size}`)
        sink.take(page, starts[entry]!, starts[entry + 1]! - 4, ascii)
      }
    }
  }
}
