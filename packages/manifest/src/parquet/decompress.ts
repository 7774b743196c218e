import { promisify } from 'node:util'
import {
  brotliDecompress,
  brotliDecompressSync,
  unzip,
  unzipSync,
  zstdDecompress,
  zstdDecompressSync,
} from 'node:zlib'
import { compressors, decompressSnappy } from 'hyparquet-compressors'
import { Damage, corrupt } from './damage.js'
import type { Codec } from './footer.js'
import { unpackLz4Block, unpackLz4Hadoop } from './lz4.js'

const brotliAsync = promisify(brotliDecompress)
const unzipAsync = promisify(unzip)
const zstdAsync = promisify(zstdDecompress)

/** Above this many bytes a page is unpacked on Node's thread pool, so that this thread goes on moving objects. */
const OFF_THREAD_BYTES = 128 * 1024

/** Above this many bytes Snappy gets a WebAssembly memory of its own, which is freed after the page. */
const OWN_MEMORY_BYTES = 8 * 1024 * 1024

/** How much one byte can unpack to, at most: a page that claims more is refused before anything is allocated. */
const MAX_RATIO: Partial<Record<Codec, number>> = { SNAPPY: 32, LZ4: 256, LZ4_RAW: 256, GZIP: 1_040 }

/**
 * Unpacks a page to exactly `length` bytes, and never to more, whatever the page really holds. Throws `Damage`:
 * `corrupt` when the bytes don't unpack to that length, `codec` when the codec is not known.
 */
export async function decompress(bytes: Uint8Array, length: number, codec: Codec | null): Promise<Buffer> {
  if (codec === null || codec === 'LZO') throw new Damage('codec', codec ?? 'an unknown codec')
  if (codec === 'UNCOMPRESSED') return expectLength(asBuffer(bytes), length)
  if (length === 0) return Buffer.alloc(0)
  if (length > 64 + bytes.length * (MAX_RATIO[codec] ?? Infinity)) {
    throw corrupt(`a page of ${bytes.length} bytes that claims to unpack to ${length}, more than ${codec} can`)
  }
  try {
    return expectLength(asBuffer(await unpack(bytes, length, codec)), length)
  } catch (error) {
    if (error instanceof Damage) throw error
    throw corrupt(`a page that does not unpack as ${codec}: ${error instanceof Error ? error.message : ''}`, error)
  }
}

/** The same bytes as a Buffer, not copied. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

type Packed = Exclude<Codec, 'UNCOMPRESSED' | 'LZO'>

function unpack(bytes: Uint8Array, length: number, codec: Packed): Uint8Array | Promise<Uint8Array> {
  const offThread = length > OFF_THREAD_BYTES
  // One buffer for a page of usual density; a page that claims to be denser earns its memory as it unpacks.
  const chunkSize = Math.max(64, Math.min(length, 64 * 1024 + bytes.length * 32))
  const options = { maxOutputLength: length, chunkSize }
  switch (codec) {
    case 'ZSTD':
      return offThread ? zstdAsync(bytes, options) : zstdDecompressSync(bytes, options)
    case 'GZIP':
      return offThread ? unzipAsync(bytes, options) : unzipSync(bytes, options)
    case 'BROTLI':
      return offThread ? brotliAsync(bytes, options) : brotliDecompressSync(bytes, options)
    case 'SNAPPY':
      return unpackSnappy(bytes, length)
    case 'LZ4':
    case 'LZ4_RAW': {
      const page = Buffer.allocUnsafe(length)
      return page.subarray(0, (codec === 'LZ4' ? unpackLz4Hadoop : unpackLz4Block)(bytes, page))
    }
  }
}

/** The length that Snappy's preamble announces is checked here: the decoder would write as much as it says. */
function unpackSnappy(bytes: Uint8Array, length: number): Uint8Array {
  let announced = 0
  for (let index = 0, shift = 0; index < 5 && index < bytes.length; index++, shift += 7) {
    announced += (bytes[index]! & 0x7f) * 2 ** shift
    if (bytes[index]! < 0x80) break
  }
  if (announced !== length) throw corrupt(`a page of ${announced} bytes where its header says ${length}`)
  return length > OWN_MEMORY_BYTES ? decompressSnappy(bytes, length) : compressors.SNAPPY!(bytes, length)
}

function expectLength(page: Buffer, length: number): Buffer {
  if (page.length === length) return page
  throw corrupt(`a page that unpacks to ${page.length} bytes where its header says ${length}`)
}
