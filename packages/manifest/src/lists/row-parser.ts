import { type KeyProblem, type KeyRules, NULL_KEY, otherBucket } from '../rows/key-rules.js'
import type { ListRow } from './batch-builder.js'
import { type Flag, flagOf } from '../rows/flag.js'
import { sizeOfText, timeOfText } from '../rows/detail-values.js'
import { isDirectory, keyOfObject } from './json-row.js'
import type { ListColumn, ListFormat } from './list-format.js'
import { columnOfName } from './list-header.js'
import type { SplitRecord } from './record-splitter.js'

/** A row, and what it says about its version. */
export interface ParsedRow extends ListRow {
  latest: Flag
  deleted: Flag
  /** The row stands for a directory. */
  directory?: boolean
}

/** How rows are parsed. */
interface RowParserOptions {
  rules: KeyRules
  bucket: string
  format: ListFormat
  columns: readonly ListColumn[]
  /** The requested member of JSON objects. */
  column: string | undefined
  /** Whether to parse times, which is expensive. */
  times: boolean
}

/** Longer fields are not a size, version or ETag of any store. */
const MAX_DETAIL_BYTES = 2_048

/** Turns the fields of a record into a row. */
export class RowParser {
  readonly #rules: KeyRules
  readonly #bucket: string
  readonly #format: ListFormat
  readonly #columns: readonly ListColumn[]
  readonly #column: string | undefined
  readonly #times: boolean
  /** The members of the first JSON object without a key; `null` before, and once any row had a key. */
  keyless: readonly string[] | null = null
  #anyKey = false

  constructor({ rules, bucket, format, columns, column, times }: RowParserOptions) {
    this.#rules = rules
    this.#bucket = bucket
    this.#format = format
    this.#columns = columns
    this.#column = column
    this.#times = times
  }

  parse(record: SplitRecord): ParsedRow {
    if (record.problem === 'text-after-quote') return malformed(record, 'there is text after a closing quote')
    if (record.problem === 'record-too-long') return malformed(record, 'the line is too long')
    if (this.#format.json) return this.#parseJson(record)
    const row: ParsedRow = emptyRow(NULL_KEY)
    let isElsewhere = false
    let start = 0
    for (const [index, end] of record.ends.entries()) {
      const column = this.#columns[index]
      if (column === 'key') row.key = this.#key(record.bytes, start, end)
      else if (column !== undefined && column !== 'other' && end - start <= MAX_DETAIL_BYTES) {
        const text = record.bytes.toString('utf8', start, end)
        if (column === 'bucket') isElsewhere = text !== '' && text !== this.#bucket
        else this.#set(row, column, text)
      }
      start = end
    }
    if (row.key === NULL_KEY) return malformed(record, 'the line has too few fields')
    return isElsewhere ? this.#ofOtherBucket(row) : row
  }

  #ofOtherBucket(row: ParsedRow): ParsedRow {
    const key = typeof row.key === 'string' ? row.key : row.key.key
    return { ...row, key: otherBucket(this.#bucket, key) }
  }

  #key(bytes: Buffer, start: number, end: number): string | KeyProblem {
    if (!this.#format.urlEncoded) return this.#rules.resolve(bytes, start, end, false)
    const decoded = urlDecode(bytes.subarray(start, end))
    return this.#rules.resolve(decoded, 0, decoded.length, false)
  }

  #set(row: ParsedRow, column: ListColumn, text: string): void {
    if (column === 'isLatest') row.latest = flagOf(text)
    else if (column === 'isDeleteMarker') row.deleted = flagOf(text)
    else if (text === '') return
    // Only versions that are no longer current have such a time.
    else if (column === 'timeDeleted') row.latest = false
    else if (column === 'size') row.size = sizeOfText(text)
    else if (column === 'etag') row.etag = text.replace(/^"(.*)"$/, '$1')
    else if (column === 'versionId') row.versionId = text
    else if (column === 'lastModified') row.lastModifiedMs = this.#times ? timeOfText(text) : null
    else if (column === 'destinationKey') {
      row.destinationKey = this.#format.urlEncoded ? urlDecode(Buffer.from(text)).toString() : text
    }
  }

  #parseJson(record: SplitRecord): ParsedRow {
    if (record.problem) return malformed(record, 'the line is too long')
    let value: unknown
    try {
      value = parseJson(record.bytes.toString('utf8', 0, record.ends[0]))
    } catch {
      if (!this.#anyKey) this.keyless ??= []
      return malformed(record, 'the line is not JSON')
    }
    if (typeof value === 'string') {
      this.#sawKey()
      return emptyRow(this.#jsonKey(value))
    }
    if (typeof value !== 'object' || value === null) return malformed(record, 'the line holds no key')
    const key = keyOfObject(value as Record<string, unknown>, this.#column)
    if (key === null) {
      if (!this.#anyKey) this.keyless ??= Object.keys(value)
      return malformed(record, 'the line holds no key')
    }
    this.#sawKey()
    if ('problem' in key) return malformed(record, key.problem)
    if (key.value === null) return emptyRow(NULL_KEY)
    if (typeof key.value !== 'string') return malformed(record, 'its key is not a string')
    const row = emptyRow(this.#jsonKey(key.value))
    row.directory = isDirectory(value as Record<string, unknown>)
    for (const [name, field] of Object.entries(value)) {
      const column = name === key.name ? 'other' : columnOfName(name)
      if (column === 'bucket' && typeof field === 'string' && field !== this.#bucket)
        return this.#ofOtherBucket(row)
      if (column === 'other' || column === 'bucket') continue
      if (typeof field === 'string') this.#set(row, column, field)
      else if (typeof field === 'boolean' || Number.isSafeInteger(field))
        this.#set(row, column, String(field))
    }
    return row
  }

  #sawKey(): void {
    this.#anyKey = true
    this.keyless = null
  }

  #jsonKey(value: string): string | KeyProblem {
    if (!value.isWellFormed()) {
      const message = 'the key is not valid Unicode (lone surrogate)'
      return { key: value.toWellFormed(), code: 'LAGOON_MANIFEST_KEY_NOT_UTF8', message }
    }
    const bytes = Buffer.from(value)
    return this.#rules.resolve(bytes, 0, bytes.length, false)
  }
}

/** Python writes NaN and infinities as names, which JSON does not have. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const named = /("(?:[^"\\]|\\.)*")|-?\b(?:NaN|Infinity)\b/g
    if (!/NaN|Infinity/.test(text)) throw error
    return JSON.parse(text.replaceAll(named, (_, quoted?: string) => quoted ?? 'null'))
  }
}

function emptyRow(key: string | KeyProblem): ParsedRow {
  return {
    key,
    size: null,
    etag: null,
    versionId: null,
    destinationKey: null,
    lastModifiedMs: null,
    latest: null,
    deleted: null,
  }
}

function malformed(record: SplitRecord, why: string): ParsedRow {
  return emptyRow({
    key: record.bytes.toString('utf8', 0, Math.min(200, record.ends.at(-1) ?? 0)),
    code: 'LAGOON_MANIFEST_ROW_MALFORMED',
    message: `line ${record.line} cannot be parsed: ${why}`,
  })
}

/** Decodes the encoding of listings and inventories: `%XX`, and `+` for a space. Anything else stays as it is. */
export function urlDecode(bytes: Buffer): Buffer {
  const decoded = Buffer.allocUnsafe(bytes.length)
  let length = 0
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!
    const value = byte === 0x25 ? hexPair(bytes, at + 1) : -1
    if (value >= 0) at += 2
    decoded[length++] = value >= 0 ? value : byte === 0x2b ? 0x20 : byte
  }
  return decoded.subarray(0, length)
}

function hexPair(bytes: Buffer, at: number): number {
  const high = hexDigit(bytes[at])
  const low = hexDigit(bytes[at + 1])
  return high < 0 || low < 0 ? -1 : high * 16 + low
}

function hexDigit(byte: number | undefined): number {
  if (byte === undefined) return -1
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}
