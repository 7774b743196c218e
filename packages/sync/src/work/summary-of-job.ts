import { readStatus, type Job, type JobStatus } from '@lagoon/jobs'
import type { SyncError, EndReason } from '../ports/errors.js'
import type { SyncSummary } from '../ports/events.js'
import type { WorkSummary } from './options.js'

export interface OwnEnd {
  /** What this worker did. */
  readonly own: SyncSummary
  readonly worker: string
  readonly wasIdle: boolean
  readonly stoppedBy: SyncError | null
}

/** The figures of the whole job; those of this worker where the queue can't be asked any more. */
export async function summaryOfJob(
  job: Job,
  { own, worker, wasIdle, stoppedBy }: OwnEnd,
): Promise<WorkSummary> {
  const { completed, failed, bytes } = own
  const rest = { job: job.job, worker, own: { completed, failed, bytes } }
  const status = await readStatus(job).catch(() => null)
  if (status === null)
    return { ...own, ...rest, over: false, interrupted: true, reason: stoppedBy?.reason ?? 'queue' }
  const over = status.meta.state === 'over'
  const { counts } = status
  const manifests = manifestsOf(status)
  const hasFailed = counts.failed + counts.missing > 0 || manifests.failed > 0
  const reason: EndReason =
    stoppedBy?.reason ?? (over ? (hasFailed ? 'failures' : 'finished') : wasIdle ? 'idle' : 'signal')
  return {
    ...own,
    ...rest,
    over,
    completed: counts.copied,
    skipped: counts.skipped,
    failed: counts.failed + counts.missing,
    missing: counts.missing,
    bytes: counts.bytes,
    manifests,
    interrupted: !over && reason !== 'idle',
    reason,
  }
}

/** A manifest that a newer version has replaced counts no more. */
function manifestsOf({ manifests }: JobStatus): SyncSummary['manifests'] {
  const present = manifests.filter(({ superseded }) => superseded !== true)
  const failed = present.filter(({ problem }) => problem !== undefined).length
  const completed = present.filter(
    ({ stage, problem }) => stage === 'finished' && problem === undefined,
  ).length
  return { completed, skipped: 0, failed }
}
