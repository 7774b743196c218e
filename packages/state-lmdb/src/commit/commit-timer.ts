/** Decides when the next commit begins. While only merging is due, the timer keeps no process alive. */
export class CommitTimer {
  readonly #intervalMs: number
  readonly #onDue: () => void
  #timer: NodeJS.Timeout | null = null
  #resting = false

  constructor(intervalMs: number, onDue: () => void) {
    this.#intervalMs = intervalMs
    this.#onDue = onDue
  }

  /** There is something to commit. */
  need(): void {
    if (this.#timer === null) this.#start()
    else if (this.#resting) {
      this.#resting = false
      this.#timer.ref()
    }
  }

  /** There is only something to merge. */
  rest(): void {
    if (this.#timer !== null) return
    this.#start()
    this.#timer!.unref()
    this.#resting = true
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
  }

  #start(): void {
    this.#timer = setTimeout(() => {
      this.#timer = null
      this.#resting = false
      this.#onDue()
    }, this.#intervalMs)
  }
}
