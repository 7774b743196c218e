import { Damage, corrupt } from '../bytes/damage.js'
import { ThriftReader, ThriftType } from './thrift-reader.js'

/** Encodings by their number in the format. */
const ENCODINGS = [
  'PLAIN',
  'GROUP_VAR_INT',
  'PLAIN_DICTIONARY',
  'RLE',
  'BIT_PACKED',
  'DELTA_BINARY_PACKED',
  'DELTA_LENGTH_BYTE_ARRAY',
  'DELTA_BYTE_ARRAY',
  'RLE_DICTIONARY',
  'BYTE_STREAM_SPLIT',
] as const
export type Encoding = (typeof ENCODINGS)[number]

/** What precedes a page. */
export interface PageHeader {
  kind: 'data' | 'data-v2' | 'dictionary' | 'other'
  /** Bytes of the header itself. */
  headerBytes: number
  compressedBytes: number
  uncompressedBytes: number
  crc: number | null
  /** Values, nulls included. */
  values: number
  encoding: Encoding
  definitionEncoding: Encoding
  /** Version 2 only: bytes of the levels, which precede the values uncompressed. */
  definitionBytes: number
  repetitionBytes: number
  /** Version 2 only: whether the values are compressed. */
  compressed: boolean
}

const KINDS = ['data', 'other', 'dictionary', 'data-v2'] as const

/** Parses the header at the start of `bytes`. Throws `Damage`. */
export function parsePageHeader(bytes: Uint8Array): PageHeader {
  const reader = new ThriftReader(bytes)
  const header: PageHeader = {
    kind: 'other',
    headerBytes: 0,
    compressedBytes: -1,
    uncompressedBytes: -1,
    crc: null,
    values: -1,
    encoding: 'PLAIN',
    definitionEncoding: 'RLE',
    definitionBytes: 0,
    repetitionBytes: 0,
    compressed: true,
  }
  let kind = -1
  reader.struct((id, type) => {
    if (id === 1 && type === ThriftType.i32) kind = reader.int()
    else if (id === 2 && type === ThriftType.i32) header.uncompressedBytes = reader.int()
    else if (id === 3 && type === ThriftType.i32) header.compressedBytes = reader.int()
    else if (id === 4 && type === ThriftType.i32) header.crc = reader.int() >>> 0
    else if (id === 5 && type === ThriftType.struct) readDataPage(reader, header)
    else if (id === 7 && type === ThriftType.struct) readDictionaryPage(reader, header)
    else if (id === 8 && type === ThriftType.struct) readDataPageV2(reader, header)
    else return false
    return true
  })
  const known = KINDS[kind]
  if (!known) throw corrupt(`a page of unknown kind ${kind}`)
  header.kind = known
  header.headerBytes = reader.offset
  if (header.compressedBytes < 0 || header.uncompressedBytes < 0) throw corrupt('a page of negative size')
  if (known !== 'other' && header.values < 0) throw corrupt('a page with a negative number of values')
  if (header.definitionBytes < 0 || header.repetitionBytes < 0) throw corrupt('levels of negative size')
  if (header.definitionBytes + header.repetitionBytes > header.compressedBytes) {
    throw corrupt('levels longer than their page')
  }
  return header
}

function readDataPage(reader: ThriftReader, header: PageHeader): void {
  reader.struct((id, type) => {
    if (type !== ThriftType.i32) return false
    if (id === 1) header.values = reader.int()
    else if (id === 2) header.encoding = encoding(reader.int())
    else if (id === 3) header.definitionEncoding = encoding(reader.int())
    else return false
    return true
  })
}

function readDictionaryPage(reader: ThriftReader, header: PageHeader): void {
  reader.struct((id, type) => {
    if (type !== ThriftType.i32) return false
    if (id === 1) header.values = reader.int()
    else if (id === 2) header.encoding = encoding(reader.int())
    else return false
    return true
  })
}

function readDataPageV2(reader: ThriftReader, header: PageHeader): void {
  reader.struct((id, type) => {
    if (id === 7 && (type === ThriftType.true || type === ThriftType.false)) {
      header.compressed = type === ThriftType.true
      return true
    }
    if (type !== ThriftType.i32) return false
    if (id === 1) header.values = reader.int()
    else if (id === 4) header.encoding = encoding(reader.int())
    else if (id === 5) header.definitionBytes = reader.int()
    else if (id === 6) header.repetitionBytes = reader.int()
    else return false
    return true
  })
}

function encoding(number: number): Encoding {
  const known = ENCODINGS[number]
  if (!known) throw new Damage('encoding', `encoding number ${number}`)
  return known
}
