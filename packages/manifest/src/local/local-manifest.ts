import { open, stat } from 'node:fs/promises'
import { ManifestError } from '../errors.js'
import type { ManifestRef, ManifestStore, ReadOptions } from '../manifest-store.js'

/**
 * A local Parquet file for {@link openManifest}. Its ETag stands for the file's size and modification time, so that a change during
 * reading is noticed. Throws `LAGOON_MANIFEST_UNREADABLE`.
 */
export async function localManifest(path: string): Promise<{ store: ManifestStore; ref: ManifestRef }> {
  try {
    const { etag, sizeBytes } = await describeFile(path)
    return { store: localStore, ref: { key: path, etag, sizeBytes } }
  } catch (cause) {
    throw new ManifestError('LAGOON_MANIFEST_UNREADABLE', {
      message: `${path}: can't be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      hint: 'Check that the file exists and is readable.',
      cause,
    })
  }
}

/** Size of a file, and an ETag that stands for its version. */
export async function describeFile(path: string): Promise<{ etag: string; sizeBytes: number }> {
  const { ino, size, mtimeNs } = await stat(path, { bigint: true })
  return { etag: `${ino}-${size}-${mtimeNs}`, sizeBytes: Number(size) }
}

/** A range of a file whose path is the key, as in {@link ManifestStore.read}. */
export async function readFile({ key, start, end, etag, signal }: ReadOptions): Promise<Uint8Array> {
  signal?.throwIfAborted()
  const file = await open(key)
  try {
    const bytes = Buffer.allocUnsafeSlow(end - start)
    const { bytesRead } = await file.read(bytes, 0, bytes.length, start)
    const now = await describeFile(key)
    if (etag !== undefined && now.etag !== etag) {
      throw Object.assign(new Error('the file was changed'), { status: 412 })
    }
    return bytes.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

/** Reads local files by their paths; its listing is empty. */
const localStore: ManifestStore = { async *list() {}, async *listPrefixes() {}, read: readFile }
