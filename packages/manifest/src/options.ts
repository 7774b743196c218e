import { ManifestError } from './errors.js'
import type { BatchOptions } from './manifest-reader.js'
import { type CompiledFilter, type RowFilter, compileFilter } from './rows/row-filter.js'

/** How to open a manifest. */
export interface OpenOptions {
  /** The bucket that the keys belong to: a leading `s3://<bucket>/` is removed from keys. Required. */
  bucket: string
  /** The key column; a column inside a struct by its path, `a.b`. Default: `uri`, else `key`, else the only string column. */
  column?: string
  /** Which rows to read. Default: all. */
  filter?: RowFilter
  /**
   * Read only the latest versions that are not delete markers, if columns `is_latest` and `is_delete_marker` mark them, as in S3
   * Inventory. Default true.
   */
  currentOnly?: boolean
  /**
   * Report a problem for each row that names another version of an object than an earlier row, if nothing says which one is the latest.
   * Rows with different destination keys don't count. Default: as `currentOnly`.
   */
  oneVersion?: boolean
  signal?: AbortSignal
}

/** Open options that have been checked. */
export interface ResolvedOpenOptions {
  bucket: string
  column: string | undefined
  filter: CompiledFilter | null
  currentOnly: boolean
  oneVersion: boolean
  signal: AbortSignal | undefined
}

/** Throws `LAGOON_MANIFEST_INVALID_OPTION` for a bucket or a column without a name. */
export function resolveOpenOptions(options: OpenOptions): ResolvedOpenOptions {
  const { bucket, column, filter, currentOnly = true, oneVersion = currentOnly, signal } = options
  if (typeof bucket !== 'string' || bucket === '' || bucket.includes('/')) {
    throw invalid(`bucket ${JSON.stringify(bucket)} is not the name of a bucket`)
  }
  if (column === '') throw invalid('the name of the key column is empty')
  return { bucket, column, filter: filter ? compileFilter(filter) : null, currentOnly, oneVersion, signal }
}

/** Throws `LAGOON_MANIFEST_INVALID_OPTION` for an invalid range of rows. `groups`: the row groups, if known. */
export function resolveBatchOptions(
  options: BatchOptions,
  groups: readonly { readonly rows: number }[] | null,
): BatchOptions {
  const { rows } = options
  if (rows === undefined) return options
  const { group, from, to } = rows
  const isRange = [group, from, to].every((value) => Number.isSafeInteger(value) && value >= 0) && from <= to
  if (!isRange) throw invalid(`rows ${from} to ${to} of row group ${group} are not a range`)
  const known = groups?.[group]?.rows ?? (groups ? 0 : Infinity)
  if (to > known) throw invalid(`row group ${group} has ${known} rows, and rows up to ${to} are asked for`)
  return options
}

/** Where to write a report. */
export interface ReportOptions {
  /** Its extension (`.parquet`, `.jsonl`, `.ndjson`, `.csv`) determines the format, unless `format` is set. Required. */
  path: string
  format?: ReportFormat
  /** What to do with existing rows: `new` refuses to write, `append` keeps them, `replace` (the default) deletes them. */
  mode?: ReportMode
}

export type ReportFormat = 'parquet' | 'jsonl' | 'csv'

export type ReportMode = 'new' | 'append' | 'replace'

/** Throws `LAGOON_MANIFEST_INVALID_OPTION` if neither `path` nor `format` determines a format. */
export function resolveReportOptions({
  path,
  format,
  mode = 'replace',
}: ReportOptions): Required<ReportOptions> {
  if (format === 'parquet' || format === 'jsonl' || format === 'csv') return { path, format, mode }
  const ending = /\.(parquet|jsonl|ndjson|csv)$/i.exec(path)?.[1]?.toLowerCase()
  if (format !== undefined || ending === undefined) {
    throw new ManifestError('LAGOON_MANIFEST_INVALID_OPTION', {
      message: `the report ${JSON.stringify(path)} has an unknown format`,
      hint: 'Use a name that ends in .parquet, .jsonl or .csv.',
    })
  }
  return { path, format: ending === 'ndjson' ? 'jsonl' : (ending as ReportFormat), mode }
}

/** Where to write manifests. */
export interface ManifestWriterOptions {
  /** Created if it does not exist. Required. */
  directory: string
  /** Prefix of the file names. Default `manifest`. */
  name?: string
  /** 1 to 100,000,000. Default 1,000,000. */
  rowsPerFile?: number
  /** Number in the first file's name, at least 1. Default 1. */
  firstNumber?: number
  /**
   * What to do with a row whose key is invalid, such as one of more than 1,024 bytes: `refuse` throws; `write` leaves it to readers to
   * report. Default `refuse`.
   */
  unusableKeys?: 'refuse' | 'write'
  /**
   * The bucket that the keys belong to. A key that looks like a URI (`s3://…`) is then written as the URI of that object, which readers
   * turn back into the key. Default: none, and such a key is refused.
   */
  bucket?: string
}

export type ResolvedManifestWriterOptions = Required<Omit<ManifestWriterOptions, 'bucket'>> &
  Pick<ManifestWriterOptions, 'bucket'>

/** Throws `LAGOON_MANIFEST_INVALID_OPTION` for a name that is a path, or rows out of range. */
export function resolveManifestWriterOptions(options: ManifestWriterOptions): ResolvedManifestWriterOptions {
  const { directory, name = 'manifest', rowsPerFile = 1_000_000, firstNumber = 1, bucket } = options
  const { unusableKeys = 'refuse' } = options
  if (name === '' || /[/\\]/.test(name)) throw invalid(`the name ${JSON.stringify(name)} is empty or a path`)
  if (!Number.isInteger(rowsPerFile) || rowsPerFile < 1 || rowsPerFile > 100_000_000) {
    throw invalid(`${rowsPerFile} rows a file are not between 1 and 100,000,000`)
  }
  if (!Number.isSafeInteger(firstNumber) || firstNumber < 1) {
    throw invalid(`the first number ${firstNumber} is not a whole number of at least 1`)
  }
  return {
    directory,
    name,
    rowsPerFile,
    firstNumber,
    unusableKeys,
    ...(bucket === undefined ? {} : { bucket }),
  }
}

/** Where and with what memory to sort rows. */
export interface SortOptions {
  /** Directory for rows that don't fit into memory; created if it does not exist. Required. */
  directory: string
  /** Approximate memory for rows, in bytes; 1,000 to 2^33. Default 64 MiB. */
  memoryBytes?: number
}

/** Throws `LAGOON_MANIFEST_INVALID_OPTION` for a budget out of range. */
export function resolveSortOptions(options: SortOptions): Required<SortOptions> {
  const { directory, memoryBytes = 64 * 1024 * 1024 } = options
  if (!Number.isInteger(memoryBytes) || memoryBytes < 1_000 || memoryBytes > 2 ** 33) {
    throw invalid(`${memoryBytes} bytes to sort in are not between 1,000 and 2^33`)
  }
  return { directory, memoryBytes }
}

function invalid(message: string): ManifestError {
  return new ManifestError('LAGOON_MANIFEST_INVALID_OPTION', {
    message,
    hint: 'Correct the option.',
  })
}
