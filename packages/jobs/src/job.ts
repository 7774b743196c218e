import { systemClock } from './clock.js'
import { invalidOption, noSuchJob } from './errors.js'
import type { Clock, Engine, JobEngine } from './ports.js'
import { encode } from './records/json.js'
import {
  checkSettings,
  decodeMeta,
  PROTOCOL,
  type JobSettings,
  type MetaRecord,
} from './records/meta-record.js'
import { checkJobName, META } from './records/names.js'

/** A job that was joined: the argument of every function of this package. */
export interface Job extends JobEngine {
  readonly clock: Clock
}

export interface JoinJobOptions {
  /** Name of the job: 1 to 64 of `[A-Za-z0-9_-]`. */
  readonly job: string
  /** What all workers of the job must agree on; omitted by callers that only read. Shown in errors, so it must not hold secrets. */
  readonly settings?: JobSettings
  /**
   * False for a worker that must not create the job, and for operators. Default: true if `settings` is given, else false.
   */
  readonly create?: boolean
  /** Lease of a new job, in ms, 1,000 to 600,000; default 30,000. An existing job keeps its own. */
  readonly leaseMs?: number
  /** Replicas of the queue and the records of a new job; default 3 if the engine has three servers, else 1. */
  readonly replicas?: number
  /** Default: the process's monotonic clock. */
  readonly clock?: Clock
}

/**
 * Joins a job, or creates it.
 *
 * @throws {JobsError} `LAGOON_JOBS_NO_SUCH_JOB`, `LAGOON_JOBS_SETTINGS_DIFFER` with the names of the settings,
 * `LAGOON_JOBS_PROTOCOL_DIFFERS`, `LAGOON_JOBS_INVALID_OPTION`, and those of the engine.
 */
export async function joinJob(engine: Engine, options: JoinJobOptions): Promise<Job> {
  const { settings, leaseMs = 30_000, replicas, clock = systemClock } = options
  const name = checkJobName(options.job)
  if (!(leaseMs >= 1000 && leaseMs <= 600_000)) throw invalidOption('leaseMs', 'between 1,000 and 600,000 ms')
  const opened =
    (options.create ?? settings !== undefined)
      ? await engine.create(name, { leaseMs, ...(replicas !== undefined && { replicas }) })
      : await engine.open(name)
  if (opened === null) throw noSuchJob(name)
  const job: Job = { ...opened, clock }
  const meta = (await findMeta(job)) ?? (await createMeta(job, options))
  if (settings !== undefined) checkSettings(name, meta.settings, settings)
  return job
}

/** @throws {JobsError} `LAGOON_JOBS_NO_SUCH_JOB` if the job was deleted in the meantime */
export async function readMeta(job: JobEngine): Promise<MetaRecord> {
  const meta = await findMeta(job)
  if (meta === null) throw noSuchJob(job.job)
  return meta
}

async function findMeta({ records }: JobEngine): Promise<MetaRecord | null> {
  const stored = await records.get(META)
  return stored === null ? null : decodeMeta(stored)
}

async function createMeta(job: Job, { settings, create }: JoinJobOptions): Promise<MetaRecord> {
  if (settings === undefined || create === false) throw noSuchJob(job.job)
  const meta: MetaRecord = {
    protocol: PROTOCOL,
    settings,
    leaseMs: job.leaseMs,
    state: 'planning',
    round: 0,
    createdAt: Date.now(),
  }
  // Two workers may join at the same time: the settings of the first one apply.
  await job.records.create(META, encode(meta))
  return readMeta(job)
}
