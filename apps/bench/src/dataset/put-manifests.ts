import { zstdCompressSync } from 'node:zlib'
import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import { putObjects } from '@lagoon/testkit'
import type { BucketAccess } from '../stores/buckets.js'

/** Keys per manifest: ten million of them make five. */
const fileKeys = 2_000_000

/** The size of DuckDB's row groups. */
const groupKeys = 122_880

/**
 * Puts the keys with the indices `0` to `keys` into a bucket as ZSTD manifests with a single column. Returns the number of files and bytes.
 */
export async function putManifests(
  access: BucketAccess,
  location: { bucket: string; prefix: string },
  keys: number,
  signal: AbortSignal,
  keyOf: (index: number) => string,
): Promise<{ files: number; bytes: number }> {
  let files = 0
  let bytes = 0
  for (let from = 0; from < keys; from += fileKeys, files += 1) {
    signal.throwIfAborted()
    const file = manifestOf(from, Math.min(keys, from + fileKeys), keyOf)
    const key = `${location.prefix}${String(files).padStart(5, '0')}.parquet`
    await putObjects(access, location.bucket, [{ key, sizeBytes: file.length, body: () => file }], { signal })
    bytes += file.length
  }
  return { files, bytes }
}

function manifestOf(from: number, to: number, keyOf: (index: number) => string): Buffer {
  const bytes = new ByteWriter()
  const writer = new ParquetWriter({
    writer: bytes,
    schema: [
      { name: 'root', num_children: 1 },
      { name: 'key', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
    ],
    codec: 'ZSTD',
    compressors: { ZSTD: (page) => zstdCompressSync(page) },
    statistics: false,
  })
  for (let start = from; start < to; start += groupKeys) {
    const length = Math.min(groupKeys, to - start)
    const data = Array.from({ length }, (_, index) => keyOf(start + index))
    writer.write({ columnData: [{ name: 'key', data, encoding: 'PLAIN' }], rowGroupSize: length })
  }
  writer.finish()
  return Buffer.from(bytes.getBuffer())
}
