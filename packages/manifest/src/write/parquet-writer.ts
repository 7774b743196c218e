import { FileWriter } from './file-writer.js'

/** A flat column: `UTF8`, or a number. */
export interface ParquetColumn {
  type: 'UTF8' | 'INT32' | 'INT64' | 'DOUBLE' | 'TIMESTAMP_MILLIS'
  optional?: boolean
}

/** A value of a flat column; `undefined` where there is none. */
export type ParquetRow = Record<string, string | number | Date | undefined>

/**
 * Writes flat rows to a Parquet file (GZIP) with `@dsnp/parquetjs`, which is loaded with the first file, because it loads
 * much else. Rows are taken synchronously and encoded in the background, in order.
 */
export class ParquetFileWriter {
  readonly #file: FileWriter
  readonly #writer: Encoder
  readonly #rowGroupRows: number
  #gathered: ParquetRow[] = []
  #waiting = 0
  #encoding: Promise<void> = Promise.resolve()
  #error: unknown = null

  private constructor(file: FileWriter, writer: Encoder, rowGroupRows: number) {
    this.#file = file
    this.#writer = writer
    this.#rowGroupRows = rowGroupRows
  }

  /**
   * `rowGroupRows`: as many rows are in memory while they are gathered, and as many again while they are encoded, which
   * holds up the thread for about 5 µs a row. Throws `LAGOON_MANIFEST_UNWRITABLE`.
   */
  static async open(
    path: string,
    columns: Record<string, ParquetColumn>,
    { rowGroupRows }: { rowGroupRows: number },
  ): Promise<ParquetFileWriter> {
    const { default: parquet } = await import('@dsnp/parquetjs')
    const fields = Object.entries(columns).map(([name, column]) => [
      name,
      { ...column, compression: 'GZIP' as const, statistics: false as const },
    ])
    const file = await FileWriter.open(path, { whole: true })
    const stream = {
      write(bytes: Buffer, done: (error?: Error | null) => void) {
        let error: Error | null = null
        try {
          file.write(bytes)
        } catch (thrown) {
          error = thrown as Error
        }
        done(error)
      },
      end: (done: (error?: Error | null) => void) => done(),
    }
    const writer = await parquet.ParquetWriter.openStream(
      new parquet.ParquetSchema(Object.fromEntries(fields)),
      stream as never,
      { rowGroupSize: rowGroupRows, pageSize: rowGroupRows, useDataPageV2: false } as never,
    )
    return new ParquetFileWriter(file, writer, rowGroupRows)
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
      for (const [key, value] of Object.entries(metadata)) this.#writer.setMetadata(key, value)
      await this.#writer.close()
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
      // Only the row that fills a row group has something to wait for.
      let last: Promise<void> | undefined
      for (const row of rows) last = this.#writer.appendRow(row)
      await last
    } catch (error) {
      this.#error ??= error
    }
    this.#waiting--
  }
}

/** The part of parquetjs' writer that is used. */
interface Encoder {
  appendRow(row: Record<string, unknown>): Promise<void>
  setMetadata(key: string, value: string): void
  close(): Promise<void>
}
