import { zstdCompressSync } from 'node:zlib'
import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import { type FileMetaData, type SchemaElement, asyncBufferFromFile, parquetMetadataAsync } from 'hyparquet'

/** A flat column: `UTF8`, or a number. */
export interface ParquetColumn {
  type: 'UTF8' | 'INT32' | 'INT64' | 'DOUBLE' | 'TIMESTAMP_MILLIS'
  optional?: boolean
}

/** A value of a flat column; `undefined` if there is none. */
export type ParquetRow = Record<string, string | number | Date | undefined>

/** Approximate bytes of a page before compression: what writers usually aim at. */
const PAGE_BYTES = 1024 * 1024

/** Encodes flat rows as Parquet, a row group at a time, with hyparquet-writer. */
export class ParquetEncoder {
  readonly #columns: readonly [name: string, column: ParquetColumn][]
  readonly #writer: ParquetWriter
  readonly #bytes = new ByteWriter(64 * 1024)

  /** `begun`: the file continues after these row groups. */
  constructor(columns: Record<string, ParquetColumn>, begun?: BegunParquet) {
    this.#columns = Object.entries(columns)
    this.#writer = new ParquetWriter({
      writer: this.#bytes,
      schema: schemaOf(columns),
      codec: 'ZSTD',
      compressors: { ZSTD: (bytes: Uint8Array) => zstdCompressSync(bytes) },
      createdBy: '@lagoon/manifest',
    })
    if (!begun) return
    this.#bytes.index = 0
    this.#bytes.offset = begun.endOfRowGroups
    this.#writer.row_groups = [...begun.metadata.row_groups]
    this.#writer.num_rows = begun.metadata.num_rows
  }

  /** The bytes of a row group. */
  rowGroup(rows: readonly ParquetRow[]): Uint8Array {
    const columnData = this.#columns.map(([name, { type }]) => {
      const data = rows.map((row) => valueOf(row[name], type))
      return {
        name,
        data,
        // Looking for repeated values costs more than it saves: keys and ETags don't repeat, and ZSTD finds the others.
        encoding: 'PLAIN' as const,
        // Readers skip a column that is empty according to the footer. They don't need other bounds.
        statistics: data.every((value) => value === undefined),
        offsetIndex: false,
      }
    })
    void this.#writer.write({ columnData, rowGroupSize: rows.length, pageSize: PAGE_BYTES })
    return this.#take()
  }

  /** The bytes of the footer, with this metadata. */
  footer(metadata: Record<string, string>): Uint8Array {
    this.#writer.kvMetadata = Object.entries(metadata).map(([key, value]) => ({ key, value }))
    void this.#writer.finish()
    return this.#take()
  }

  /** The bytes of a footer of the row groups so far, over which the next row group will be written. */
  interimFooter(): Uint8Array {
    const { offset } = this.#bytes
    const bytes = this.footer({})
    this.#bytes.offset = offset
    return bytes
  }

  #take(): Uint8Array {
    const bytes = this.#bytes.getBytes().slice()
    this.#bytes.index = 0
    return bytes
  }
}

/** A file that rows are added to: its footer is replaced. */
interface BegunParquet {
  metadata: FileMetaData
  /** Where the footer begins. */
  endOfRowGroups: number
}

/** What is known about a file that rows with these columns are added to; `null` if it has other columns, or is not Parquet. */
export async function openBegun(
  path: string,
  columns: Record<string, ParquetColumn>,
): Promise<BegunParquet | null> {
  const file = await asyncBufferFromFile(path)
  const metadata = await parquetMetadataAsync(file).catch(() => null)
  if (!metadata || shapeOf(metadata.schema) !== shapeOf(schemaOf(columns))) return null
  return { metadata, endOfRowGroups: file.byteLength - 8 - metadata.metadata_length }
}

function shapeOf(schema: readonly SchemaElement[]): string {
  const shape = schema.map(({ name, type, repetition_type }, index) =>
    index === 0 ? '' : [name, type, repetition_type],
  )
  return JSON.stringify(shape)
}

function schemaOf(columns: Record<string, ParquetColumn>): SchemaElement[] {
  const entries = Object.entries(columns)
  return [
    { name: 'schema', num_children: entries.length },
    ...entries.map(([name, column]) => elementOf(name, column)),
  ]
}

function elementOf(name: string, { type, optional = false }: ParquetColumn): SchemaElement {
  const repetition_type = optional ? 'OPTIONAL' : 'REQUIRED'
  if (type === 'UTF8') return { name, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type }
  if (type === 'TIMESTAMP_MILLIS') {
    return { name, type: 'INT64', converted_type: 'TIMESTAMP_MILLIS', repetition_type }
  }
  return { name, type, repetition_type }
}

function valueOf(value: ParquetRow[string], type: ParquetColumn['type']): unknown {
  return type === 'INT64' && typeof value === 'number' ? BigInt(value) : value
}
