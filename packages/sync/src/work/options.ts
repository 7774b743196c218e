import type { Engine } from '@lagoon/jobs'
import type { EventSink, SyncSummary } from '../ports/events.js'
import type { SyncOptions } from '../options/options.js'
import type { VerifySummary } from '../run/run-verify.js'
import type { Comparison } from '../verify/compare-objects.js'

/** What a worker takes: the options of `runSync` that make sense on many machines, and the job. */
export interface WorkOptions extends Omit<
  SyncOptions,
  'dataDir' | 'dryRun' | 'listing' | 'shard' | 'retry' | 'standardInput' | 'report' | 'reportMode' | 'onEvent'
> {
  /** Where the job is kept: `connectNats` of `@lagoon/jobs/nats`. The caller closes it. */
  readonly engine: Engine
  /**
   * Where the report goes: `s3://bucket/prefix/` at the destination's endpoint. Each holder of an item stores its rows there as one Parquet file under
   * `<prefix><job>/`, and `_manifest.json` names those that count. All workers need the same. Default none.
   */
  readonly report?: string
  /** Name of the job. Default: made from the two buckets and the key mapping. */
  readonly job?: string
  /**
   * Create the job when there is none, and add the manifests that there are; with `watchIntervalMs` again and again, and what failed is put back
   * at each look. Default true.
   */
  readonly plan?: boolean
  /** Name of this worker in the job, `[A-Za-z0-9_-]{1,64}`. Default the host's and a random end. */
  readonly worker?: string
  /** The release of the worker, shown in the status of the job. Default none. */
  readonly version?: string
  /** Of a new job; see `joinJob` of `@lagoon/jobs`. Defaults 30,000, and 3 where the engine has three servers. */
  readonly leaseMs?: number
  readonly replicas?: number
  /** Rows of an item, 1 to 65,536. Default a thousandth of the job, at least 1,024. */
  readonly itemRows?: number
  /** What holds for the whole job as if its operator had set it, where nothing is set yet; see `onOperator`. Default nothing. */
  readonly jobSettings?: OperatorSettings['job']
  /** See `startWorker` of `@lagoon/jobs`. Defaults 1,000, 10,000 with a report, and 600,000. */
  readonly checkpointIntervalMs?: number
  readonly patienceMs?: number
  /**
   * Told what the job's operator has set, at the start and whenever it changes; applying it is the caller's. Pausing is obeyed without it.
   */
  readonly onOperator?: (settings: OperatorSettings) => void
  /** Ends after this long without work. Default: when the job is over. */
  readonly idleExitMs?: number
  readonly onEvent?: EventSink
}

/** What an operator has set, by names that are the operator's and the caller's. */
export interface OperatorSettings {
  /** For the whole job. */
  readonly job: Readonly<Record<string, string | number | boolean | null>>
  /** For this worker alone. */
  readonly own: Readonly<Record<string, string | number | boolean | null>>
  /** This worker's part of what holds for the whole job, above 0 and at most 1. */
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

/** What a dry run of a job takes: what a worker of it takes, as far as it says what there is to do. */
export interface JobDryRunOptions extends Omit<
  WorkOptions,
  'plan' | 'worker' | 'version' | 'leaseMs' | 'replicas' | 'itemRows' | 'checkpointIntervalMs' | 'patienceMs'
> {
  /** Settings that only say how objects are copied need not agree with the job's. Default false. */
  readonly onlyReads?: boolean
}

/** What is left to do of a job, in the shape of a run's summary. */
export interface JobDryRun extends SyncSummary {
  readonly job: string
  /** False when nobody has created the job yet. */
  readonly exists: boolean
  /** Rows that have failed, which the job leaves until they are put back. They are part of `failed`. */
  readonly failedBefore: number
  /** What the workers that are there copy at the moment; null when none copies. */
  readonly pace: {
    readonly workers: number
    readonly objectsPerSecond: number
    readonly bytesPerSecond: number
  } | null
}

/** What a worker of a verification takes: what one of a job takes; of `copy` only the key mapping applies. */
export interface VerifyWorkOptions extends Omit<WorkOptions, 'plan' | 'watchIntervalMs'> {
  /** What to compare beside size and ETag. Default nothing. */
  readonly compare?: Partial<Comparison>
}

/** How the verification of a job stands; `by`, `durationMs` and `requests` are this worker's. */
export interface JobVerification extends VerifySummary {
  /** Name of the verification, which is a job of its own. */
  readonly job: string
  readonly worker: string
  /** True when every row was compared. */
  readonly over: boolean
  /** The different, by the code of what is wrong. */
  readonly codes: Readonly<Record<string, number>>
  /** What this worker compared. */
  readonly own: { readonly same: number; readonly different: number }
}
