/**
 * How the time in the system goes with the limit, over the last few dozen measurements: a weighted regression in
 * logarithms that forgets. The slope is 1 under a queue of ours, and 0 where nothing waits.
 */
export class Slope {
  #weight = 0
  #x = 0
  #y = 0
  #xx = 0
  #xy = 0

  /** Takes a time measured under a limit, with its relative standard error. */
  add(limit: number, timeMs: number, error: number): void {
    const [x, y] = [Math.log(limit), Math.log(timeMs)]
    const weight = 1 / Math.max(LEAST_ERROR, error) ** 2
    this.#weight = KEEP * this.#weight + weight
    this.#x = KEEP * this.#x + weight * x
    this.#y = KEEP * this.#y + weight * y
    this.#xx = KEEP * this.#xx + weight * x * x
    this.#xy = KEEP * this.#xy + weight * x * y
  }

  /** The mean time when it is clear that it does not go with the limit; null when it does, or nobody knows. */
  get flatMs(): number | null {
    if (this.#weight === 0) return null
    const spread = this.#xx - (this.#x * this.#x) / this.#weight
    const slope = (this.#xy - (this.#x * this.#y) / this.#weight) / spread
    const error = 1 / Math.sqrt(spread)
    return error < CLEAR && slope + 2 * error < FLAT ? Math.exp(this.#y / this.#weight) : null
  }

  forget(): void {
    this.#weight = this.#x = this.#y = this.#xx = this.#xy = 0
  }
}

const KEEP = 0.97
const LEAST_ERROR = 0.01
const CLEAR = 0.15
const FLAT = 0.4
