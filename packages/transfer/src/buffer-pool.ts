const SMALLEST = 12
const CLASSES = 9

/**
 * Buffers for bodies of up to 1 MiB, within a budget of bytes. Sizes are rounded up to powers of two from 4 KiB, so that a buffer serves
 * again: allocating outside V8's heap for each body costs more than copying into it.
 *
 * 1. Bytes lent out never exceed the budget: {@link take} then gives null and the caller streams instead.
 * 2. A buffer comes back through {@link giveBack} when nothing can read it any more, else through {@link forget}.
 */
export class BufferPool {
  readonly #budgetBytes: number
  readonly #idleLimitBytes: number
  readonly #idle: Buffer[][] = Array.from({ length: CLASSES }, () => [])
  #lentBytes = 0
  #idleBytes = 0

  /**
   * @param budgetBytes most bytes lent out at a time
   * @param idleLimitBytes most bytes kept for reuse
   */
  constructor(budgetBytes: number, idleLimitBytes = 16 * 1024 * 1024) {
    this.#budgetBytes = budgetBytes
    this.#idleLimitBytes = idleLimitBytes
  }

  /** Bytes lent out now, rounded as they are accounted. */
  get lentBytes(): number {
    return this.#lentBytes
  }

  /** A buffer of at least that many bytes, with whatever was in it; null if the budget or 1 MiB is exceeded. */
  take(bytes: number): Buffer | null {
    const index = classOf(bytes)
    if (index >= CLASSES) return null
    const size = 1 << (index + SMALLEST)
    if (this.#lentBytes + size > this.#budgetBytes) return null
    this.#lentBytes += size
    const reused = this.#idle[index]!.pop()
    if (reused === undefined) return Buffer.allocUnsafeSlow(size)
    this.#idleBytes -= size
    return reused
  }

  /** Returns a buffer that nothing reads or writes any more. */
  giveBack(buffer: Buffer): void {
    this.#lentBytes -= buffer.length
    if (this.#idleBytes + buffer.length > this.#idleLimitBytes) return
    this.#idleBytes += buffer.length
    this.#idle[classOf(buffer.length)]!.push(buffer)
  }

  /** Ends the loan of a buffer that a socket may still be reading: it is left to the garbage collector. */
  forget(buffer: Buffer): void {
    this.#lentBytes -= buffer.length
  }
}

function classOf(bytes: number): number {
  return bytes <= 1 << SMALLEST ? 0 : 32 - Math.clz32(bytes - 1) - SMALLEST
}
