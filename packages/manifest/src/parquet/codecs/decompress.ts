import { promisify } from 'node:util'
import {
  brotliDecompress,
  brotliDecompressSync,
  unzip,
  unzipSync,
  zstdDecompress,
  zstdDecompressSync,
} from 'node:zlib'
import { Damage, corrupt } from '../bytes/damage.js'
import type { Codec } from '../footer/row-group-meta.js'
import { unpackLz4Block, unpackLz4Hadoop } from './lz4.js'
import { unpackSnappy } from './snappy.js'

const brotliAsync = promisify(brotliDecompress)
const unzipAsync = promisify(unzip)
const zstdAsync = promisify(zstdDecompress)

/** Larger pages are decompressed on Node's thread pool, so that this thread keeps moving objects. */
const OFF_THREAD_BYTES = 128 * 1024

/** The most that one byte can decompress to: a page that claims more is refused before anything is allocated. */
const MAX_RATIO: Partial<Record<Codec, number>> = { SNAPPY: 32, LZ4: 256, LZ4_RAW: 256, GZIP: 1_040 }

/**
 * Decompresses a page to exactly `length` bytes, and never to more, whatever the page contains. Throws `Damage`: `corrupt` if the bytes
 * don't decompress to that length, `codec` if the codec is not supported.
 */
export async function decompress(bytes: Uint8Array, length: number, codec: Codec | null): Promise<Buffer> {
  if (codec === null || codec === 'LZO') throw new Damage('codec', codec ?? 'an unknown codec')
  if (codec === 'UNCOMPRESSED') return expectLength(asBuffer(bytes), length)
  if (length === 0) return Buffer.alloc(0)
  if (length > 64 + bytes.length * (MAX_RATIO[codec] ?? Infinity)) {
    throw corrupt(
      `a page of ${bytes.length} bytes that claims to unpack to ${length}, more than ${codec} can`,
    )
  }
  try {
    return expectLength(asBuffer(await unpack(bytes, length, codec)), length)
  } catch (error) {
    if (error instanceof Damage) throw error
    throw corrupt(
      `a page that does not unpack as ${codec}: ${error instanceof Error ? error.message : ''}`,
      error,
    )
  }
}

/** The same bytes as a Buffer, not copied. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

type Packed = Exclude<Codec, 'UNCOMPRESSED' | 'LZO'>

function unpack(bytes: Uint8Array, length: number, codec: Packed): Uint8Array | Promise<Uint8Array> {
  const offThread = length > OFF_THREAD_BYTES
  // One buffer for a page of usual density, and a little more, because a full buffer makes zlib allocate a second one; memory for a
  // denser page grows as it decompresses.
  const chunkSize = Math.min(length + 64, 1024 * 1024 + bytes.length * 128)
  const options = { maxOutputLength: length, chunkSize }
  switch (codec) {
    case 'ZSTD':
      return offThread ? zstdAsync(bytes, options) : zstdDecompressSync(bytes, options)
    case 'GZIP':
      return offThread ? unzipAsync(bytes, options) : unzipSync(bytes, options)
    case 'BROTLI':
      return offThread ? brotliAsync(bytes, options) : brotliDecompressSync(bytes, options)
    case 'SNAPPY':
      return unpackInto(unpackSnappy, bytes, length)
    case 'LZ4':
      return unpackInto(unpackLz4Hadoop, bytes, length)
    case 'LZ4_RAW':
      return unpackInto(unpackLz4Block, bytes, length)
  }
}

function unpackInto(
  unpacker: (input: Uint8Array, output: Uint8Array) => number,
  bytes: Uint8Array,
  length: number,
): Uint8Array {
  const page = Buffer.allocUnsafeSlow(length)
  return page.subarray(0, unpacker(bytes, page))
}

/**
 * Frees the memory of a decompressed page immediately. Pages are the largest things this package holds, and several of them would pile
 * up until the garbage collector runs. Only for what {@link decompress} returned for a compressing codec.
 */
export function release(page: Buffer): void {
  // Small buffers share their memory with others.
  if (page.length > Buffer.poolSize) (page.buffer as ArrayBuffer).transfer(0)
}

// The first time that a process detaches a buffer, V8 discards all optimized code that reads typed arrays (its protector of detached
// buffers). So it is done before there is any, not during a copy.
new ArrayBuffer(1).transfer(0)

function expectLength(page: Buffer, length: number): Buffer {
  if (page.length === length) return page
  throw corrupt(`a page that unpacks to ${page.length} bytes where its header says ${length}`)
}
