import type { ListFormatName } from './list-format.js'

/** How much of a list is looked at to recognise it. */
const HEAD_BYTES = 64 * 1024

/** Whether the beginning of a list holds the whole of its first line that is not blank, or as much as is looked at. */
export function isEnoughToRecognise(head: Buffer): boolean {
  return head.length >= HEAD_BYTES || /\S.*\n/.test(head.toString('latin1'))
}

/**
 * The format of a list by its name, and where that does not say enough, by its first line:
 *
 * 1. `.jsonl`, `.ndjson`, `.txt` say it all; `.gz` and `.zst` say nothing.
 * 2. In a `.csv`, and in a list whose name says nothing and whose first line has several fields, a field `uri`, `key` or
 *    the column asked for makes that line a header.
 * 3. A first field that is the bucket's name, and one or two after it: S3 Batch Operations.
 * 4. Else a `.csv` of one or two fields is DataSync's: taking its first line for a header would lose an object.
 * 5. Else a JSON string or object a line is JSON lines, and all the rest is text, a key a line.
 */
export function recogniseList(
  name: string,
  head: Buffer,
  { bucket, column }: { bucket: string; column: string | undefined },
): ListFormatName {
  const ending = /\.([a-z]+)$/.exec(name.toLowerCase().replace(/\.(gz|zst|zstd)$/, ''))?.[1]
  if (ending === 'jsonl' || ending === 'ndjson') return 'jsonl'
  if (ending === 'txt') return 'text'
  const line = firstLine(head)
  const fields = line.split(',').map((field) => field.trim().replace(/^"(.*)"$/, '$1'))
  const isHeader = fields.some((field) =>
    column === undefined ? /^(?:uri|key)$/i.test(field) : field === column,
  )
  const isCsv = ending === 'csv'
  if (!isCsv && isJsonRow(line)) return 'jsonl'
  if (isHeader && (isCsv || fields.length > 1)) return 'csv'
  if (fields[0] === bucket && (fields.length === 2 || fields.length === 3)) return 's3-batch'
  if (!isCsv) return 'text'
  return column === undefined && fields.length <= 2 ? 'datasync' : 'csv'
}

function firstLine(head: Buffer): string {
  const text = new TextDecoder().decode(head)
  return text.split(/\r?\n/).find((line) => line.trim() !== '') ?? ''
}

function isJsonRow(line: string): boolean {
  if (!/^\s*["{]/.test(line)) return false
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'string' || (typeof value === 'object' && value !== null)
  } catch {
    return false
  }
}
