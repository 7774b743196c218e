import type { Blob, BlobStore, BlobWriter } from './blob.js'

/** Stores bytes in memory, in the chunks in which they arrived. */
export function createMemoryBlobs(): BlobStore {
  return { create: () => new MemoryBlobWriter(), close: async () => {} }
}

/** Blobs up to this size are joined into one chunk, so that they are sent in one piece. */
const JOINED_BYTES = 256 * 1024

/** A blob that is already in memory. */
export class MemoryBlob implements Blob {
  readonly id = ''
  readonly sizeBytes: number
  readonly #chunks: readonly Uint8Array[]

  constructor(chunks: readonly Uint8Array[]) {
    this.#chunks = chunks
    this.sizeBytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
  }

  /** The whole blob if it is a single chunk: nothing to copy or stream. */
  get buffer(): Uint8Array | null {
    if (this.#chunks.length === 0) return new Uint8Array(0)
    return this.#chunks.length === 1 ? this.#chunks[0]! : null
  }

  *read(start: number, end: number): Generator<Uint8Array, void, undefined> {
    let offset = 0
    for (const chunk of this.#chunks) {
      const from = Math.max(start - offset, 0)
      const to = Math.min(end - offset, chunk.length)
      if (from < to) yield from === 0 && to === chunk.length ? chunk : chunk.subarray(from, to)
      offset += chunk.length
      if (offset >= end) return
    }
  }

  retain(): void {}

  release(): void {}
}

class MemoryBlobWriter implements BlobWriter {
  #chunks: Uint8Array[] = []

  write(chunk: Uint8Array): void {
    if (chunk.length > 0) this.#chunks.push(chunk)
  }

  async finish(): Promise<Blob> {
    const blob = new MemoryBlob(this.#chunks)
    if (this.#chunks.length === 1 || blob.sizeBytes > JOINED_BYTES) return blob
    return new MemoryBlob([Buffer.concat(this.#chunks)])
  }

  async discard(): Promise<void> {
    this.#chunks = []
  }
}
