const MIN_SIZE_BITS = 12
/** Every buffer has this much extra room, for the head of the request that sends its body. */
export const HEADROOM_BYTES = 1024
const CLASSES = 9

/**
 * Buffers for bodies of up to 1 MiB, within a budget of bytes. Sizes are rounded up to powers of two from 4 KiB, so that a buffer serves
 * again: allocating outside V8's heap for each body costs more than copying into it.
 *
 * 1. Bytes reserved never exceed the budget: {@link reserve} then refuses and the caller streams instead.
 * 2. A buffer for a whole body is taken only within a reservation, and not before the first byte is here. Chunks of streamed bodies need none: what they
 *    hold is bounded by the connections.
 * 3. A buffer comes back through {@link giveBack} only when nothing can read it any more.
 */
export class BufferPool {
  readonly #budgetBytes: number
  readonly #idleLimitBytes: number
  readonly #idle: Buffer[][] = Array.from({ length: CLASSES }, () => [])
  #reservedBytes = 0
  #idleBytes = 0

  /**
   * @param budgetBytes most bytes reserved at a time
   * @param idleLimitBytes most bytes kept for reuse
   */
  constructor(budgetBytes: number, idleLimitBytes = 16 * 1024 * 1024) {
    this.#budgetBytes = budgetBytes
    this.#idleLimitBytes = idleLimitBytes
  }

  /** Bytes reserved now, rounded as they are accounted. */
  get reservedBytes(): number {
    return this.#reservedBytes
  }

  /** Sets bytes aside for a body of that size; false if the budget or 1 MiB is exceeded. */
  reserve(bytes: number): boolean {
    const index = classOf(bytes)
    if (index >= CLASSES) return false
    const size = 1 << (index + MIN_SIZE_BITS)
    if (this.#reservedBytes + size > this.#budgetBytes) return false
    this.#reservedBytes += size
    return true
  }

  /** Ends the reservation for a body of that size. */
  release(bytes: number): void {
    this.#reservedBytes -= 1 << (classOf(bytes) + MIN_SIZE_BITS)
  }

  /** A buffer for this many bytes and {@link HEADROOM_BYTES}, with its previous content. */
  take(bytes: number): Buffer {
    const index = classOf(bytes)
    const reused = this.#idle[index]!.pop()
    if (reused === undefined) return Buffer.allocUnsafeSlow((1 << (index + MIN_SIZE_BITS)) + HEADROOM_BYTES)
    this.#idleBytes -= reused.length - HEADROOM_BYTES
    return reused
  }

  /** Keeps a buffer that nothing reads or writes any more for the next body. */
  giveBack(buffer: Buffer): void {
    const bytes = buffer.length - HEADROOM_BYTES
    if (this.#idleBytes + bytes > this.#idleLimitBytes) return
    this.#idleBytes += bytes
    this.#idle[classOf(bytes)]!.push(buffer)
  }
}

function classOf(bytes: number): number {
  return bytes <= 1 << MIN_SIZE_BITS ? 0 : 32 - Math.clz32(bytes - 1) - MIN_SIZE_BITS
}
