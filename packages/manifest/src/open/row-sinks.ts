import type { RowProblem } from '../rows/key-batch.js'
import { type Flag, flagOf } from '../rows/flag.js'
import { type KeyRules, NULL_KEY } from '../rows/key-rules.js'
import { timeOfNumber } from '../rows/detail-values.js'
import type { IntegerSink, TextSink } from '../parquet/values/value-sink.js'

/** Collects the keys of a batch, and the problems of rows that have none. */
export class KeySink implements TextSink {
  readonly keys: (string | null)[] = []
  readonly problems: RowProblem[] = []
  readonly #rules: KeyRules

  constructor(rules: KeyRules) {
    this.#rules = rules
  }

  take(bytes: Buffer, start: number, end: number, ascii: boolean): void {
    const key = this.#rules.resolve(bytes, start, end, ascii)
    if (typeof key === 'string') {
      this.keys.push(key)
    } else {
      this.problems.push({ index: this.keys.length, ...key })
      this.keys.push(null)
    }
  }

  missing(count: number): void {
    for (let index = 0; index < count; index++) {
      this.problems.push({ index: this.keys.length, ...NULL_KEY })
      this.keys.push(null)
    }
  }
}

/** A version id or an ETag is at most this long; a longer value is ignored. */
const MAX_TEXT_BYTES = 1_024

/** Collects strings of a batch; empty, over-long and missing ones are `null`. */
export class StringSink implements TextSink {
  readonly values: (string | null)[] = []

  take(bytes: Buffer, start: number, end: number, ascii: boolean): void {
    if (start === end || end - start > MAX_TEXT_BYTES) this.values.push(null)
    else this.values.push(bytes.toString(ascii ? 'latin1' : 'utf8', start, end))
  }

  missing(count: number): void {
    for (let index = 0; index < count; index++) this.values.push(null)
  }
}

/** Collects ETags: like {@link StringSink}, without quotes. */
export class EtagSink extends StringSink {
  override take(bytes: Buffer, start: number, end: number, ascii: boolean): void {
    const quoted = end - start >= 2 && bytes[start] === 0x22 && bytes[end - 1] === 0x22
    super.take(bytes, quoted ? start + 1 : start, quoted ? end - 1 : end, ascii)
  }
}

/** Collects sizes of a batch; an invalid size (negative, or beyond 2^53) is `null`. */
export class SizeSink implements IntegerSink {
  readonly values: (number | null)[] = []

  take(value: number): void {
    this.values.push(Number.isSafeInteger(value) && value >= 0 ? value : null)
  }

  missing(count: number): void {
    for (let index = 0; index < count; index++) this.values.push(null)
  }
}

/** Collects times, in milliseconds. */
export class TimeSink implements IntegerSink {
  readonly values: (number | null)[] = []
  readonly #unitMs: number | null

  /** `unitMs`: milliseconds of a value's unit; `null` if only the value tells. */
  constructor(unitMs: number | null) {
    this.#unitMs = unitMs
  }

  take(value: number): void {
    this.values.push(this.#unitMs === null ? timeOfNumber(value) : Math.floor(value * this.#unitMs))
  }

  missing(count: number): void {
    for (let index = 0; index < count; index++) this.values.push(null)
  }
}

/** Collects numbers that are written as text; what is not understood, empty and missing ones are `null`. */
export class NumberTextSink implements TextSink {
  readonly values: (number | null)[] = []
  readonly #parse: (text: string) => number | null

  constructor(parse: (text: string) => number | null) {
    this.#parse = parse
  }

  take(bytes: Buffer, start: number, end: number): void {
    this.values.push(end - start > MAX_TEXT_BYTES ? null : this.#parse(bytes.toString('latin1', start, end)))
  }

  missing(count: number): void {
    for (let index = 0; index < count; index++) this.values.push(null)
  }
}

/** Collects which rows have a value at all: of text, one that is not empty. */
export class PresenceSink implements TextSink, IntegerSink {
  readonly values: boolean[] = []

  take(_: Buffer | number, start = 0, end = 1): void {
    this.values.push(end > start)
  }

  missing(count: number): void {
    for (let index = 0; index < count; index++) this.values.push(false)
  }
}

/** Collects which rows belong to another bucket. */
export class OtherBucketSink implements TextSink {
  readonly values: boolean[] = []
  readonly #bucket: Buffer

  constructor(bucket: string) {
    this.#bucket = Buffer.from(bucket)
  }

  take(bytes: Buffer, start: number, end: number): void {
    this.values.push(start < end && bytes.compare(this.#bucket, 0, this.#bucket.length, start, end) !== 0)
  }

  missing(count: number): void {
    for (let index = 0; index < count; index++) this.values.push(false)
  }
}

/** Collects flags in any notation. */
export class FlagSink implements IntegerSink {
  readonly values: Flag[] = []

  take(value: number): void {
    this.values.push(flagOf(String(value)))
  }

  missing(count: number): void {
    for (let index = 0; index < count; index++) this.values.push(null)
  }
}

/** {@link FlagSink} for a column of text. */
export class TextFlagSink implements TextSink {
  readonly values: Flag[] = []

  take(bytes: Buffer, start: number, end: number): void {
    this.values.push(end - start > MAX_TEXT_BYTES ? 'unclear' : flagOf(bytes.toString('latin1', start, end)))
  }

  missing(count: number): void {
    for (let index = 0; index < count; index++) this.values.push(null)
  }
}

/** Takes values of any kind and keeps none. */
export const DISCARD: TextSink & IntegerSink = { take() {}, missing() {} }
