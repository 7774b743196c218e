/** When a drain is due: as often as its cost in goodput is within the budget, every ten minutes all the same, at once where what was learnt is void. */
export class DrainSchedule {
  readonly #budget: number
  #sinceMs = 0
  #everyMs = 0
  /** How many there were. */
  count = 0

  /** `budget`: share of goodput that drains may cost. */
  constructor(budget: number) {
    this.#budget = budget
  }

  passed(elapsedMs: number): void {
    this.#sinceMs += elapsedMs
  }

  /** `unsettled`: while a run of steps down is being watched, it can wait a little. */
  due(unsettled: boolean): boolean {
    return this.#sinceMs >= this.#everyMs + (unsettled ? WATCH_MS : 0)
  }

  /** Has it been long enough since the last one to join another one's? */
  get mayJoin(): boolean {
    return this.#sinceMs > 15_000
  }

  /** One that cost such a share of goodput for so long has ended. */
  ended(elapsedMs: number, share: number): void {
    this.#sinceMs = 0
    this.count += 1
    const everyMs = (elapsedMs * 1.5 * share) / this.#budget
    this.#everyMs = Math.min(MOST_EVERY_MS, Math.max(LEAST_EVERY_MS, everyMs))
  }

  /** Something else told as much, or it was broken off: not again at once. */
  postpone(): void {
    this.#sinceMs = 0
    this.#everyMs = Math.max(this.#everyMs, LEAST_EVERY_MS)
  }

  /** The next one comes so long after the last. */
  next(everyMs: number): void {
    this.#everyMs = everyMs
  }

  /** What was learnt is void: as soon as there is something to compare with. */
  hurry(): void {
    this.#everyMs = -WATCH_MS
  }
}

const WATCH_MS = 5000
const LEAST_EVERY_MS = 40_000
/** Where noise made one last long: a base time that is wrong must not stay so for hours. */
const MOST_EVERY_MS = 600_000
