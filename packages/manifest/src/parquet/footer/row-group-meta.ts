import { ThriftType, type ThriftReader } from './thrift-reader.js'

/** Codecs by their number in the format. */
const CODECS = ['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'LZO', 'BROTLI', 'LZ4', 'ZSTD', 'LZ4_RAW'] as const
export type Codec = (typeof CODECS)[number]

/** Where one column of one row group is. */
export interface ChunkMeta {
  path: string
  codec: Codec | null
  codecNumber: number
  values: number
  /** Missing values; `null` if the writer did not count them. */
  nulls: number | null
  compressedBytes: number
  uncompressedBytes: number
  dataPageOffset: number
  dictionaryPageOffset: number | null
  /** Set if the column's pages are in another file. */
  filePath: string | null
  encrypted: boolean
}

/** One row group with the requested chunks, by the index of the leaf. */
export interface RowGroupMeta {
  rows: number
  leaves: number
  chunks: Map<number, ChunkMeta>
}

/** Reads a RowGroup and keeps the wanted chunks. */
export function readRowGroup(reader: ThriftReader, wanted: Set<number>): RowGroupMeta {
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
    nulls: null,
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
    if (id === 12 && type === ThriftType.struct) {
      chunk.nulls = readNullCount(reader)
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

function readNullCount(reader: ThriftReader): number | null {
  let nulls: number | null = null
  reader.struct((id, type) => {
    if (id !== 3 || type !== ThriftType.i64) return false
    nulls = reader.int()
    return true
  })
  return nulls
}
