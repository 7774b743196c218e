import type { AttemptRunner } from '../contract/attempt.js'
import type { CopyProgress } from '../contract/copier.js'

/** Adds up how far a copy is, from the bytes that stream and the attempts as they end. */
export class ProgressCount {
  readonly #report: (progress: CopyProgress) => void
  #landed = 0
  #streaming = 0

  constructor(report: (progress: CopyProgress) => void) {
    this.#report = report
  }

  /** Bytes of the attempt in progress. */
  readonly onBytes = (bytes: number): void => {
    this.#streaming += bytes
    this.#changed()
  }

  /** The runner, watched. */
  watch(runner: AttemptRunner): AttemptRunner {
    return {
      run: (attempt) =>
        runner.run(async (signal) => {
          const result = await attempt(signal)
          const bytes = result.ok ? (result.bytes ?? 0) : 0
          if (bytes === 0 && this.#streaming === 0) return result
          this.#landed += bytes
          this.#streaming = 0
          this.#changed()
          return result
        }),
    }
  }

  #changed(): void {
    this.#report({ bytes: this.#landed + this.#streaming })
  }
}
