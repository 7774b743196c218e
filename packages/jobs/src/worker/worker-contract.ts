import type { WorkerControl } from '../records/control-record.js'
import type { JobState } from '../records/meta-record.js'
import type { HeldItem } from './held-item.js'

/** A worker of a job: takes items one by one, keeps their leases up, and writes what was settled. */
export interface Worker {
  readonly id: string
  /** Items in hand. */
  readonly held: readonly HeldItem[]
  /** What an operator has told this worker; paused is obeyed by `begin` and by `next`. */
  readonly control: WorkerControl
  /** What the job's record says, as far as this worker has heard. */
  readonly jobState: JobState
  /**
   * The next item; null when the job is over or the worker is stopping. Call it when all rows of the item before are begun: a message that
   * is taken ahead waits for a lease if this process dies.
   *
   * @throws {JobsError} what the engine refused, `LAGOON_JOBS_UNREACHABLE` after `patienceMs` without a response, `LAGOON_JOBS_NO_SUCH_JOB`
   * when the job was deleted
   */
  next(signal?: AbortSignal): Promise<HeldItem | null>
  /** From now on nothing is begun and `next` gives null. Items in hand stay until they are released. */
  drain(): void
  /** Resolves when `control` or `jobState` changes, or `signal` aborts. */
  changed(signal?: AbortSignal): Promise<void>
  /** Releases what is in hand, removes the worker's record, and ends everything it does in the background. */
  close(): Promise<void>
}
