import { ManifestError } from '../errors.js'
import type { RecordFormat } from './record-splitter.js'

/**
 * - `text`: a key a line.
 * - `jsonl`: a JSON string a line, or an object with `uri` or `key`, and `size`, `etag`, `versionId` … where it has them.
 * - `csv`: with a header; columns are found by name as in Parquet.
 * - `s3-batch`: S3 Batch Operations, `bucket,key[,version]`, keys URL-encoded
 *   (https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-create-job.html).
 * - `datasync`: AWS DataSync, `key[,version]`
 *   (https://docs.aws.amazon.com/datasync/latest/userguide/transferring-with-manifest.html).
 */
export type ListFormatName = 'text' | 'jsonl' | 'csv' | 's3-batch' | 'datasync'

/** What a field of a record is. */
export type ListColumn =
  | 'key'
  | 'bucket'
  | 'size'
  | 'etag'
  | 'versionId'
  | 'destinationKey'
  | 'lastModified'
  | 'isLatest'
  | 'isDeleteMarker'
  | 'other'

/** A format, taken apart. */
export interface ListFormat {
  name: ListFormatName | 's3-inventory-csv'
  records: RecordFormat
  /** What each field is; `null`: the first record says it. */
  columns: readonly ListColumn[] | null
  /** Keys and destination keys are URL-encoded, with `+` for a space. */
  urlEncoded: boolean
  json: boolean
}

const COMMA = 0x2c
const CSV: RecordFormat = { delimiter: COMMA, quotes: true }
const LINES: RecordFormat = { delimiter: null, quotes: false }

const FORMATS: Record<ListFormatName, Omit<ListFormat, 'name'>> = {
  text: { records: LINES, columns: ['key'], urlEncoded: false, json: false },
  jsonl: { records: LINES, columns: ['other'], urlEncoded: false, json: true },
  csv: { records: CSV, columns: null, urlEncoded: false, json: false },
  's3-batch': { records: CSV, columns: ['bucket', 'key', 'versionId'], urlEncoded: true, json: false },
  datasync: { records: CSV, columns: ['key', 'versionId'], urlEncoded: false, json: false },
}

/** The format of that name, or the one that a file's name says: `.csv`, `.jsonl`, `.ndjson`, else text; `.gz`, `.zst` aside. */
export function listFormat(name: ListFormatName | undefined, fileName: string): ListFormat {
  const chosen = name ?? formatOf(fileName)
  if (!Object.hasOwn(FORMATS, chosen)) {
    throw new ManifestError('LAGOON_MANIFEST_INVALID_OPTION', {
      message: `${JSON.stringify(chosen)} is not a format of key lists`,
      hint: `Choose one of ${Object.keys(FORMATS).join(', ')}.`,
    })
  }
  return { name: chosen, ...FORMATS[chosen] }
}

function formatOf(fileName: string): ListFormatName {
  const plain = fileName.toLowerCase().replace(/\.(gz|zst|zstd)$/, '')
  if (plain.endsWith('.csv')) return 'csv'
  return /\.(jsonl|ndjson)$/.test(plain) ? 'jsonl' : 'text'
}

const NAMES: Record<string, ListColumn> = {
  bucket: 'bucket',
  size: 'size',
  sizebytes: 'size',
  etag: 'etag',
  versionid: 'versionId',
  destinationkey: 'destinationKey',
  lastmodified: 'lastModified',
  lastmodifieddate: 'lastModified',
  islatest: 'isLatest',
  isdeletemarker: 'isDeleteMarker',
}

/** Columns that a message names. */
const SHOWN_NAMES = 20

/**
 * What the columns of a header are. The key is the column that was asked for, else `uri`, else `key`, else the only one.
 * Throws `LAGOON_MANIFEST_COLUMN_MISSING`, `LAGOON_MANIFEST_COLUMN_AMBIGUOUS`.
 */
export function columnsOfHeader(
  list: string,
  header: readonly string[],
  asked: string | undefined,
): ListColumn[] {
  const names = header.map((name) => name.trim())
  const more = names.length > SHOWN_NAMES ? ` and ${names.length - SHOWN_NAMES} more` : ''
  const first = names.slice(0, SHOWN_NAMES).map((name) => JSON.stringify(name.slice(0, 200)))
  const shown = first.join(', ') + more
  const lower = names.map((name) => name.toLowerCase())
  let key = asked === undefined ? lower.indexOf('uri') : names.indexOf(asked)
  if (asked === undefined && key < 0) key = lower.indexOf('key')
  if (asked === undefined && key < 0 && names.length === 1) key = 0
  if (key < 0) {
    const missing = asked !== undefined
    throw new ManifestError(missing ? 'LAGOON_MANIFEST_COLUMN_MISSING' : 'LAGOON_MANIFEST_COLUMN_AMBIGUOUS', {
      message: missing
        ? `${list}: has no column ${JSON.stringify(asked)}; its header is ${shown}`
        : `${list}: no column of the header ${shown} is called "uri" or "key"`,
      hint: 'Name the key column (--manifest-column), or call it "uri" or "key" in the first line.',
    })
  }
  return lower.map((name, index) => (index === key ? 'key' : columnOfName(name)))
}

/** What a column of that name (in lower case) is, unless it is the key. */
export function columnOfName(name: string): ListColumn {
  const plain = name.replaceAll('_', '')
  return Object.hasOwn(NAMES, plain) ? NAMES[plain]! : 'other'
}
