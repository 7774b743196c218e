import type { BlobStore, BlobWriter } from './blob.js'
import { MemoryBlob } from './memory-blobs.js'

/** Keeps how many bytes there were and not what they were: what is read are zeros. Digests are made before, from what came. */
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

/** So many bytes, by naming one chunk again and again. */
export function repeated(chunk: Uint8Array, sizeBytes: number): Uint8Array[] {
  const chunks = Array.from({ length: Math.floor(sizeBytes / chunk.length) }, () => chunk)
  const rest = sizeBytes % chunk.length
  return rest === 0 ? chunks : [...chunks, chunk.subarray(0, rest)]
}
