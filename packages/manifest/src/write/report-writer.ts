import { FileWriter } from './file-writer.js'
import { type ParquetColumn, ParquetFileWriter } from './parquet-writer.js'
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
 * Opens a report: one row an object, as Parquet or as JSON lines. A Parquet report lies under `<path>.partial` until it is
 * closed, because it can't be read before; JSON lines can be followed while they are written. A file that is there is
 * replaced. Its `key` column makes a Parquet report readable as a manifest.
 *
 * Throws `LAGOON_MANIFEST_INVALID_OPTION` for a name whose end says no format, `LAGOON_MANIFEST_UNWRITABLE`.
 */
export async function createReportWriter(options: ReportOptions): Promise<ReportWriter> {
  const { path, format } = resolveReportOptions(options)
  return format === 'jsonl' ? openJsonLines(path) : openParquet(path)
}

/** Few, because the thread that encodes them also moves objects. */
const REPORT_ROW_GROUP_ROWS = 4_096

async function openJsonLines(path: string): Promise<ReportWriter> {
  const file = await FileWriter.open(path, { whole: false })
  return {
    write: (row) => file.write(`${JSON.stringify(row, FIELDS)}\n`),
    idle: () => file.idle(),
    close: () => file.close(),
  }
}

async function openParquet(path: string): Promise<ReportWriter> {
  const file = await ParquetFileWriter.open(path, COLUMNS, { rowGroupRows: REPORT_ROW_GROUP_ROWS })
  return {
    write(row) {
      file.write({
        key: row.key,
        outcome: row.outcome,
        code: row.code ?? undefined,
        message: row.message ?? undefined,
        bytes: row.bytes ?? undefined,
        etag: row.etag ?? undefined,
        verification: row.verification ?? undefined,
        attempts: row.attempts,
        durationMs: row.durationMs ?? undefined,
      })
    },
    idle: () => file.idle(),
    close: () => file.close(),
  }
}

const COLUMNS: Record<keyof ReportRow, ParquetColumn> = {
  key: { type: 'UTF8' },
  outcome: { type: 'UTF8' },
  code: { type: 'UTF8', optional: true },
  message: { type: 'UTF8', optional: true },
  bytes: { type: 'INT64', optional: true },
  etag: { type: 'UTF8', optional: true },
  verification: { type: 'UTF8', optional: true },
  attempts: { type: 'INT32' },
  durationMs: { type: 'DOUBLE', optional: true },
}
const FIELDS = Object.keys(COLUMNS)
