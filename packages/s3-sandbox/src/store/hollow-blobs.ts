import type { BlobStore, BlobWriter } from './blob.js'
import { MemoryBlob } from './memory-blobs.js'

/** Keeps the number of bytes but not the bytes: reads return zeros. Digests are computed from the received bytes beforehand. */
export function createHollowBlobs(): BlobStore {
  return { create: () => new HollowBlobWriter(), close: async () => {} }
}

const ZEROS = new Uint8Array(1024 * 1024)

class HollowBlobWriter implements BlobWriter {
  #sizeBytes = 0

  write(chunk: Uint8Array): void {
    this.#sizeBytes += chunk.length
  }

  async finish(): Promise<MemoryBlob> {
    return new MemoryBlob(repeated(ZEROS, this.#sizeBytes))
  }

  async discard(): Promise<void> {}
}

/** This many bytes, by repeating one chunk. */
export function repeated(chunk: Uint8Array, sizeBytes: number): Uint8Array[] {
  const chunks = Array.from({ length: Math.floor(sizeBytes / chunk.length) }, () => chunk)
  const rest = sizeBytes % chunk.length
  return rest === 0 ? chunks : [...chunks, chunk.subarray(0, rest)]
}
