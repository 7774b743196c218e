import { ManifestError } from '../errors.js'
import { isKeyName, plainName } from '../rows/column-names.js'
import { isDrawnTable } from './foreign-text.js'
import { ambiguousHeader } from './list-header.js'
import { type ListFormat, type ListFormatName, endingOf, listFormat } from './list-format.js'
import { type ListHead, fieldsOfLine, namesKey } from './list-head.js'
import { refuseForeignText } from './refuse-foreign.js'

/** First fields that are headings of a key column and unlikely to be an object's whole key. */
const HEADINGS = new Set([
  'object',
  'objectkey',
  'objects',
  'path',
  'paths',
  'name',
  'filename',
  'file',
  'files',
  'keys',
  'url',
  'uris',
])

/**
 * Version ids are long and contain a digit, or count; `null` is that of an object from before versioning. Shorter numbers are sizes, and
 * 32 hexadecimal digits an ETag.
 */
const VERSION_ID = /^(?:null|v\d+|\d{15,}|(?![0-9a-f]{32}(?:-\d+)?$)(?=.*\d)[\w.~+/=-]{16,})?$/

/**
 * The format of a list by its name, and where that is not enough, by its beginning:
 *
 * 1. `.jsonl`, `.ndjson` and `.txt` decide; `.gz` and `.zst` are ignored.
 * 2. One JSON string or object per line is JSON lines; a JSON array, or an object that continues on the next line, is JSON.
 * 3. In a `.csv` or `.tsv`, and in a list whose name says nothing and whose first line has several fields, a field that names the key
 *    makes that line a header: the column asked for, else a usual name of one.
 * 4. Seven fields, the fourth being `succeeded` or `failed`: a completion report of S3 Batch Operations. A first field that is the
 *    bucket's name, followed by one or two others, the second of which may be a version id: a list for S3 Batch Operations.
 * 5. Else a `.csv` with one field that is not a usual heading, or two whose second may be a version id, is DataSync's: treating its
 *    first line as a header would lose an object. Any other has a header, or is refused.
 * 6. Everything else is text, one key per line.
 *
 * Throws `LAGOON_MANIFEST_COLUMN_AMBIGUOUS` for a usual heading that was not requested, and `LAGOON_MANIFEST_UNSUPPORTED_FORMAT` for
 * text that is not a list of keys, or is one in another format than its name says.
 */
export function recogniseList(
  name: string,
  head: ListHead,
  { bucket, column }: { bucket: string; column: string | undefined },
): ListFormat {
  const { firstLine, lines, delimiter, namesDelimiter, startsAsJson } = head
  const ending = endingOf(name)
  const format = (chosen: Parameters<typeof listFormat>[0]): ListFormat => listFormat(chosen, name)
  const isTable = ending === 'csv' || ending === 'tsv' || namesDelimiter
  const isText = ending === 'txt'
  if (!isTable && !isText && startsAsJson) return format(startsAsJson)
  if (ending === 'jsonl' || ending === 'ndjson') return format('jsonl')
  if (ending === 'json') return format('json')
  if (startsAsJson && /^\s*[{[]/.test(firstLine)) throw misnamed(name, 'JSON', '.jsonl or .json')
  if (isDrawnTable(lines)) refuseForeignText(name, lines, bucket)
  const fields = fieldsOfLine(firstLine, delimiter)
  const isHeader = namesKey(fields, column)
  if (isHeader && fields.length > 1 && isText) throw misnamed(name, 'a table with a header', '.csv')
  // Of one field, any other name may be an object's whole key.
  const isColumn = isTable && (column !== undefined || /^(?:uri|key)$/i.test(fields[0]!))
  if (isHeader && (fields.length > 1 || isColumn)) return format('csv')
  const table = headlessTable(head, fields, bucket)
  if (table && isText) throw misnamed(name, 'a table of S3 Batch Operations', '.csv')
  if (table) return format(table)
  if (!isTable) {
    refuseForeignText(name, lines, bucket)
    return format('text')
  }
  if (column !== undefined || fields.length > 2) return format('csv')
  const mayBeDataSync = lines.every((line) => isVersionId(fieldsOfLine(line, delimiter)[1]))
  if (fields.length === 2) return format(mayBeDataSync ? 'datasync' : 'csv')
  if (isHeading(firstLine) || !mayBeDataSync) throw ambiguousHeader(name, fields)
  refuseForeignText(name, lines, bucket)
  return format('datasync')
}

/** The format of a table that has no header and begins with the bucket's name; `null` for anything else. */
function headlessTable(
  { lines, delimiter }: ListHead,
  { length, 0: first, 3: status = '' }: readonly string[],
  bucket: string,
): ListFormatName | null {
  if (length === 7 && /^(?:succeeded|failed)$/i.test(status)) return 's3-batch-report'
  const isBatch = first === bucket && (length === 2 || length === 3)
  return isBatch && lines.every((line) => isVersionId(fieldsOfLine(line, delimiter)[2])) ? 's3-batch' : null
}

function isVersionId(field: string | undefined): boolean {
  return field === undefined || VERSION_ID.test(field)
}

/** Whether a line of one field is a heading: a usual one, or several with spaces between. */
function isHeading(line: string): boolean {
  const words = line.trim().split(/\s+/)
  return HEADINGS.has(plainName(line.replaceAll('"', ''))) || (words.length > 1 && words.some(isKeyName))
}

function misnamed(name: string, what: string, endings: string): ManifestError {
  return new ManifestError('LAGOON_MANIFEST_UNSUPPORTED_FORMAT', {
    message: `${name}: is ${what}, although its name says otherwise`,
    hint: `Give it a name that ends in ${endings}.`,
  })
}
