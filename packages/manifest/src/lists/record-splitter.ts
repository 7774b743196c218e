/** Bytes of a field that are kept; a longer one is not a key and is only counted. */
export const MAX_FIELD_BYTES = 64 * 1024

/** Bytes of a record that are kept: a longer one is malformed as a whole. */
export const MAX_RECORD_BYTES = 1024 * 1024

/** Fields of a record that are kept; later ones have no column. */
export const MAX_FIELDS = 4_096

/** How to split lines. */
export interface RecordFormat {
  /** Byte between fields, or `null` when a line is one field. */
  delimiter: number | null
  /** Whether fields may be quoted as in RFC 4180. */
  quotes: boolean
  /** Whether CR alone ends a line, too. Default false: it is part of the line. */
  endsInCr?: boolean
}

/** A record: its fields are one after another in `bytes`. Only valid during the call that passes it. */
export interface SplitRecord {
  bytes: Buffer
  /** End of each field in `bytes`; the first one begins at 0. */
  ends: readonly number[]
  /** Line of the first byte, counted from 1. */
  line: number
  /** What is wrong with it, or `null`. */
  problem: 'field-too-long' | 'record-too-long' | 'text-after-quote' | null
}

const LF = 0x0a
const CR = 0x0d
const QUOTE = 0x22
const BOM = Buffer.from([0xef, 0xbb, 0xbf])

/**
 * Splits text into records, from pieces cut anywhere. Lines end in LF or CRLF, also mixed, or in CR alone; a byte order mark at the very
 * start is dropped; blank lines are skipped; a quote inside an unquoted field is an ordinary character. Keeps one record, with at most
 * {@link MAX_FIELD_BYTES} per field and {@link MAX_RECORD_BYTES} in total.
 */
export class RecordSplitter {
  readonly #delimiter: number | null
  readonly #breaksAtCr: boolean
  /** 1 for the bytes that need attention. */
  readonly #special = new Uint8Array(256)
  readonly #onRecord: (record: SplitRecord) => void
  #bytes = Buffer.allocUnsafe(4_096)
  #length = 0
  #fieldStart = 0
  #ends: number[] = []
  #line = 1
  #recordLine = 1
  #problem: SplitRecord['problem'] = null
  /** `start`: of a field; `quote`: after a quote inside a quoted field. */
  #state: 'start' | 'plain' | 'quoted' | 'quote' = 'start'
  #endsInCr = false
  /** The last byte was a CR that ends a line: an LF after it begins none. */
  #afterBreakAtCr = false
  #head: Buffer | null = Buffer.alloc(0)

  constructor(format: RecordFormat, onRecord: (record: SplitRecord) => void) {
    this.#delimiter = format.delimiter
    this.#breaksAtCr = format.endsInCr ?? false
    this.#special[LF] = 1
    this.#special[CR] = 1
    if (format.delimiter !== null) this.#special[format.delimiter] = 1
    if (format.quotes) this.#special[QUOTE] = 1
    this.#onRecord = onRecord
  }

  /** Takes the next piece and passes on every record that it completes. */
  push(piece: Uint8Array): void {
    if (this.#head) {
      this.#head = Buffer.concat([this.#head, piece])
      if (this.#head.length < BOM.length) return
      this.#begin()
    } else this.#split(piece)
  }

  /** Passes on the last record. `false` if the text ends inside quotes: everything after the opening one is lost. */
  end(): boolean {
    if (this.#head) this.#begin()
    if (this.#state === 'quoted') return false
    if (this.#state !== 'start' || this.#ends.length > 0) this.#endRecord()
    return true
  }

  /** Line of the incomplete record, for messages. */
  get line(): number {
    return this.#recordLine
  }

  #begin(): void {
    const head = this.#head!
    this.#head = null
    this.#split(head.subarray(0, 3).equals(BOM) ? head.subarray(3) : head)
  }

  #split(piece: Uint8Array): void {
    for (let at = 0; at < piece.length; at++) {
      const byte = piece[at]!
      if (!this.#special[byte]) {
        // A run of ordinary characters.
        const from = at
        while (at + 1 < piece.length && !this.#special[piece[at + 1]!]) at++
        this.#character(piece, from, at + 1)
        this.#afterBreakAtCr = false
        continue
      }
      const isBreak = byte === LF || (byte === CR && this.#breaksAtCr)
      if (isBreak) {
        if (byte === CR || !this.#afterBreakAtCr) this.#line++
        this.#afterBreakAtCr = byte === CR
      } else this.#afterBreakAtCr = false
      if (this.#state === 'quoted') {
        if (byte === QUOTE) this.#state = 'quote'
        else this.#add(piece, at, at + 1)
      } else if (isBreak) {
        this.#endRecord()
      } else if (byte === this.#delimiter) {
        this.#endField()
      } else if (byte === QUOTE && this.#state !== 'plain') {
        // A quote opens a field; after a quote inside one, it is that quote.
        if (this.#state === 'quote') this.#add(piece, at, at + 1)
        this.#state = 'quoted'
      } else {
        const kept = this.#character(piece, at, at + 1)
        this.#endsInCr = byte === CR && kept
      }
    }
  }

  /** Whether all of it was kept. */
  #character(piece: Uint8Array, from: number, to: number): boolean {
    if (this.#state === 'quote' && piece[from] !== CR) {
      this.#problem ??= 'text-after-quote'
      // Another quote must not swallow the records that follow.
      this.#state = 'plain'
    }
    if (this.#state === 'start') this.#state = 'plain'
    this.#endsInCr = false
    return this.#add(piece, from, to)
  }

  #add(piece: Uint8Array, from: number, to: number): boolean {
    const fieldRoom = MAX_FIELD_BYTES - (this.#length - this.#fieldStart)
    const recordRoom = MAX_RECORD_BYTES - this.#length
    const count = Math.min(fieldRoom, recordRoom, to - from)
    if (count < to - from) this.#problem = recordRoom < fieldRoom ? 'record-too-long' : 'field-too-long'
    if (this.#length + count > this.#bytes.length) {
      const larger = Buffer.allocUnsafe((this.#length + count) * 2)
      this.#bytes.copy(larger, 0, 0, this.#length)
      this.#bytes = larger
    }
    this.#bytes.set(piece.subarray(from, from + count), this.#length)
    this.#length += count
    return count === to - from
  }

  #endField(): void {
    this.#endsInCr = false
    if (this.#ends.length < MAX_FIELDS) this.#ends.push(this.#length)
    else this.#length = this.#fieldStart
    this.#fieldStart = this.#length
    this.#state = 'start'
  }

  #endRecord(): void {
    if (this.#endsInCr) this.#length--
    const blank = this.#ends.length === 0 && this.#length === 0 && this.#state !== 'quote'
    this.#endField()
    if (!blank) this.#onRecord(this.#record())
    this.#length = 0
    this.#fieldStart = 0
    this.#ends = []
    this.#problem = null
    this.#recordLine = this.#line
    this.#endsInCr = false
  }

  #record(): SplitRecord {
    return { bytes: this.#bytes, ends: this.#ends, line: this.#recordLine, problem: this.#problem }
  }
}
