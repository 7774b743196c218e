import type { RowProblem } from '../rows/key-batch.js'
import { flagOf } from '../rows/flag.js'
import { type KeyRules, NULL_KEY } from '../rows/key-rules.js'
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

/** Collects whole numbers as they are, such as timestamps, scaled to milliseconds. */
export class NumberSink implements IntegerSink {
  readonly values: (number | null)[] = []
  readonly #scale: number

  /** `scale`: what a value is multiplied with. */
  constructor(scale = 1) {
    this.#scale = scale
  }

  take(value: number): void {
    this.values.push(Math.floor(value * this.#scale))
  }

  missing(count: number): void {
    for (let index = 0; index < count; index++) this.values.push(null)
  }
}

/** Collects flags in any notation; an invalid one is `null`. */
export class FlagSink implements IntegerSink {
  readonly values: (boolean | null)[] = []

  take(value: number): void {
    this.values.push(flagOf(String(value)))
  }

  missing(count: number): void {
    for (let index = 0; index < count; index++) this.values.push(null)
  }
}

/** {@link FlagSink} for a column of text. */
export class TextFlagSink implements TextSink {
  readonly values: (boolean | null)[] = []

  take(bytes: Buffer, start: number, end: number): void {
    this.values.push(end - start > MAX_TEXT_BYTES ? null : flagOf(bytes.toString('latin1', start, end)))
  }

  missing(count: number): void {
    for (let index = 0; index < count; index++) this.values.push(null)
  }
}

/** Takes values of any kind and keeps none. */
export const DISCARD: TextSink & IntegerSink = { take() {}, missing() {} }
