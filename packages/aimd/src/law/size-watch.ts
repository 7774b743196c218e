/**
 * Notices that objects of quite another size are being moved (a manifest of thumbnails, then one of videos): what
 * was learnt of the base time then says nothing any more. Heavy-tailed sizes alone don't trigger it: it learns how
 * much the mean of a window scatters.
 */
export class SizeWatch {
  #mean: number | null = null
  #variance = 4
  #strange = 0

  /** Takes a measurement: are the objects of the usual size, of a strange one, or has the size changed for good? */
  judge(bytes: number, succeeded: number): 'usual' | 'strange' | 'changed' {
    if (succeeded < 8 || bytes <= 0) return 'usual'
    const size = bytes / succeeded
    const mean = this.#mean
    if (mean === null) {
      this.#mean = size
      return 'usual'
    }
    const jump = Math.log(size / mean)
    const usual = Math.sqrt(this.#variance / succeeded)
    if (Math.abs(jump) > Math.max(LEAST, 5 * usual)) {
      this.#strange += 1
      if (this.#strange < 2) return 'strange'
      this.#strange = 0
      this.#mean = size
      return 'changed'
    }
    this.#strange = 0
    this.#mean = mean * Math.exp(0.1 * jump)
    this.#variance += 0.05 * (Math.min(100, jump * jump * succeeded) - this.#variance)
    return 'usual'
  }
}

/** Less than a doubling is left to the ordinary ways of learning the base time. */
const LEAST = Math.LN2
