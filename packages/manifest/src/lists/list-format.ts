import { ManifestError } from '../errors.js'
import type { DetailName } from '../rows/column-names.js'
import type { RecordFormat } from './record-splitter.js'

/**
 * - `text`: one key per line.
 * - `jsonl`: one JSON string per line, or an object with `uri` or `key`, and optionally `size`, `etag`, `versionId` …
 * - `json`: the same as the elements of an array, or of `Contents` or `Versions` in an object, as S3's API returns them.
 * - `csv`: with a header; columns are found by name, as in Parquet.
 * - `s3-batch`: S3 Batch Operations, `bucket,key[,version]`, keys URL-encoded
 *   (https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-create-job.html).
 * - `s3-batch-report`: a completion report of S3 Batch Operations, whose rows also hold the outcome of each task
 *   (https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-examples-reports.html).
 * - `datasync`: AWS DataSync, `key[,version]`
 *   (https://docs.aws.amazon.com/datasync/latest/userguide/transferring-with-manifest.html).
 */
export type ListFormatName = 'text' | 'jsonl' | 'json' | 'csv' | 's3-batch' | 's3-batch-report' | 'datasync'

/** What a field of a record is. */
export type ListColumn = DetailName | 'key' | 'other'

/** A format, parsed. */
export interface ListFormat {
  name: ListFormatName | 's3-inventory-csv'
  /** `null`: records are JSON values, wherever their lines end. */
  records: RecordFormat | null
  /** What each field is; `null`: the first record says it. */
  columns: readonly ListColumn[] | null
  /** Keys and destination keys are URL-encoded, with `+` for a space. */
  urlEncoded: boolean
  json: boolean
}

const COMMA = 0x2c
const CSV: RecordFormat = { delimiter: COMMA, quotes: true }
const LINES: RecordFormat = { delimiter: null, quotes: false }
const BATCH: readonly ListColumn[] = ['bucket', 'key', 'versionId']

const FORMATS: Record<ListFormatName, Omit<ListFormat, 'name'>> = {
  text: { records: LINES, columns: ['key'], urlEncoded: false, json: false },
  jsonl: { records: LINES, columns: ['other'], urlEncoded: false, json: true },
  json: { records: null, columns: ['other'], urlEncoded: false, json: true },
  csv: { records: CSV, columns: null, urlEncoded: false, json: false },
  's3-batch': { records: CSV, columns: BATCH, urlEncoded: true, json: false },
  's3-batch-report': { records: CSV, columns: BATCH, urlEncoded: true, json: false },
  datasync: { records: CSV, columns: ['key', 'versionId'], urlEncoded: false, json: false },
}

/**
 * The format with that name, or the one that follows from a file's name without `.gz` or `.zst`. Throws
 * `LAGOON_MANIFEST_INVALID_OPTION`.
 */
export function listFormat(name: ListFormatName | undefined, fileName: string): ListFormat {
  const chosen = name ?? formatOfEnding(endingOf(fileName)) ?? 'text'
  if (!Object.hasOwn(FORMATS, chosen)) {
    throw new ManifestError('LAGOON_MANIFEST_INVALID_OPTION', {
      message: `${JSON.stringify(chosen)} is not a format of key lists`,
      hint: `Choose one of ${Object.keys(FORMATS).join(', ')}.`,
    })
  }
  return { name: chosen, ...FORMATS[chosen] }
}

/** A file's extension in lower case, without that of a compression: `csv` of `Keys.CSV.gz`. */
export function endingOf(fileName: string): string | undefined {
  return /\.([a-z]+)$/.exec(fileName.toLowerCase().replace(/\.(gz|gzip|zst|zstd)$/, ''))?.[1]
}

function formatOfEnding(ending: string | undefined): ListFormatName | null {
  if (ending === 'csv' || ending === 'tsv') return 'csv'
  if (ending === 'json') return 'json'
  return ending === 'jsonl' || ending === 'ndjson' ? 'jsonl' : null
}
