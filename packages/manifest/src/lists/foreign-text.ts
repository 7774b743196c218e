import { isObjectUri } from '../rows/key-rules.js'

/** Text that is not a list of keys although it is text. Every line at its beginning looks like this; `one`: and at least one like that. */
interface ForeignText {
  what: string
  line: RegExp
  one?: RegExp
}

const TIME = String.raw`\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d(?::\d\d)?\S*`
const SIZE = String.raw`[\d.]+ ?(?:[KMGTPE]?i?B|[KMGTPE]|Bytes)?`

/** `aws s3 ls`, `s5cmd ls`, `s3cmd ls`; `mc ls`; `gsutil ls -l`, `rclone lsl`; `ls -l`, `find -ls`, `hdfs dfs -ls`; `azcopy list`; `rclone lsf`. */
const LISTED = new RegExp(
  [
    String.raw`${TIME} +(?:\S+ +){0,2}(?:${SIZE}|DIR) +\S`,
    String.raw`\[${TIME} [^\]]+\] +${SIZE} `,
    String.raw` *\d+ +${TIME} +\S`,
    String.raw`(?: *\d+ +\d+ +)?[-dlbcps][-rwxsStT]{9}[.+@]? +\d+ `,
    String.raw`INFO: .*Content Length: `,
    String.raw`.+[,;]-?\d+[,;]${TIME}`,
    String.raw` +(?:PRE|DIR) +\S`,
    String.raw`(?:total|Found|TOTAL:) \d+| *Total (?:Objects|Size):`,
  ]
    .map((form) => `^${form}`)
    .join('|'),
)

const LISTING = 'the output of a command that lists objects or files'

const EVERY_LINE: readonly ForeignText[] = [
  { what: LISTING, line: LISTED },
  // `rclone ls` pads sizes to nine characters.
  { what: LISTING, line: /^(?:(?=[ \d]{9} ) *\d+|\d{10,}) \S/, one: /^ / },
  { what: 'a list of checksums', line: /^\\?[0-9a-f]{32,128} [ *]\S/ },
  { what: 'a list of local paths', line: /^\.\// },
  { what: 'YAML', line: /^- \S/ },
  { what: 'a list in single quotes', line: /^(?:[[({]\s*'|'.*'[,;]?$)/ },
  { what: 'a table without a header, whose fields are separated by tabs', line: /\t|^None$/, one: /\t/ },
  // Hive separates fields by U+0001, some mainframes lines by U+0085.
  { what: 'text that is separated by control characters', line: /[^\P{Cc}\t\0]/u },
]

const FIRST_LINE: readonly ForeignText[] = [
  { what: LISTING, line: /^(?:gs|s3):\/\/\S+:$|^LastModifiedTime\s+Size/ },
  { what: 'a URL list of Storage Transfer Service', line: /^TsvHttpData-1\.0\s*$/ },
  { what: 'YAML', line: /^(?:---|%YAML\b.*|Contents:)\s*$/ },
]

/** The rule of a table that was drawn for people, as by `--output table`, psql and DuckDB. */
const RULER = /^\s*[-+=|:─═┌┬┐├┼┤╭╮]{4,}[-+=|: ─═┌┬┐├┼┤╭╮]*$/
const LINES_BEFORE_RULER = 3

/** Whether the first lines are those of a table that was drawn for people, such as the output of psql. */
export function isDrawnTable(lines: readonly string[]): boolean {
  return lines.slice(0, LINES_BEFORE_RULER).some((line) => RULER.test(line))
}

/**
 * What a text is if its first lines show that it is not a list of keys, such as the output of `aws s3 ls`; `null` for anything else.
 * Read as one key per line, each of its lines would be requested as an object.
 */
export function foreignText(lines: readonly string[], bucket: string): string | null {
  const [first] = lines
  if (first === undefined) return null
  if (isDrawnTable(lines)) return 'a table drawn for people'
  const begins = FIRST_LINE.find(({ line }) => line.test(first))
  if (begins) return begins.what
  const known = EVERY_LINE.find(
    ({ line, one = line }) => lines.every((text) => line.test(text)) && lines.some((text) => one.test(text)),
  )
  if (known) return known.what
  if (lines.every((line) => isUrlOf(bucket, line))) return 'a list of HTTP URLs'
  return lines.every(isForeignUri) ? 'a list of URIs that are not of S3' : null
}

/** A key may be the address of a page that was stored. */
function isForeignUri(line: string): boolean {
  return /^(?!https?:)[a-z][a-z\d+.-]+:\/\/\S/i.test(line) && !isObjectUri(line)
}

function isUrlOf(bucket: string, line: string): boolean {
  const [, host = '', first = ''] = /^https?:\/\/([^/\s]+)\/([^/\s]*)/i.exec(line) ?? []
  return first === bucket || host.startsWith(`${bucket}.`)
}
