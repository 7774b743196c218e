import { ByteCursor } from '../bytes/byte-cursor.js'
import { Damage, corrupt } from '../bytes/damage.js'
import type { Encoding } from '../footer/page-header.js'
import { RleHybridReader } from './rle-hybrid.js'
import type { IntegerSink, ValueDecoder } from './value-sink.js'

const CHUNK = 1_024

/** The decoder of booleans that begin at `start` of a page: 0 and 1. Throws `Damage`. */
export function booleanValues(encoding: Encoding, page: Buffer, start: number): ValueDecoder<IntegerSink> {
  if (encoding === 'PLAIN') return new PlainBooleans(page, start)
  if (encoding === 'RLE') return new RleBooleans(page, start)
  throw new Damage('encoding', `${encoding} for booleans`)
}

class PlainBooleans implements ValueDecoder<IntegerSink> {
  readonly #page: Buffer
  #bit: number

  constructor(page: Buffer, start: number) {
    this.#page = page
    this.#bit = start * 8
  }

  read(count: number, sink: IntegerSink): void {
    if (this.#bit + count > this.#page.length * 8) throw corrupt('fewer values than the page announces')
    for (let index = 0; index < count; index++, this.#bit++) {
      sink.take((this.#page[Math.floor(this.#bit / 8)]! >> (this.#bit & 7)) & 1)
    }
  }
}

/** Runs after their length in four bytes. */
class RleBooleans implements ValueDecoder<IntegerSink> {
  readonly #runs: RleHybridReader
  readonly #chunk = new Uint8Array(CHUNK)

  constructor(page: Buffer, start: number) {
    if (start + 4 > page.length) throw corrupt('a page without its values')
    const end = start + 4 + page.readUInt32LE(start)
    this.#runs = new RleHybridReader(new ByteCursor(page, start + 4, end), 1)
  }

  read(count: number, sink: IntegerSink): void {
    for (let left = count; left > 0; left -= CHUNK) {
      const take = Math.min(left, CHUNK)
      this.#runs.read(this.#chunk, take)
      for (let index = 0; index < take; index++) sink.take(this.#chunk[index]!)
    }
  }
}
