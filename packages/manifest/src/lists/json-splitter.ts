import { ManifestError } from '../errors.js'
import { isKeyName } from '../rows/column-names.js'
import { MAX_RECORD_BYTES, type SplitRecord } from './record-splitter.js'

/**
 * Members of an object whose elements are rows: S3's ListObjects, ListObjectVersions and DeleteObjects, Google's list of objects,
 * Redshift's manifests. Not in an object that has a key itself.
 */
const LISTS = new Set(['Contents', 'Versions', 'items', 'Objects', 'objects', 'Keys', 'keys', 'entries'])

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COLON = 0x3a
const OPEN = new Set([0x5b, 0x7b])
const CLOSE = new Set([0x5d, 0x7d])
const OPEN_ARRAY = 0x5b
const CLOSE_ARRAY = 0x5d
const LF = 0x0a

/**
 * Splits JSON into rows, from pieces cut anywhere: values one after another, the elements of an array, and those of a member like
 * `Contents` of an object or of several objects in an array. Keeps one row. Throws `LAGOON_MANIFEST_LIST_CORRUPT` for text between values.
 */
export class JsonSplitter {
  readonly #name: string
  readonly #onRecord: (record: SplitRecord) => void
  #row = Buffer.allocUnsafe(4_096)
  #length = 0
  #tooLong = false
  #line = 1
  #rowLine = 1
  /** Arrays and objects that are open. */
  #depth = 0
  /** `#depth` at which rows are, and what it was outside of the lists that are open. */
  #rowDepth = 0
  readonly #outerRowDepths: number[] = []
  #state: 'between' | 'scalar' | 'string' | 'escape' = 'between'
  /** Whether a row is being collected. */
  #inRow = false
  /** The object had a list: it is not a row itself. */
  #listed = false
  /** The string last read directly inside a row: the name of a member, if a colon follows. */
  #member = ''
  #memberStart = 0
  /** The row has a member that names a key. */
  #hasKey = false
  #markLeft = [0xef, 0xbb, 0xbf]

  constructor(name: string, onRecord: (record: SplitRecord) => void) {
    this.#name = name
    this.#onRecord = onRecord
  }

  /** Line of the incomplete row, for messages. */
  get line(): number {
    return this.#inRow ? this.#rowLine : this.#line
  }

  /** Takes the next piece and passes on every row that it completes. */
  push(piece: Uint8Array): void {
    for (const byte of piece) {
      // The byte order mark.
      if (this.#markLeft.length > 0 && byte === this.#markLeft.shift()) continue
      this.#markLeft.length = 0
      if (byte === LF) this.#line++
      this.#byte(byte)
    }
  }

  /** `false` if the text ends inside a value. */
  end(): boolean {
    return this.#depth === 0 && this.#state === 'between'
  }

  #byte(byte: number): void {
    if (this.#state === 'string' || this.#state === 'escape') {
      this.#keep(byte)
      if (this.#state === 'escape') this.#state = 'string'
      else if (byte === BACKSLASH) this.#state = 'escape'
      else if (byte === QUOTE) this.#endString()
      return
    }
    if (this.#state === 'scalar' && (isSpace(byte) || byte === 0x2c || CLOSE.has(byte))) {
      this.#state = 'between'
      if (this.#depth === this.#rowDepth && this.#inRow) this.#endRow()
    }
    if (isSpace(byte) || byte === 0x2c) {
      if (this.#inRow) this.#keep(byte)
    } else if (byte === QUOTE) {
      this.#begin()
      this.#keep(byte)
      this.#memberStart = this.#length
      this.#state = 'string'
    } else if (OPEN.has(byte)) this.#open(byte)
    else if (CLOSE.has(byte)) this.#close(byte)
    else {
      if (byte === COLON) this.#hasKey ||= this.#depth === this.#rowDepth + 1 && isKeyName(this.#member)
      else {
        if (this.#depth === 0) throw this.#corrupt('there is text between its values')
        this.#begin()
        this.#state = 'scalar'
      }
      if (this.#inRow) this.#keep(byte)
    }
  }

  #open(byte: number): void {
    if (byte === OPEN_ARRAY && (this.#depth === 0 || this.#isListOfObject())) {
      // Its elements are the rows.
      this.#listed = this.#depth > 0
      this.#inRow = false
      this.#length = 0
      this.#depth += 1
      this.#outerRowDepths.push(this.#rowDepth)
      this.#rowDepth = this.#depth
      return
    }
    this.#begin()
    this.#depth += 1
    if (this.#inRow) this.#keep(byte)
  }

  /** Whether the value of the present member is a list of rows. Only outermost objects have one, and those of the outermost array. */
  #isListOfObject(): boolean {
    const isOutermost = this.#rowDepth === this.#outerRowDepths.length && this.#rowDepth <= 1
    return isOutermost && this.#depth === this.#rowDepth + 1 && !this.#hasKey && LISTS.has(this.#member)
  }

  #close(byte: number): void {
    if (this.#depth === 0) throw this.#corrupt('there is an unmatched closing bracket')
    if (this.#depth === this.#rowDepth) {
      if (byte !== CLOSE_ARRAY) throw this.#corrupt('an array ends like an object')
      this.#depth -= 1
      this.#rowDepth = this.#outerRowDepths.pop() ?? 0
      this.#member = ''
      return
    }
    this.#depth -= 1
    if (this.#inRow) this.#keep(byte)
    if (this.#depth !== this.#rowDepth) return
    if (this.#inRow) this.#endRow()
    this.#listed = false
  }

  #endString(): void {
    this.#state = 'between'
    if (this.#depth === this.#rowDepth + 1) {
      this.#member = this.#row.toString('utf8', this.#memberStart, this.#length - 1)
      if (this.#listed && !this.#inRow) this.#length = 0
    }
    if (this.#depth === this.#rowDepth && this.#inRow) this.#endRow()
  }

  /** A value begins; at row level, it is a row. */
  #begin(): void {
    if (this.#inRow || this.#depth !== this.#rowDepth) return
    this.#inRow = true
    this.#rowLine = this.#line
    this.#length = 0
    this.#tooLong = false
    this.#hasKey = false
  }

  #endRow(): void {
    this.#inRow = false
    const problem = this.#tooLong ? 'record-too-long' : null
    this.#onRecord({ bytes: this.#row, ends: [this.#length], line: this.#rowLine, problem })
    this.#length = 0
  }

  #keep(byte: number): void {
    if (this.#length >= MAX_RECORD_BYTES) {
      this.#tooLong = true
      return
    }
    if (this.#length === this.#row.length) {
      const larger = Buffer.allocUnsafe(this.#length * 2)
      this.#row.copy(larger)
      this.#row = larger
    }
    this.#row[this.#length++] = byte
  }

  #corrupt(why: string): ManifestError {
    return new ManifestError('LAGOON_MANIFEST_LIST_CORRUPT', {
      message: `${this.#name}: is not JSON at line ${this.#line}: ${why}`,
      hint: 'The file is damaged or followed by another one; write it again.',
    })
  }
}

function isSpace(byte: number): boolean {
  // RFC 7464 puts 0x1E before each value.
  return byte === 0x20 || byte === 0x09 || byte === LF || byte === 0x0d || byte === 0x1e
}
