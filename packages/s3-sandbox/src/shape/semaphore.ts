/** A semaphore; later arrivals wait in order. */
export class Semaphore {
  #concurrency: number
  #taken = 0
  readonly #queue: (() => void)[] = []

  constructor(concurrency: number) {
    this.#concurrency = concurrency
  }

  get waiting(): number {
    return this.#queue.length
  }

  resize(concurrency: number): void {
    this.#concurrency = concurrency
    this.#admit()
  }

  /** Resolves once admitted; `release()` ends the use. */
  async acquire(): Promise<void> {
    if (this.#taken < this.#concurrency) {
      this.#taken += 1
      return
    }
    await new Promise<void>((go) => this.#queue.push(go))
  }

  release(): void {
    this.#taken -= 1
    this.#admit()
  }

  #admit(): void {
    while (this.#taken < this.#concurrency && this.#queue.length > 0) {
      this.#taken += 1
      this.#queue.shift()!()
    }
  }
}
