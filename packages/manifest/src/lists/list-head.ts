/** How much of a list is read to recognise it. */
const HEAD_BYTES = 64 * 1024

/** What the beginning of a list shows. */
export interface ListHead {
  /** The first line that is not blank and does more than name the delimiter. */
  firstLine: string
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

/** Lines that must have as many fields as the first one before a delimiter is accepted. */
const COMPARED_LINES = 8

/**
 * Whether the beginning of a list contains its whole first line that is not blank and does more than name the delimiter, or as much as
 * is read.
 */
export function isEnoughToRecognise(head: Buffer): boolean {
  if (head.length >= HEAD_BYTES) return true
  const text = head.toString('latin1').replace(/^\xef\xbb\xbf/, '')
  return /\S[^\n]*\n/.test(text.replace(/^\s*"?sep=[^\n]*\n/i, ''))
}

/** Examines the beginning of a list. `asked`: the requested column. */
export function readHead(bytes: Buffer, asked: string | undefined): ListHead {
  const text = new TextDecoder().decode(bytes.subarray(0, HEAD_BYTES))
  const endsInCr = text.includes('\r') && !text.includes('\n')
  const lines = text.split(endsInCr ? '\r' : /\r?\n/).filter((line) => line.trim() !== '')
  const named = /^"?sep=([^"\r\n])"?\s*$/i.exec(lines[0] ?? '')?.[1]
  const firstLine = (named === undefined ? lines[0] : lines[1]) ?? ''
  return {
    firstLine,
    delimiter: named === undefined ? guessDelimiter(lines, asked) : named.charCodeAt(0),
    namesDelimiter: named !== undefined,
    endsInCr,
    startsAsJson: jsonStart(firstLine),
  }
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

/**
 * The delimiter that makes `uri`, `key` or the requested column a column of the first line; else the one that gives every line the same
 * number of fields, several; else the comma. A key may contain any of them.
 */
function guessDelimiter(lines: readonly string[], asked: string | undefined): number {
  const isHeading = (field: string): boolean =>
    asked === undefined ? /^(?:uri|key)$/i.test(field) : field === asked
  const heading = DELIMITERS.find((delimiter) => fieldsOfLine(lines[0] ?? '', delimiter).some(isHeading))
  if (heading !== undefined) return heading
  const [first, ...others] = lines.slice(0, COMPARED_LINES)
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
