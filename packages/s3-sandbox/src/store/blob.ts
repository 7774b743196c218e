/** Stored bytes: immutable, readable from any offset, any number of times. */
export interface Blob {
  readonly sizeBytes: number
  /** The bytes in [start, end), in chunks. */
  read(start: number, end: number): AsyncIterable<Uint8Array> | Iterable<Uint8Array>
  /** One more record refers to it. */
  retain(): void
  /** One record less refers to it; after the last, it is deleted. */
  release(): void
  /** Its name in the journal; empty if it is only in memory. */
  readonly id: string
}

/** A blob being written: write, then finish or discard. */
export interface BlobWriter {
  /** Takes ownership of the chunk: it must not be changed afterwards. Await a returned promise before writing more. */
  write(chunk: Uint8Array): void | Promise<void>
  finish(): Promise<Blob>
  discard(): Promise<void>
}

/** Where bytes are kept. */
export interface BlobStore {
  create(): BlobWriter
  close(): Promise<void>
}

/** The bytes in [start, end) of consecutive blobs. */
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
