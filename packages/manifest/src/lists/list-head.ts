import { plainName, usualKeyNames } from '../rows/column-names.js'

/** How much of a list is read to recognise it. */
const HEAD_BYTES = 64 * 1024

/** What the beginning of a list shows. */
export interface ListHead {
  /** The first line that is not blank and does more than name the delimiter. */
  firstLine: string
  /** That line and some that follow it, as far as they are complete. */
  lines: readonly string[]
  /** The byte between fields, judging by that line. */
  delimiter: number
  /** The first line only names the delimiter, `sep=;`, as Excel writes it. */
  namesDelimiter: boolean
  /** Lines end in CR alone, as old Macintosh programs wrote them. */
  endsInCr: boolean
  /** `jsonl`: the first line is a JSON string or object; `json`: it begins an array, or an object of several lines. */
  startsAsJson: 'json' | 'jsonl' | null
}

const COMMA = 0x2c
/** Bytes that may separate fields; the first is used if nothing suggests another one. */
const DELIMITERS = [COMMA, 0x3b, 0x09, 0x7c]

/** Lines that are compared: a few are enough to tell a table from keys that contain its delimiter. */
const COMPARED_LINES = 8

/** Whether the beginning of a list contains as many lines as are compared, or as much as is read. */
export function isEnoughToRecognise(head: Buffer): boolean {
  if (head.length >= HEAD_BYTES) return true
  // One may name the delimiter.
  const wanted = COMPARED_LINES + 1
  return head.length > wanted && (head.toString('latin1').match(/\S[^\n]*\n/g)?.length ?? 0) >= wanted
}

/** Examines the beginning of a list. `asked`: the requested column. */
export function readHead(bytes: Buffer, asked: string | undefined): ListHead {
  const text = new TextDecoder().decode(bytes.subarray(0, HEAD_BYTES))
  const endsInCr = text.includes('\r') && !text.includes('\n')
  const lines = text.split(endsInCr ? '\r' : /\r?\n/).filter((line) => line.trim() !== '')
  const named = /^"?sep=(\\t|[^"\r\n])"?\s*$/i.exec(lines[0] ?? '')?.[1]
  const content = named === undefined ? lines : lines.slice(1)
  const isCut = bytes.length >= HEAD_BYTES && content.length > 1
  const compared = content.slice(0, isCut ? -1 : undefined).slice(0, COMPARED_LINES)
  const firstLine = content[0] ?? ''
  return {
    firstLine,
    lines: compared,
    delimiter: named === undefined ? guessDelimiter(compared, asked) : delimiterNamed(named),
    namesDelimiter: named !== undefined,
    endsInCr,
    startsAsJson: jsonStart(firstLine),
  }
}

function delimiterNamed(name: string): number {
  return name === '\\t' ? 0x09 : name.charCodeAt(0)
}

/** The fields of a line, without spaces and quotes around them. */
export function fieldsOfLine(line: string, delimiter: number): string[] {
  const fields: string[] = []
  let field = ''
  let quoted = false
  for (const char of line) {
    if (char === '"') quoted = !quoted
    if (!quoted && char.charCodeAt(0) === delimiter) {
      fields.push(field)
      field = ''
    } else field += char
  }
  fields.push(field)
  return fields.map((value) => value.trim().replace(/^"([^]*)"$/, '$1'))
}

/** Whether fields are the header of a table: one of them is the requested column, or has a usual name of a key. */
export function namesKey(fields: readonly string[], asked: string | undefined): boolean {
  if (asked !== undefined) return fields.includes(asked)
  const usual = usualKeyNames(fields)
  return fields.some((field) => usual.includes(plainName(field)))
}

/**
 * The delimiter that makes a usual name of a key or the requested column a column of the first line; else the one that gives every line the same
 * number of fields, several; else the comma. A key may contain any of them.
 */
function guessDelimiter(lines: readonly string[], asked: string | undefined): number {
  const heading = DELIMITERS.find((delimiter) => namesKey(fieldsOfLine(lines[0] ?? '', delimiter), asked))
  if (heading !== undefined) return heading
  const [first, ...others] = lines
  const even = DELIMITERS.find((delimiter) => {
    const count = fieldsOfLine(first ?? '', delimiter).length
    return (
      count > 1 && others.length > 0 && others.every((line) => fieldsOfLine(line, delimiter).length === count)
    )
  })
  return even ?? COMMA
}

function jsonStart(line: string): 'json' | 'jsonl' | null {
  const trimmed = line.trim()
  if (!/^["{[]/.test(trimmed)) return null
  try {
    const value: unknown = JSON.parse(trimmed)
    if (Array.isArray(value)) return 'json'
    return typeof value === 'string' || (typeof value === 'object' && value !== null)
      ? wholeObject(value)
      : null
  } catch {
    return /^(?:\{\s*(?:$|"(?:[^"\\]|\\.)*"\s*:)|\[\s*(?:$|[{"[]))/.test(trimmed) ? 'json' : null
  }
}

/** A response of S3's API in one line contains a list; any other object is a row. */
function wholeObject(value: string | object): 'json' | 'jsonl' {
  return typeof value === 'object' && Object.values(value).some((member) => Array.isArray(member))
    ? 'json'
    : 'jsonl'
}
