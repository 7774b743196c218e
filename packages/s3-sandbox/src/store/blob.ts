/** Bytes that were stored: immutable, readable from any offset, any number of times. */
export interface Blob {
  readonly sizeBytes: number
  /** The bytes in [start, end), in chunks. */
  read(start: number, end: number): AsyncIterable<Uint8Array> | Iterable<Uint8Array>
  /** One more record refers to it. */
  retain(): void
  /** One record less refers to it; after the last, its room is given back. */
  release(): void
  /** What the journal remembers it by; empty when it is only in memory. */
  readonly id: string
}

/** A blob in the making: write, then finish or discard. */
export interface BlobWriter {
  /** Takes the chunk over: it must not be changed afterwards. A promise asks to wait. */
  write(chunk: Uint8Array): void | Promise<void>
  finish(): Promise<Blob>
  discard(): Promise<void>
}

/** Where bytes are kept. */
export interface BlobStore {
  create(): BlobWriter
  close(): Promise<void>
}

/** The bytes in [start, end) of blobs that follow one another. */
export async function* readBlobs(
  blobs: readonly Blob[],
  start: number,
  end: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let offset = 0
  for (const blob of blobs) {
    const from = Math.max(start, offset)
    const to = Math.min(end, offset + blob.sizeBytes)
    if (from < to) yield* blob.read(from - offset, to - offset)
    offset += blob.sizeBytes
    if (offset >= end) return
  }
}
