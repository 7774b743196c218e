import type { Attempt, AttemptFailure, AttemptRunner, RunResult } from '../contract/attempt.js'
import type { FromThread } from './messages.js'
import { plainError, plainFailure } from './serialize.js'

/** One call of {@link ThreadRunner.run} that has not ended. */
export interface Run {
  /** Makes an attempt, tells how it ended, and ends the run if it ended well. */
  attempt: (signal: AbortSignal | undefined) => Promise<void>
  giveUp: (failure: AttemptFailure, attempts: number) => void
  fail: (error: Error) => void
}

/**
 * The runner of one job in the thread that copies it. Whether and when an attempt is made is decided in the main thread; what an attempt gives
 * stays here. An attempt that ends well ends its run, so the job continues immediately.
 */
export class ThreadRunner implements AttemptRunner {
  readonly job: number
  readonly #put: (item: FromThread) => void
  /** By number. */
  readonly #runs: (Run | undefined)[] = []
  #granted: { signal: AbortSignal | undefined } | null

  /** @param signal of the first attempt, which is granted already */
  constructor(job: number, signal: AbortSignal | undefined, put: (item: FromThread) => void) {
    this.job = job
    this.#granted = { signal }
    this.#put = put
  }

  run<T>(attempt: (signal: AbortSignal | undefined) => Promise<Attempt<T>>): Promise<RunResult<T>> {
    const run = this.#runs.length
    return new Promise((resolve, reject) => {
      let attempts = 0
      const end = (): void => void (this.#runs[run] = undefined)
      const once = async (signal: AbortSignal | undefined): Promise<void> => {
        attempts += 1
        try {
          const ended = await attempt(signal)
          if (!ended.ok) return this.#put(['failed', this.job, run, plainFailure(ended.failure)])
          const { value, ok: _, ...measured } = ended
          end()
          this.#put(['succeeded', this.job, run, measured])
          resolve({ ok: true, value, attempts })
        } catch (error) {
          end()
          this.#put(['threw', this.job, run, plainError(error)])
          reject(error)
        }
      }
      this.#runs.push({
        attempt: once,
        giveUp(failure, made) {
          end()
          resolve({ ok: false, failure, attempts: made })
        },
        fail(error) {
          end()
          reject(error)
        },
      })
      this.#begin(run, once)
    })
  }

  /** The run that was granted an attempt, or given up; undefined if it has ended. */
  get(run: number): Run | undefined {
    return this.#runs[run]
  }

  #begin(run: number, once: Run['attempt']): void {
    const granted = this.#granted
    this.#granted = null
    if (granted === null) this.#put(['run', this.job, run])
    else void once(granted.signal)
  }
}
