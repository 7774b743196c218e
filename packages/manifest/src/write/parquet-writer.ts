import { createReadStream } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { ManifestError } from '../errors.js'
import type { ParquetColumn, ParquetEncoder, ParquetRow } from './encode-parquet.js'
import { FileWriter, partialOf } from './file-writer.js'

/** How a Parquet file is written. */
interface ParquetFileOptions {
  /**
   * As many rows are in memory while they are gathered, and as many again while they are encoded, which holds up the thread for about a
   * microsecond for each value.
   */
  readonly rowGroupRows: number
  /** Keep the rows of a file that is there, or that a killed process left unfinished. Default false. */
  readonly append?: boolean
  /** While it is written, `<path>.partial` is a Parquet file of nearly all rows so far, for when the process is killed. Default false. */
  readonly recoverable?: boolean
}

/** Row groups of a file that can be recovered are written in portions of a share of the data, within these bounds. */
const MIN_BYTES = 1024 * 1024
const MAX_BYTES = 8 * 1024 * 1024
/** So long a row waits at first until it is in a file that can be recovered. */
const FLUSH_MS = 500

/**
 * Writes flat rows to a Parquet file (ZSTD). Rows are accepted synchronously and encoded in the background, in order. The encoder is
 * loaded with the first file.
 */
export class ParquetFileWriter {
  readonly #file: FileWriter
  readonly #encoder: ParquetEncoder
  readonly #rowGroupRows: number
  /** The file is made readable again and again while it is written. */
  readonly #recoverable: boolean
  #groups = 0
  /** Row groups that wait to be written together with a footer. */
  #unwritten: Uint8Array[] = []
  #unwrittenBytes = 0
  #bytes = 0
  #flushing: NodeJS.Timeout | undefined
  #gathered: ParquetRow[] = []
  #waiting = 0
  #encoding: Promise<void> = Promise.resolve()
  #error: unknown = null

  private constructor(
    file: FileWriter,
    encoder: ParquetEncoder,
    { rowGroupRows, recoverable = false }: ParquetFileOptions,
  ) {
    this.#recoverable = recoverable
    this.#file = file
    this.#encoder = encoder
    this.#rowGroupRows = rowGroupRows
  }

  /** Throws `LAGOON_MANIFEST_UNWRITABLE`. */
  static async open(
    path: string,
    columns: Record<string, ParquetColumn>,
    options: ParquetFileOptions,
  ): Promise<ParquetFileWriter> {
    const { append = false } = options
    const { ParquetEncoder, openBegun } = await import('./encode-parquet.js')
    // What a killed process left holds the rows of the file, too, if it was to be appended to.
    const left = append ? await openBegun(partialOf(path), columns).catch(() => null) : null
    if (left !== null) {
      const resumed = await FileWriter.open(path, { whole: true, from: left.endOfRowGroups })
      return new ParquetFileWriter(resumed, new ParquetEncoder(columns, left), options)
    }
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
    return new ParquetFileWriter(file, new ParquetEncoder(columns, begun), options)
  }

  /** Takes a row. Throws the error of an earlier row group. */
  write(row: ParquetRow): void {
    if (this.#error) throw this.#error
    this.#gathered.push(row)
    if (this.#gathered.length >= this.#rowGroupRows) this.#encode()
    else if (this.#recoverable) this.#flushing ??= setTimeout(() => this.#encode(), this.#flushMs()).unref()
  }

  /** Rarer as the file grows, so that it is not made of small row groups. */
  #flushMs(): number {
    return FLUSH_MS * (1 + this.#groups / 4)
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
      for (const group of this.#unwritten) this.#file.write(group)
      this.#file.write(this.#encoder.footer(metadata))
    } catch (error) {
      await this.#file.abandon()
      throw error
    }
    await this.#file.close()
  }

  /** Gives up: removes what was written. */
  async abandon(): Promise<void> {
    clearTimeout(this.#flushing)
    this.#gathered = []
    await this.#encoding
    await this.#file.abandon()
  }

  #encode(): void {
    clearTimeout(this.#flushing)
    this.#flushing = undefined
    if (this.#gathered.length === 0) return
    const rows = this.#gathered
    this.#gathered = []
    this.#waiting++
    this.#encoding = this.#append(this.#encoding, rows)
  }

  /** Writes a row group, at once or with others. A footer names all row groups there are: the more there are, the rarer it is written. */
  #put(group: Uint8Array, atOnce: boolean): void {
    if (!this.#recoverable) {
      this.#file.write(group)
      return
    }
    this.#groups += 1
    this.#unwritten.push(group)
    this.#unwrittenBytes += group.length
    const enough = Math.min(Math.max(this.#bytes / 64, MIN_BYTES), MAX_BYTES)
    if (!atOnce && this.#unwrittenBytes < enough) return
    this.#file.writeWithEnd(this.#unwritten, this.#encoder.interimFooter())
    this.#bytes += this.#unwrittenBytes
    this.#unwritten = []
    this.#unwrittenBytes = 0
  }

  async #append(before: Promise<void>, rows: readonly ParquetRow[]): Promise<void> {
    await before
    try {
      // Other work on this thread gets a turn between two row groups.
      await setImmediate()
      if (!this.#error) this.#put(this.#encoder.rowGroup(rows), rows.length < this.#rowGroupRows)
      await this.#file.idle()
    } catch (error) {
      this.#error ??= error
    }
    this.#waiting--
  }
}
