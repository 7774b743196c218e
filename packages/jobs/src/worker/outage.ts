import { isPassing, JobsError } from '../errors.js'
import type { Clock } from '../ports.js'
import type { ResolvedWorkerOptions } from './options.js'

const FIRST_PAUSE_MS = 100
const MAX_PAUSE_MS = 2000

/** What a worker does when the engine does not respond: wait and retry until its patience ends. */
export class EngineOutage {
  readonly #clock: Clock
  readonly #options: ResolvedWorkerOptions
  #since: number | null = null

  constructor(clock: Clock, options: ResolvedWorkerOptions) {
    this.#clock = clock
    this.#options = options
  }

  /**
   * Repeats `action`, which must be safe to repeat, through temporary failures.
   *
   * @throws {JobsError} the failure itself when `signal` aborts, `LAGOON_JOBS_UNREACHABLE` when patience ends
   */
  async outlast<T>(action: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(MAX_PAUSE_MS, pause * 2)) {
      try {
        const result = await action()
        this.over()
        return result
      } catch (error) {
        this.note(error)
        if (signal?.aborted === true) throw error
        await this.#clock.sleep(pause, signal)
      }
    }
  }

  /** A response came. */
  over(): void {
    if (this.#since === null) return
    const afterMs = this.#clock.now() - this.#since
    this.#since = null
    this.#options.onEvent({ type: 'resumed', afterMs })
  }

  /** Notes a failure; throws if it is permanent, or patience has ended. */
  note(error: unknown): void {
    if (!isPassing(error)) throw error
    const now = this.#clock.now()
    if (this.#since === null) {
      this.#since = now
      this.#options.onEvent({ type: 'stalled', error: error as Error })
    }
    if (now - this.#since < this.#options.patienceMs) return
    const seconds = Math.round((now - this.#since) / 1000)
    throw new JobsError(
      'LAGOON_JOBS_UNREACHABLE',
      `the queue has not answered for ${seconds} s: ${(error as Error).message}`,
      'Restore the queue and start the worker again; other workers take over its items.',
      { cause: error },
    )
  }
}
