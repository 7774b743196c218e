/** Mean of differences that were measured one after the other, and its standard error. */
export class PairedDifferences {
  readonly #expected: number
  #squares = 0
  count = 0
  mean = 0

  /** `expected`: the variance of one of them as far as it is known before there are any; counts as two of them. */
  constructor(expected: number) {
    this.#expected = expected
  }

  add(difference: number): void {
    this.count += 1
    const off = difference - this.mean
    this.mean += off / this.count
    this.#squares += off * (difference - this.mean)
  }

  get error(): number {
    return Math.sqrt((2 * this.#expected + this.#squares) / (this.count + 1) / this.count)
  }
}
