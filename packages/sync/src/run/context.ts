import type { SyncError } from '../ports/errors.js'
import type { RetryClock } from './retry-clock.js'
import type { PipelineOptions } from './pipeline-options.js'
import type { RunTrouble } from '../copy/run-trouble.js'
import type { Tally } from '../outcomes/tally.js'

/** What every scan of a run shares. */
export interface RunContext {
  readonly options: PipelineOptions
  readonly tally: Tally
  /** Fires when the run must begin nothing more. */
  readonly stop: AbortSignal
  /** Ends the run as a signal would. */
  readonly stopWith: (error: SyncError) => void
  /** Monotonic, ms. */
  readonly now: () => number
  readonly retryClock: RetryClock
  readonly trouble: RunTrouble
  /** Warns once about something that concerns many objects. */
  readonly warnOnce: (code: string, message: string) => void
}
