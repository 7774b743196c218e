/** Buffers of chunks, reused from commit to commit: millions of chunks are written, a thousand are in memory. */
export class ChunkPool {
  readonly #words: number
  readonly #free: ArrayBuffer[] = []

  /** `bytes`: of the largest chunk. */
  constructor(bytes: number) {
    this.#words = Math.ceil(bytes / 4)
  }

  /** A chunk of that many words; its content is left over from an earlier one. */
  take(words: number): Uint32Array {
    return new Uint32Array(this.#free.pop() ?? new ArrayBuffer(this.#words * 4), 0, words)
  }

  /** Takes back chunks that nothing refers to any more. */
  giveBack(chunks: readonly Uint32Array[]): void {
    for (const { buffer } of chunks) this.#free.push(buffer as ArrayBuffer)
  }
}
