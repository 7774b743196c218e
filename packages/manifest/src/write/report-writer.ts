import { stat } from 'node:fs/promises'
import { ManifestError } from '../errors.js'
import { FileWriter, partialOf } from './file-writer.js'
import type { ParquetColumn, ParquetRow } from './encode-parquet.js'
import { ParquetFileWriter } from './parquet-writer.js'
import { type ReportOptions, resolveReportOptions } from '../options.js'

/** What became of one object in this run. */
export interface ReportRow {
  key: string
  outcome: 'copied' | 'skipped' | 'failed' | 'missing'
  /** Code of the failure. */
  code: string | null
  message: string | null
  /** Size of the object. */
  bytes: number | null
  /** At the destination, without quotes. */
  etag: string | null
  /** How the copy was verified. */
  verification: string | null
  attempts: number
  durationMs: number | null
  /** The manifest that named the object, and which of its rows did, counted from 0. */
  manifest?: string | null
  row?: number | null
  /** Where it differs from `key`. */
  destinationKey?: string | null
  /** Version of the source that the manifest names. */
  versionId?: string | null
}

/** Takes the rows of a report. */
export interface ReportWriter {
  /** Takes a row at once; it is written in the background. Throws `LAGOON_MANIFEST_UNWRITABLE` when that failed before. */
  write(row: ReportRow): void
  /** `null`, or what to wait for before the next row, so that the rows in memory stay bounded. */
  idle(): Promise<void> | null
  /** Writes what is left. After it the file is complete and readable; call it also when the run is stopped. */
  close(): Promise<void>
}

/**
 * Opens a report: one row per object, as Parquet, JSON lines or CSV, each with the `time` (UTC) at which it was written. A Parquet
 * report is in `<path>.partial` until it is closed: a process that is killed leaves a Parquet file of nearly all its rows there, and
 * `append` continues it. The others can be followed while they are written. Its `key` column makes a Parquet report readable as a manifest.
 *
 * Throws `LAGOON_MANIFEST_INVALID_OPTION` for a name whose end says no format, `LAGOON_MANIFEST_REPORT_EXISTS` in mode `new`,
 * `LAGOON_MANIFEST_UNWRITABLE`.
 */
export async function createReportWriter(options: ReportOptions): Promise<ReportWriter> {
  const { path, format, mode } = resolveReportOptions(options)
  const bytes = Math.max(await sizeOf(path), format === 'parquet' ? await sizeOf(partialOf(path)) : 0)
  if (mode === 'new' && bytes > 0) throw reportExists(path)
  const append = mode === 'append' && bytes > 0
  if (format === 'parquet') return openParquet(path, append)
  const file = await FileWriter.open(path, { whole: false, append })
  if (format === 'csv' && !append) file.write(`${FIELDS.join(',')}\r\n`)
  const line = format === 'csv' ? csvLine : jsonLine
  let flushing: NodeJS.Timeout | undefined
  return {
    write(row) {
      file.write(line({ ...row, time: new Date().toISOString() }))
      flushing ??= setTimeout(() => {
        flushing = undefined
        file.flush()
      }, FLUSH_MS).unref()
    },
    idle: () => file.idle(),
    close() {
      clearTimeout(flushing)
      return file.close()
    },
  }
}

/** So much a process that is killed may lose of its report. */
const FLUSH_MS = 500

type TimedRow = ReportRow & { readonly time: string }

/** Few, because the thread that encodes them also moves objects. */
const REPORT_ROW_GROUP_ROWS = 4_096

/** Rows of a report in memory. */
export interface ReportBuffer {
  readonly rows: number
  write(row: ReportRow): void
  /** A Parquet file with every row so far. More rows may follow, and another file with all of them. */
  toParquet(): Uint8Array
}

/** A report that is kept in memory, compressed, with the columns of {@link createReportWriter}: for parts of a report that go to a bucket. */
export async function createReportBuffer(): Promise<ReportBuffer> {
  const { ParquetEncoder } = await import('./encode-parquet.js')
  const encoder = new ParquetEncoder(COLUMNS)
  const groups: Uint8Array[] = []
  let gathered: ParquetRow[] = []
  let rows = 0
  const encode = (): void => {
    if (gathered.length > 0) groups.push(encoder.rowGroup(gathered))
    gathered = []
  }
  return {
    get rows() {
      return rows
    },
    write(row) {
      rows += 1
      if (gathered.push(parquetRow(row)) >= REPORT_ROW_GROUP_ROWS) encode()
    },
    toParquet() {
      encode()
      return Buffer.concat([...groups, encoder.interimFooter()])
    },
  }
}

function parquetRow(row: ReportRow): ParquetRow {
  const timed: TimedRow = { ...row, time: new Date().toISOString() }
  return Object.fromEntries(FIELDS.map((name) => [name, timed[name as keyof TimedRow] ?? undefined]))
}

async function openParquet(path: string, append: boolean): Promise<ReportWriter> {
  const file = await ParquetFileWriter.open(path, COLUMNS, {
    rowGroupRows: REPORT_ROW_GROUP_ROWS,
    append,
    recoverable: true,
  })
  return {
    write(row) {
      file.write(parquetRow(row))
    },
    idle: () => file.idle(),
    close: () => file.close(),
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    const found = await stat(path)
    return found.isFile() ? found.size : 0
  } catch {
    return 0
  }
}

function reportExists(path: string): ManifestError {
  return new ManifestError('LAGOON_MANIFEST_REPORT_EXISTS', {
    message: `the report ${path} already has rows`,
    hint: 'Use another file, or choose to append to it or replace it.',
  })
}

/**
 * Each column has one type from the first row on, as readers need it that infer types: text that is absent is empty, a size or a time
 * that is unknown is 0, milliseconds are whole.
 */
function jsonLine(row: TimedRow): string {
  const text = Object.fromEntries(
    FIELDS.map((name) => [
      name,
      row[name as keyof TimedRow] ?? (COLUMNS[name as keyof TimedRow].type === 'UTF8' ? '' : null),
    ]),
  )
  const durationMs = Math.round(row.durationMs ?? 0)
  return `${JSON.stringify({ ...text, bytes: row.bytes ?? 0, durationMs })}\n`
}

/** https://www.rfc-editor.org/rfc/rfc4180; nothing stands for null. */
function csvLine(row: TimedRow): string {
  const cells = FIELDS.map((name) => {
    const text = String(row[name as keyof TimedRow] ?? '')
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  })
  return `${cells.join(',')}\r\n`
}

const COLUMNS: Record<keyof TimedRow, ParquetColumn> = {
  key: { type: 'UTF8' },
  outcome: { type: 'UTF8' },
  code: { type: 'UTF8', optional: true },
  message: { type: 'UTF8', optional: true },
  bytes: { type: 'INT64', optional: true },
  etag: { type: 'UTF8', optional: true },
  verification: { type: 'UTF8', optional: true },
  attempts: { type: 'INT32' },
  durationMs: { type: 'DOUBLE', optional: true },
  manifest: { type: 'UTF8', optional: true },
  row: { type: 'INT64', optional: true },
  destinationKey: { type: 'UTF8', optional: true },
  versionId: { type: 'UTF8', optional: true },
  time: { type: 'UTF8', optional: true },
}
const FIELDS = Object.keys(COLUMNS)
