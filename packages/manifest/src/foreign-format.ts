/** First bytes of files that are not lists of keys, one character per byte. */
const MAGICS: readonly [name: string, beginning: string, offset?: number][] = [
  ['an Avro file', 'Obj\x01'],
  ['a zip file', 'PK\x03\x04'],
  ['a zip file', 'PK\x05\x06'],
  ['a zip file', 'PK\x07\x08'],
  ['compressed with xz', '\xfd7zXZ\0'],
  ['compressed with LZMA', '\x5d\0\0'],
  ['compressed with LZ4', '\x04\x22\x4d\x18'],
  ['compressed with LZ4', '\x02\x21\x4c\x18'],
  ['compressed with zlib', '\x78\x01'],
  ['compressed with zlib', '\x78\x9c'],
  ['a dictionary of Zstandard', '\x37\xa4\x30\xec'],
  ['compressed with Snappy', '\xff\x06\0\0sNaPpY'],
  ['compressed with LZO', '\x89LZO\0'],
  ['compressed with lzip', 'LZIP\x01'],
  ['compressed with compress', '\x1f\x9d'],
  ['compressed with GZIP', '\x1f\x8b'],
  ['compressed with Zstandard', '\x28\xb5\x2f\xfd'],
  ['a 7z archive', '7z\xbc\xaf\x27\x1c'],
  ['a RAR archive', 'Rar!\x1a\x07'],
  ['a tar archive', 'ustar', 257],
  ['an Arrow file', 'ARROW1'],
  ['an Arrow file', 'FEA1'],
  ['an Arrow stream', '\xff\xff\xff\xff'],
  ['a Hadoop sequence file', 'SEQ\x06'],
  ['an RCFile', 'RCF\x01'],
  ['a SQLite database', 'SQLite format 3\0'],
  ['a DuckDB database', 'DUCK', 8],
  ['an HDF5 file', '\x89HDF'],
  ['an Excel workbook', '\xd0\xcf\x11\xe0'],
  ['a PDF', '%PDF-'],
  ['an image', '\x89PNG\r\n'],
  ['a program', '\x7fELF'],
  ['a script', '#!/'],
  ['an array of NumPy', '\x93NUMPY'],
  ['encrypted or signed', '-----BEGIN '],
  ['encrypted with age', 'age-encryption.org/v1\n'],
  ['a pointer of Git LFS', 'version https://git-lfs.github.com/spec/'],
  ['an HTTP response', 'HTTP/1.1 '],
  ['an HTTP response', 'HTTP/2 '],
  ['text in UTF-32', '\xff\xfe\0\0'],
  ['text in UTF-32', '\0\0\xfe\xff'],
  ['text in UTF-16', '\xff\xfe'],
  ['text in UTF-16', '\xfe\xff'],
  ['text in GB 18030', '\x84\x31\x95\x33'],
]

const BZIP2 = /^BZh[1-9](?:1AY&SY|.rE8P)/
const MARKUP = /^(?:\xef\xbb\xbf)?\s*<(?:\?xml|!doctype|!--|[a-z][\w:.-]*(?:\s[^<>]*)?>)/i

/** How much of a file is read. */
const HEAD_BYTES = 64 * 1024

/** What a file is by its first bytes, such as `an ORC file`, if it is not a list of keys; `null` for anything else. */
export function foreignFormat(head: Uint8Array): string | null {
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, HEAD_BYTES)).toString('latin1')
  const known = MAGICS.find(([, beginning, offset = 0]) => text.startsWith(beginning, offset))
  if (known) return known[0]
  // Keys may begin like this, too.
  if (text.startsWith('ORC') && text.includes('\0')) return 'an ORC file'
  if (BZIP2.test(text)) return 'compressed with bzip2'
  return MARKUP.test(text) ? 'XML or HTML' : null
}
