/** A stream of bytes that can be peeked at, and to which bytes can be returned. */
export class InputBytes {
  readonly #iterator: AsyncIterator<Uint8Array>
  /** Pieces that precede what the stream returns next. */
  #pieces: Uint8Array[] = []
  #pending: Promise<void> | null = null
  #ended = false

  constructor(bytes: AsyncIterable<Uint8Array>) {
    this.#iterator = bytes[Symbol.asyncIterator]()
  }

  /** Waits until there is a piece to take, or the end. Several callers may wait in turn: no piece is lost. */
  async ready(): Promise<void> {
    while (this.#pieces.length === 0 && !this.#ended) {
      this.#pending ??= this.#pull()
      await this.#pending
    }
  }

  /** The next piece, once it is ready; `null` at the end. */
  take(): Uint8Array | null {
    return this.#pieces.shift() ?? null
  }

  /** The next `count` bytes without taking them, fewer at the end. */
  async peek(count: number): Promise<Buffer> {
    while (this.#length() < count && !this.#ended) {
      this.#pending ??= this.#pull()
      await this.#pending
    }
    return Buffer.concat(this.#pieces).subarray(0, count)
  }

  /** Takes up to `count` bytes and drops them. Returns how many there were. */
  async drop(count: number): Promise<number> {
    let left = count
    while (left > 0) {
      await this.ready()
      const piece = this.take()
      if (!piece) break
      if (piece.length > left) this.giveBack([piece.subarray(left)])
      left -= Math.min(left, piece.length)
    }
    return count - left
  }

  /** Puts pieces in front of what comes next. */
  giveBack(pieces: readonly Uint8Array[]): void {
    this.#pieces = [...pieces.filter(({ length }) => length > 0), ...this.#pieces]
  }

  /** Ends the stream. */
  async close(): Promise<void> {
    await this.#iterator.return?.()
  }

  #length(): number {
    return this.#pieces.reduce((sum, { length }) => sum + length, 0)
  }

  async #pull(): Promise<void> {
    try {
      const next = await this.#iterator.next()
      if (next.done) this.#ended = true
      else if (next.value.length > 0) this.#pieces.push(next.value)
    } finally {
      this.#pending = null
    }
  }
}
