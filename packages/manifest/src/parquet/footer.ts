import { corrupt } from './damage.js'
import { ThriftReader, ThriftType } from './thrift-reader.js'

/** Physical types by their number in the format. */
export const PHYSICAL_TYPES = [
  'BOOLEAN',
  'INT32',
  'INT64',
  'INT96',
  'FLOAT',
  'DOUBLE',
  'BYTE_ARRAY',
  'FIXED_LEN_BYTE_ARRAY',
] as const
export type PhysicalType = (typeof PHYSICAL_TYPES)[number]

/** Codecs by their number in the format. */
export const CODECS = ['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'LZO', 'BROTLI', 'LZ4', 'ZSTD', 'LZ4_RAW'] as const
export type Codec = (typeof CODECS)[number]

export type Repetition = 'REQUIRED' | 'OPTIONAL' | 'REPEATED'
const REPETITIONS: readonly Repetition[] = ['REQUIRED', 'OPTIONAL', 'REPEATED']

/** What a leaf's annotation says, as far as a manifest cares. */
export type Annotation =
  'STRING' | 'TIMESTAMP_MILLIS' | 'TIMESTAMP_MICROS' | 'TIMESTAMP_NANOS' | 'OTHER' | null

/** One line of the flattened schema. */
export interface SchemaElement {
  name: string
  type: PhysicalType | null
  repetition: Repetition | null
  children: number
  annotation: Annotation
}

/** Where one column of one row group lies. */
export interface ChunkMeta {
  path: string
  codec: Codec | null
  codecNumber: number
  values: number
  compressedBytes: number
  uncompressedBytes: number
  dataPageOffset: number
  dictionaryPageOffset: number | null
  /** Set when the column's pages lie in another file. */
  filePath: string | null
  encrypted: boolean
}

/** One row group with the chunks that were asked for, by the index of the leaf. */
export interface RowGroupMeta {
  rows: number
  leaves: number
  chunks: Map<number, ChunkMeta>
}

/** What the footer says, as far as a manifest cares; nothing of it has been checked against the file. */
export interface Footer {
  rows: number
  schema: SchemaElement[]
  rowGroups: RowGroupMeta[]
  createdBy: string | null
  /** Key-value metadata whose key begins with `lagoon.`. */
  metadata: Map<string, string>
}

/** More than any manifest has; fewer than would fill the memory. */
const MAX_SCHEMA_ELEMENTS = 100_000
const MAX_ROW_GROUPS = 100_000

/**
 * Parses FileMetaData (https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift).
 * `wantedLeaves` is asked once, when the schema is known, and only those columns are kept of each row group, so that
 * the footer of a wide table costs no more memory than that of a narrow one. Throws `Damage`.
 */
export function parseFooter(
  bytes: Uint8Array,
  wantedLeaves: (schema: SchemaElement[]) => Set<number>,
): Footer {
  const reader = new ThriftReader(bytes)
  const footer: Footer = {
    rows: -1,
    schema: [],
    rowGroups: [],
    createdBy: null,
    metadata: new Map(),
  }
  let wanted: Set<number> | undefined
  reader.struct((id, type) => {
    if (id === 2 && type === ThriftType.list) {
      reader.list((_, index) => {
        if (index >= MAX_SCHEMA_ELEMENTS)
          throw corrupt(`a schema of more than ${MAX_SCHEMA_ELEMENTS} elements`)
        footer.schema.push(readSchemaElement(reader))
      })
    } else if (id === 3 && type === ThriftType.i64) {
      footer.rows = reader.int()
    } else if (id === 4 && type === ThriftType.list) {
      const leaves = (wanted ??= wantedLeaves(footer.schema))
      reader.list((_, index) => {
        if (index >= MAX_ROW_GROUPS) throw corrupt(`more than ${MAX_ROW_GROUPS} row groups`)
        footer.rowGroups.push(readRowGroup(reader, leaves))
      })
    } else if (id === 5 && type === ThriftType.list) {
      reader.list(() => readKeyValue(reader, footer.metadata))
    } else if (id === 6 && type === ThriftType.binary) {
      footer.createdBy = reader.string()
    } else return false
    return true
  })
  return footer
}

function readSchemaElement(reader: ThriftReader): SchemaElement {
  const element: SchemaElement = { name: '', type: null, repetition: null, children: 0, annotation: null }
  reader.struct((id, type) => {
    if (id === 1 && type === ThriftType.i32) element.type = PHYSICAL_TYPES[reader.int()] ?? null
    else if (id === 3 && type === ThriftType.i32) element.repetition = REPETITIONS[reader.int()] ?? null
    else if (id === 4 && type === ThriftType.binary) element.name = reader.string()
    else if (id === 5 && type === ThriftType.i32) element.children = reader.int()
    else if (id === 6 && type === ThriftType.i32) element.annotation ??= convertedAnnotation(reader.int())
    else if (id === 10 && type === ThriftType.struct) element.annotation = readLogicalType(reader)
    else return false
    return true
  })
  return element
}

function convertedAnnotation(converted: number): Annotation {
  if (converted === 0 || converted === 4) return 'STRING' // UTF8, ENUM
  if (converted === 9) return 'TIMESTAMP_MILLIS'
  if (converted === 10) return 'TIMESTAMP_MICROS'
  return 'OTHER'
}

function readLogicalType(reader: ThriftReader): Annotation {
  let annotation: Annotation = 'OTHER'
  reader.struct((id, type) => {
    if (id === 1 || id === 4) annotation = 'STRING'
    if (id !== 8 || type !== ThriftType.struct) return false
    reader.struct((field, fieldType) => {
      if (field !== 2 || fieldType !== ThriftType.struct) return false
      reader.struct((unit) => {
        annotation = unit === 1 ? 'TIMESTAMP_MILLIS' : unit === 2 ? 'TIMESTAMP_MICROS' : 'TIMESTAMP_NANOS'
        return false
      })
      return true
    })
    return true
  })
  return annotation
}

function readRowGroup(reader: ThriftReader, wanted: Set<number>): RowGroupMeta {
  const group: RowGroupMeta = { rows: -1, leaves: 0, chunks: new Map() }
  reader.struct((id, type) => {
    if (id === 1 && type === ThriftType.list) {
      reader.list((elementType, index) => {
        group.leaves++
        if (wanted.has(index)) group.chunks.set(index, readChunk(reader))
        else reader.skipElement(elementType)
      })
    } else if (id === 3 && type === ThriftType.i64) group.rows = reader.int()
    else return false
    return true
  })
  return group
}

function readChunk(reader: ThriftReader): ChunkMeta {
  const chunk: ChunkMeta = {
    path: '',
    codec: null,
    codecNumber: -1,
    values: -1,
    compressedBytes: -1,
    uncompressedBytes: -1,
    dataPageOffset: -1,
    dictionaryPageOffset: null,
    filePath: null,
    encrypted: false,
  }
  reader.struct((id, type) => {
    if (id === 1 && type === ThriftType.binary) chunk.filePath = reader.string()
    else if (id === 3 && type === ThriftType.struct) readColumnMeta(reader, chunk)
    else {
      if (id === 8 || id === 9) chunk.encrypted = true
      return false
    }
    return true
  })
  return chunk
}

function readColumnMeta(reader: ThriftReader, chunk: ChunkMeta): void {
  reader.struct((id, type) => {
    if (id === 3 && type === ThriftType.list) {
      const path: string[] = []
      reader.list((elementType) => {
        if (elementType === ThriftType.binary) path.push(reader.string())
        else reader.skipElement(elementType)
      })
      chunk.path = path.join('.')
      return true
    }
    if (type !== ThriftType.i32 && type !== ThriftType.i64) return false
    if (id === 4) {
      chunk.codecNumber = reader.int()
      chunk.codec = CODECS[chunk.codecNumber] ?? null
    } else if (id === 5) chunk.values = reader.int()
    else if (id === 6) chunk.uncompressedBytes = reader.int()
    else if (id === 7) chunk.compressedBytes = reader.int()
    else if (id === 9) chunk.dataPageOffset = reader.int()
    else if (id === 11) chunk.dictionaryPageOffset = reader.int()
    else return false
    return true
  })
}

function readKeyValue(reader: ThriftReader, into: Map<string, string>): void {
  let key = ''
  let value = ''
  reader.struct((id, type) => {
    if (id === 1 && type === ThriftType.binary) key = reader.string()
    else if (id === 2 && type === ThriftType.binary) value = reader.string()
    else return false
    return true
  })
  if (key.startsWith('lagoon.')) into.set(key, value)
}
