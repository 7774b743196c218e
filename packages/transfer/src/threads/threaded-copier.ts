import type { AttemptRunner } from '../contract/attempt.js'
import type { CopyEngine, CopyJob, CopyResult, TrafficLimits } from '../contract/copier.js'
import type { CopierOptions, ResolvedCopier } from '../options/copier-options.js'
import { invalid } from '../contract/check-options.js'
import type { CopierCaps } from '../s3/rate-cap.js'
import { CopierThread } from './copier-thread.js'

/**
 * Copies in several threads, each with connections and buffers of its own. The runner, and with it the limit, the law and the state, stays in
 * the thread of the caller. A job belongs to one thread, the one with the fewest.
 */
export class ThreadedCopier implements CopyEngine {
  readonly requests: { readonly source: number; readonly destination: number }
  readonly #threads: readonly CopierThread[]

  /**
   * @param caps state of the caps, which the threads have in common
   * @throws TransferError `LAGOON_TRANSFER_INVALID_OPTION` for options that no thread can be given
   */
  constructor(
    options: CopierOptions,
    { threads: count, bufferBudgetBytes, uploads }: ResolvedCopier,
    caps: CopierCaps,
  ) {
    const { uploads: _, ...own } = options
    const start = {
      options: cloned({ ...own, threads: 1, bufferBudgetBytes: Math.floor(bufferBudgetBytes / count) }),
      hasLedger: uploads !== null,
      caps,
    }
    const threads = Array.from({ length: count }, () => new CopierThread(start, uploads))
    this.#threads = threads
    this.requests = {
      get source() {
        return threads.reduce((sum, { requests }) => sum + requests.source, 0)
      },
      get destination() {
        return threads.reduce((sum, { requests }) => sum + requests.destination, 0)
      },
    }
  }

  copy(
    job: CopyJob,
    destinationKey: string,
    runner: AttemptRunner,
    signal: AbortSignal | undefined,
  ): Promise<CopyResult> {
    const thread = this.#threads.reduce((least, other) => (other.jobs < least.jobs ? other : least))
    return thread.copy(job, destinationKey, runner, signal)
  }

  limitTraffic(limits: TrafficLimits): void {
    for (const thread of this.#threads) thread.limitTraffic(limits)
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()))
  }
}

function cloned(options: CopierOptions): CopierOptions {
  try {
    return structuredClone(options)
  } catch (error) {
    throw invalid(
      `threads is above 1, and the other options can't be handed to a thread: ${String(error)}`,
      'Use plain data, or one thread.',
      error,
    )
  }
}
