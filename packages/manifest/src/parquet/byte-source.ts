import type { RangedFile } from './ranged-file.js'

/** Bytes of one version of a file, by ranges. */
export type ByteSource = Pick<RangedFile, 'read'>

/** Bytes `[start, end)` of a file. */
export interface ByteSpan {
  start: number
  end: number
}

/** A file of which one span is fetched with a single request, by the first read inside it. */
export class SpannedFile implements ByteSource {
  readonly #file: ByteSource
  readonly #span: ByteSpan
  #bytes: Promise<Buffer> | null = null

  constructor(file: ByteSource, span: ByteSpan) {
    this.#file = file
    this.#span = span
  }

  /** Throws like the file's own `read`. */
  async read(start: number, end: number, signal: AbortSignal | undefined): Promise<Buffer> {
    const { start: from, end: to } = this.#span
    if (start < from || end > to) return this.#file.read(start, end, signal)
    this.#bytes ??= this.#file.read(from, to, signal)
    return (await this.#bytes).subarray(start - from, end - from)
  }
}
