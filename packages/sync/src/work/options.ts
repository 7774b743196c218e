import type { Engine } from '@lagoon/jobs'
import type { EventSink, SyncSummary } from '../ports/events.js'
import type { SyncOptions } from '../options/options.js'

/** What a worker takes: the options of `runSync` that make sense on many machines, and the job. */
export interface WorkOptions extends Omit<
  SyncOptions,
  'dataDir' | 'dryRun' | 'listing' | 'shard' | 'retry' | 'standardInput' | 'report' | 'reportMode' | 'onEvent'
> {
  /** Where the job is kept: `connectNats` of `@lagoon/jobs/nats`. The caller closes it. */
  readonly engine: Engine
  /** Name of the job. Default: made from the two buckets and the key mapping. */
  readonly job?: string
  /**
   * Create the job when there is none, and add the manifests that there are; with `watchIntervalMs` again and again, and what failed is put back
   * at each look. Default true.
   */
  readonly plan?: boolean
  /** Name of this worker in the job, `[A-Za-z0-9_-]{1,64}`. Default the host's and a random end. */
  readonly worker?: string
  /** What the worker says of its release, for whoever looks at the job. Default nothing. */
  readonly version?: string
  /** Of a new job; see `joinJob` of `@lagoon/jobs`. Defaults 30,000, and 3 where the engine has three servers. */
  readonly leaseMs?: number
  readonly replicas?: number
  /** Rows of an item, 1 to 65,536. Default a thousandth of the job, at least 1,024. */
  readonly itemRows?: number
  /** See `startWorker` of `@lagoon/jobs`. Defaults 1,000 and 600,000. */
  readonly checkpointIntervalMs?: number
  readonly patienceMs?: number
  /**
   * Told what the job's operator has set, at the start and whenever it changes; applying it is the caller's. Pausing is obeyed without it.
   */
  readonly onOperator?: (told: OperatorSettings) => void
  /** End when there was nothing to do for so long. Default: when the job is over. */
  readonly idleExitMs?: number
  readonly onEvent?: EventSink
}

/** What an operator has set, by names that are the operator's and the caller's. */
export interface OperatorSettings {
  /** For the whole job. */
  readonly job: Readonly<Record<string, string | number | boolean | null>>
  /** For this worker alone. */
  readonly own: Readonly<Record<string, string | number | boolean | null>>
  /** This worker's part of what holds for the whole job, above 0 and at most 1; 1 with a fixed number in flight, which nobody divides. */
  readonly part: number
}

/** How the job stands when a worker ends, in the shape of a run's summary; `durationMs` and `requests` are this worker's. */
export interface WorkSummary extends SyncSummary {
  readonly job: string
  readonly worker: string
  /** True when nothing of the job is left to do. */
  readonly over: boolean
  /** What this worker did of it. */
  readonly own: { readonly completed: number; readonly failed: number; readonly bytes: number }
}
