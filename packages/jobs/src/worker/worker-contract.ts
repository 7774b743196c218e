import type { WorkerControl } from '../records/control-record.js'
import type { JobState } from '../records/meta-record.js'
import type { HeldItem } from './held-item.js'

/** A worker of a job: takes items one by one, renews their leases, and writes outcomes. */
export interface Worker {
  readonly id: string
  /** Items that it holds. */
  readonly held: readonly HeldItem[]
  /** The instructions of operators to this worker; `begin` and `next` obey `paused`. */
  readonly control: WorkerControl
  /** The latest known state of the job. */
  readonly jobState: JobState
  /**
   * The next item; null if the job is over or the worker is stopping. Call it when all rows of the item before are begun: a message that is
   * taken earlier waits for a whole lease if this process dies.
   *
   * @throws {JobsError} what the engine refused, `LAGOON_JOBS_UNREACHABLE` after `patienceMs` without a response, `LAGOON_JOBS_NO_SUCH_JOB`
   * if the job was deleted
   */
  next(signal?: AbortSignal): Promise<HeldItem | null>
  /** From now on nothing begins and `next` returns null. Held items stay until they are released. */
  drain(): void
  /** Resolves when `control` or `jobState` changes, or `signal` aborts. */
  changed(signal?: AbortSignal): Promise<void>
  /** Releases held items, removes the worker's record, and stops everything in the background. */
  close(): Promise<void>
}
