import { createReadStream } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { ManifestError } from '../errors.js'
import type { ParquetColumn, ParquetEncoder, ParquetRow } from './encode-parquet.js'
import { FileWriter } from './file-writer.js'

/**
 * Writes flat rows to a Parquet file (ZSTD). Rows are taken synchronously and encoded in the background, in order. What encodes them is loaded
 * with the first file.
 */
export class ParquetFileWriter {
  readonly #file: FileWriter
  readonly #encoder: ParquetEncoder
  readonly #rowGroupRows: number
  #gathered: ParquetRow[] = []
  #waiting = 0
  #encoding: Promise<void> = Promise.resolve()
  #error: unknown = null

  private constructor(file: FileWriter, encoder: ParquetEncoder, rowGroupRows: number) {
    this.#file = file
    this.#encoder = encoder
    this.#rowGroupRows = rowGroupRows
  }

  /**
   * `append`: keep the rows of a file that is there, by copying its row groups as they are. `rowGroupRows`: as many rows are in memory while they are gathered, and as many again while they are encoded, which
   * holds up the thread for about a microsecond for each value. Throws `LAGOON_MANIFEST_UNWRITABLE`.
   */
  static async open(
    path: string,
    columns: Record<string, ParquetColumn>,
    { rowGroupRows, append = false }: { rowGroupRows: number; append?: boolean },
  ): Promise<ParquetFileWriter> {
    const { ParquetEncoder, openBegun } = await import('./encode-parquet.js')
    const begun = append ? await openBegun(path, columns) : undefined
    if (begun === null) {
      throw new ManifestError('LAGOON_MANIFEST_UNWRITABLE', {
        message: `${path}: can't be appended to: it is not a Parquet file with the same columns`,
        hint: 'Use another name for the report.',
      })
    }
    const file = await FileWriter.open(path, { whole: true })
    if (begun) {
      for await (const bytes of createReadStream(path, { end: begun.endOfRowGroups - 1 })) {
        file.write(bytes as Buffer)
        await file.idle()
      }
    }
    return new ParquetFileWriter(file, new ParquetEncoder(columns, begun), rowGroupRows)
  }

  /** Takes a row. Throws the error of an earlier row group. */
  write(row: ParquetRow): void {
    if (this.#error) throw this.#error
    this.#gathered.push(row)
    if (this.#gathered.length >= this.#rowGroupRows) this.#encode()
  }

  /** `null`, or what to wait for before more is written. */
  idle(): Promise<void> | null {
    return this.#waiting > 1 ? this.#encoding : this.#file.idle()
  }

  /** Encodes what is left and writes the footer with this metadata. Throws the first error there was. */
  async close(metadata: Record<string, string> = {}): Promise<void> {
    this.#encode()
    await this.#encoding
    try {
      if (this.#error) throw this.#error
      this.#file.write(this.#encoder.footer(metadata))
    } catch (error) {
      await this.#file.abandon()
      throw error
    }
    await this.#file.close()
  }

  /** Gives up: removes what was written. */
  async abandon(): Promise<void> {
    this.#gathered = []
    await this.#encoding
    await this.#file.abandon()
  }

  #encode(): void {
    if (this.#gathered.length === 0) return
    const rows = this.#gathered
    this.#gathered = []
    this.#waiting++
    this.#encoding = this.#append(this.#encoding, rows)
  }

  async #append(before: Promise<void>, rows: readonly ParquetRow[]): Promise<void> {
    await before
    try {
      // Whoever else works on this thread gets a turn between two row groups.
      await setImmediate()
      if (!this.#error) this.#file.write(this.#encoder.rowGroup(rows))
      await this.#file.idle()
    } catch (error) {
      this.#error ??= error
    }
    this.#waiting--
  }
}
