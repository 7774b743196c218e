import { join } from 'node:path'
import { ManifestError } from '../errors.js'
import { KeyRules, isObjectUri } from '../rows/key-rules.js'
import {
  type ManifestWriterOptions,
  type ResolvedManifestWriterOptions,
  resolveManifestWriterOptions,
} from '../options.js'
import { TOTAL_BYTES_METADATA } from '../open/total-bytes-metadata.js'
import type { ManifestRow } from './manifest-row.js'
import type { ParquetColumn } from './encode-parquet.js'
import { ParquetFileWriter } from './parquet-writer.js'
import { makeDirectory } from '../make-directory.js'

/** A manifest that was written. */
export interface WrittenManifest {
  path: string
  rows: number
  /** Bytes of all its objects together; `null` if a row had no size. */
  bytes: number | null
}

/** Takes the rows of manifests. */
export interface ManifestWriter {
  /**
   * Accepts a row immediately; it is written in the background, in order. Throws `LAGOON_MANIFEST_ROW_REFUSED` for an invalid key
   * (nothing of the row is written, and the writer stays usable), `LAGOON_MANIFEST_UNWRITABLE` if writing failed before.
   */
  write(row: ManifestRow): void
  /** `null`, or a promise to await before the next row, so that the rows in memory stay bounded. */
  idle(): Promise<void> | null
  /** Finishes the last file. Returns the files in order; none if there was no row. */
  close(): Promise<WrittenManifest[]>
  /** Gives up: deletes the incomplete file, and keeps the complete ones. */
  abandon(): Promise<void>
}

/** Rows of a row group: the unit that a resumed run skips or reads again. */
const ROW_GROUP_ROWS = 65_536

/** Rows that are handed over at a time. */
const PORTION_ROWS = 4_096

const COLUMNS: Record<string, ParquetColumn> = {
  key: { type: 'UTF8' },
  size: { type: 'INT64', optional: true },
  etag: { type: 'UTF8', optional: true },
  last_modified: { type: 'TIMESTAMP_MILLIS', optional: true },
  version_id: { type: 'UTF8', optional: true },
  destination_key: { type: 'UTF8', optional: true },
}

/**
 * Writes Parquet manifests `<name>-00001.parquet`, `<name>-00002.parquet` … with that many rows each, in the given order. A file is
 * named `<path>.partial` until it is complete. Holds one row group. Throws `LAGOON_MANIFEST_INVALID_OPTION`,
 * `LAGOON_MANIFEST_UNWRITABLE`.
 */
export async function createManifestWriter(options: ManifestWriterOptions): Promise<ManifestWriter> {
  const resolved = resolveManifestWriterOptions(options)
  try {
    await makeDirectory(resolved.directory)
  } catch (cause) {
    throw new ManifestError('LAGOON_MANIFEST_UNWRITABLE', {
      message: `${resolved.directory}: can't be created: ${cause instanceof Error ? cause.message : String(cause)}`,
      hint: 'Check that the parent directory exists and is writable.',
      cause,
    })
  }
  return new RollingWriter(resolved)
}

class RollingWriter implements ManifestWriter {
  readonly #options: ResolvedManifestWriterOptions
  readonly #rules: KeyRules
  readonly #written: WrittenManifest[] = []
  #portion: ManifestRow[] = []
  #waiting = 0
  #work: Promise<void> = Promise.resolve()
  #error: unknown = null
  #file: ParquetFileWriter | null = null
  #current: WrittenManifest | null = null

  constructor(options: ResolvedManifestWriterOptions) {
    this.#options = options
    this.#rules = new KeyRules(options.bucket ?? '')
  }

  write(row: ManifestRow): void {
    if (this.#error) throw this.#error
    const { bucket } = this.#options
    const value = bucket !== undefined && isObjectUri(row.key) ? `s3://${bucket}/${row.key}` : row.key
    this.#check(row, value)
    this.#portion.push(value === row.key ? row : { ...row, key: value })
    if (this.#portion.length >= PORTION_ROWS) this.#hand()
  }

  idle(): Promise<void> | null {
    return this.#waiting > 1 ? this.#work : null
  }

  async close(): Promise<WrittenManifest[]> {
    this.#hand()
    await this.#work
    if (this.#error) throw this.#error
    this.#work = this.#finishFile()
    await this.#work
    return this.#written
  }

  async abandon(): Promise<void> {
    this.#portion = []
    this.#error ??= new Error('the manifests were discarded')
    await this.#work
    await this.#file?.abandon()
  }

  /** `value`: what is written for the key. */
  #check({ key, size }: ManifestRow, value: string): void {
    const problem = this.#options.unusableKeys === 'refuse' ? this.#problemOf(key, value) : null
    const badSize = size !== undefined && !(Number.isSafeInteger(size) && size >= 0)
    if (problem === null && !badSize) return
    throw new ManifestError('LAGOON_MANIFEST_ROW_REFUSED', {
      message: `${JSON.stringify(key.slice(0, 200))}: ${problem ?? `${size} is not a size`}`,
      hint: 'Remove the row.',
    })
  }

  /** Why readers could not use the key; null if they can. */
  #problemOf(key: string, value: string): string | null {
    if (!key.isWellFormed()) return 'the key is not UTF-8'
    if (isObjectUri(key) && value === key)
      return 'the key looks like an object URI, which readers would take for a bucket'
    const bytes = Buffer.from(value)
    const resolved = this.#rules.resolve(bytes, 0, bytes.length, false)
    return typeof resolved === 'string' ? null : resolved.message
  }

  #hand(): void {
    if (this.#portion.length === 0) return
    const rows = this.#portion
    this.#portion = []
    this.#waiting++
    this.#work = this.#append(this.#work, rows)
  }

  async #append(before: Promise<void>, rows: readonly ManifestRow[]): Promise<void> {
    await before
    try {
      for (let from = 0; from < rows.length && !this.#error;) {
        const { file, current } = await this.#openFile()
        const to = Math.min(rows.length, from + this.#options.rowsPerFile - current.rows)
        for (const row of rows.slice(from, to)) writeRow(file, current, row)
        await file.idle()
        if (current.rows >= this.#options.rowsPerFile) await this.#finishFile()
        from = to
      }
    } catch (error) {
      this.#error ??= error
    }
    this.#waiting--
  }

  async #openFile(): Promise<{ file: ParquetFileWriter; current: WrittenManifest }> {
    const { directory, name, firstNumber } = this.#options
    const number = String(firstNumber + this.#written.length).padStart(5, '0')
    this.#current ??= { path: join(directory, `${name}-${number}.parquet`), rows: 0, bytes: 0 }
    this.#file ??= await ParquetFileWriter.open(this.#current.path, COLUMNS, { rowGroupRows: ROW_GROUP_ROWS })
    return { file: this.#file, current: this.#current }
  }

  async #finishFile(): Promise<void> {
    const file = this.#file
    const current = this.#current
    if (!file || !current) return
    this.#file = null
    this.#current = null
    await file.close(current.bytes === null ? {} : { [TOTAL_BYTES_METADATA]: String(current.bytes) })
    this.#written.push(current)
  }
}

function writeRow(file: ParquetFileWriter, current: WrittenManifest, row: ManifestRow): void {
  const { key, size, etag, lastModified, versionId, destinationKey } = row
  file.write({
    key,
    size,
    etag,
    last_modified: lastModified,
    version_id: versionId,
    destination_key: destinationKey,
  })
  current.rows++
  current.bytes = current.bytes === null || size === undefined ? null : current.bytes + size
}
