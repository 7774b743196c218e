/** Counts objects that were begun and have not ended; lets one waiter wait for room and one for none being left. */
export class OpenObjects {
  readonly #capacity: () => number
  #count = 0
  #onRoom: (() => void) | null = null
  #onDrained: (() => void) | null = null

  /** `capacity` is asked each time: it may follow the concurrency limit. */
  constructor(capacity: () => number) {
    this.#capacity = capacity
  }

  get count(): number {
    return this.#count
  }

  get full(): boolean {
    return this.#count >= this.#capacity()
  }

  begin(): void {
    this.#count += 1
  }

  end(): void {
    this.#count -= 1
    if (this.#onRoom !== null && !this.full) {
      this.#onRoom()
      this.#onRoom = null
    }
    if (this.#onDrained !== null && this.#count === 0) {
      this.#onDrained()
      this.#onDrained = null
    }
  }

  /** Resolves when another object may begin. */
  async room(): Promise<void> {
    if (this.full) await new Promise<void>((resolve) => (this.#onRoom = resolve))
  }

  /** Resolves when every object begun has ended. */
  async drained(): Promise<void> {
    if (this.#count > 0) await new Promise<void>((resolve) => (this.#onDrained = resolve))
  }
}
