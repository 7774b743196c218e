import { plainName } from '../rows/column-names.js'
import { ambiguousHeader } from './list-header.js'
import { type ListFormat, endingOf, listFormat } from './list-format.js'
import { type ListHead, fieldsOfLine } from './list-head.js'

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

/** Version ids are long and contain a digit, or count; `null` is that of an object from before versioning. */
const VERSION_ID = /^(?:null|v?\d+|(?=.*\d)[\w.~+/=-]{16,})?$/

/**
 * The format of a list by its name, and where that is not enough, by its beginning:
 *
 * 1. `.jsonl`, `.ndjson` and `.txt` decide; `.gz` and `.zst` are ignored.
 * 2. One JSON string or object per line is JSON lines; a JSON array, or an object that continues on the next line, is JSON.
 * 3. In a `.csv` or `.tsv`, and in a list whose name says nothing and whose first line has several fields, a field `uri`, `key` or
 *    the column asked for makes that line a header.
 * 4. Seven fields, the fourth being `succeeded` or `failed`: a completion report of S3 Batch Operations. A first field that is the
 *    bucket's name, followed by one or two others: a list for S3 Batch Operations.
 * 5. Else a `.csv` with one field that is not a usual heading, or two whose second may be a version id, is DataSync's: treating its
 *    first line as a header would lose an object. Any other has a header, or is refused.
 * 6. Everything else is text, one key per line.
 *
 * Throws `LAGOON_MANIFEST_COLUMN_AMBIGUOUS` for a usual heading that was not requested.
 */
export function recogniseList(
  name: string,
  { firstLine, delimiter, namesDelimiter, startsAsJson }: ListHead,
  { bucket, column }: { bucket: string; column: string | undefined },
): ListFormat {
  const ending = endingOf(name)
  const format = (chosen: Parameters<typeof listFormat>[0]): ListFormat => listFormat(chosen, name)
  if (ending === 'txt') return format('text')
  const isTable = ending === 'csv' || ending === 'tsv' || namesDelimiter
  if (!isTable && startsAsJson) return format(startsAsJson)
  if (ending === 'jsonl' || ending === 'ndjson') return format('jsonl')
  if (ending === 'json') return format('json')
  const fields = fieldsOfLine(firstLine, delimiter)
  const isHeader = fields.some((field) =>
    column === undefined ? /^(?:uri|key)$/i.test(field) : field === column,
  )
  if (isHeader && (isTable || fields.length > 1)) return format('csv')
  const [first = '', second = '', , status = ''] = fields
  if (fields.length === 7 && /^(?:succeeded|failed)$/i.test(status)) return format('s3-batch-report')
  if (first === bucket && (fields.length === 2 || fields.length === 3)) return format('s3-batch')
  if (!isTable) return format('text')
  if (column !== undefined || fields.length > 2) return format('csv')
  if (fields.length === 2) return format(VERSION_ID.test(second) ? 'datasync' : 'csv')
  if (HEADINGS.has(plainName(first))) throw ambiguousHeader(name, fields)
  return format('datasync')
}
