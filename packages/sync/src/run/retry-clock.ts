/** Monotonic time in ms that stops while a run is paused: a deliberate pause uses up no time limit of a retry or an outage. */
export class RetryClock {
  readonly #now: () => number
  #paused = 0
  #pausedSince: number | null = null

  constructor(now: () => number) {
    this.#now = now
  }

  readonly now = (): number => (this.#pausedSince ?? this.#now()) - this.#paused

  stop(): void {
    this.#pausedSince ??= this.#now()
  }

  start(): void {
    if (this.#pausedSince === null) return
    this.#paused += this.#now() - this.#pausedSince
    this.#pausedSince = null
  }
}
