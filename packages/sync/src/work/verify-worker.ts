import {
  joinJob,
  JobsError,
  readFailures,
  readMeta,
  readStatus,
  takeRole,
  type Engine,
  type Job,
} from '@lagoon/jobs'
import { createInspector } from '@lagoon/transfer'
import { asSyncError } from '../as-sync-error.js'
import { Cleanup } from '../cleanup.js'
import { resolveOptions } from '../options/resolve-options.js'
import { describeEndpoint } from '../rows/job-identity.js'
import { openStores } from '../run/open-stores.js'
import type { Comparison } from '../verify/compare-objects.js'
import { Comparer } from '../verify/comparer.js'
import { nameOfJob, readingSettings, settingsOfJob } from './job-settings.js'
import type { JobVerification, VerifyWorkOptions } from './options.js'
import { checkReportBucket } from './report-parts.js'
import { joinPatiently } from './run-worker.js'
import { summaryOfJob } from './summary-of-job.js'
import { workerName } from './worker-presence.js'
import { workOnJob } from './work-on-job.js'

const POLL_MS = 500

/**
 * Joins the verification of a job, or begins it: a job of its own whose rows are compared instead of copied, named like the job and
 * `-verify`. A finished one without workers is started again.
 *
 * @returns how the whole verification stands; `by` says what proved the objects that this worker compared
 * @throws errors with `code`, `message`, `hint` and `reason`, as `runWorker`
 */
export async function verifyJob(options: VerifyWorkOptions): Promise<JobVerification> {
  const cleanup = new Cleanup()
  try {
    return await verify(options, cleanup)
  } catch (error) {
    throw asSyncError(error)
  } finally {
    await cleanup.run()
  }
}

async function verify(
  { compare, ...options }: VerifyWorkOptions,
  cleanup: Cleanup,
): Promise<JobVerification> {
  const { engine, job: given, leaseMs: _, replicas: __, worker: id = workerName(), ...rest } = options
  const resolved = resolveOptions({ ...rest, dataDir: '' })
  const { source, destination, copy = {}, onEvent } = resolved
  const comparison = { checksums: false, metadata: false, tags: false, ...compare }
  const stores = await openStores(resolved, cleanup)
  await checkReportBucket(resolved)
  const name = verificationOf(given ?? nameOfJob(resolved))
  await removeIfOver(engine, name, id)
  const ofJob = settingsOfJob(resolved)
  const settings = {
    ...readingSettings(ofJob),
    report: ofJob.report ?? null,
    task: TASK,
    compare: namesOf(comparison),
  }
  const job = await joinPatiently(options, { name, settings, create: true })
  let comparer!: Comparer
  const end = await workOnJob(job, {
    options: { ...options, worker: id },
    resolved,
    stores,
    cleanup,
    openTask({ worker, connections }) {
      const { checksums, tags } = comparison
      const inspector = createInspector({ source, destination, connections, checksums, tags })
      cleanup.add(() => inspector.close())
      comparer = new Comparer(inspector, comparison, copy)
      return {
        copier: comparer,
        requests: () => comparer.requests,
        allowDuplicates: true,
        // A run would skip an object that is identical on both sides.
        reportRow: (row) => (row.outcome === 'copied' ? { ...row, outcome: 'skipped' } : row),
        onJoined: () =>
          onEvent({
            type: 'verifying',
            source: describeEndpoint(source),
            destination: describeEndpoint(destination),
            job: name,
            worker,
          }),
      }
    },
  })
  const { completed, failed, own, ...figures } = await summaryOfJob(job, end)
  if (end.stoppedBy !== null) throw end.stoppedBy
  const { missing, bytes, durationMs, requests, manifests, interrupted, reason, worker, over } = figures
  return {
    job: name,
    worker,
    over,
    same: completed,
    by: { ...comparer.counts },
    different: failed,
    missing,
    codes: await codesOf(job),
    bytes,
    durationMs,
    requests,
    manifests,
    interrupted,
    reason,
    own: { same: own.completed, different: own.failed },
  }
}

const TASK = 'verify'
const SUFFIX = '-verify'
const LONGEST_NAME = 64

/** The name of the verification of a job. */
export function verificationOf(job: string): string {
  return job.slice(0, LONGEST_NAME - SUFFIX.length) + SUFFIX
}

function namesOf(comparison: Comparison): string | null {
  const names = (['checksums', 'metadata', 'tags'] as const).filter((name) => comparison[name])
  return names.length === 0 ? null : names.join(',')
}

/**
 * Removes a verification whose result was reported before. While workers of it are still there, it is the one to join: they have just
 * ended it.
 */
async function removeIfOver(engine: Engine, name: string, worker: string): Promise<void> {
  for (
    let job = await openVerification(engine, name);
    job !== null;
    job = await openVerification(engine, name)
  ) {
    if (!(await isLeftOver(job))) return
    const role = await takeRole(job, 'planner', worker)
    if (role === null) {
      await job.clock.sleep(POLL_MS)
      continue
    }
    try {
      // Another worker may have started it again in between.
      if (await isLeftOver(job)) await engine.delete(name)
      return
    } finally {
      await role.release()
    }
  }
}

async function openVerification(engine: Engine, name: string): Promise<Job | null> {
  try {
    return await joinJob(engine, { job: name })
  } catch (error) {
    if (error instanceof JobsError && error.code === 'LAGOON_JOBS_NO_SUCH_JOB') return null
    throw error
  }
}

async function isLeftOver(job: Job): Promise<boolean> {
  const { state, settings } = await readMeta(job)
  if (state !== 'over' || settings.task !== TASK) return false
  return (await readStatus(job)).workers.length === 0
}

/** How many rows differ, by the code of what is wrong. */
async function codesOf(job: Job): Promise<JobVerification['codes']> {
  const codes: Record<string, number> = {}
  for await (const { failure } of readFailures(job)) {
    const { code = 'unknown' } = failure as { code?: string }
    codes[code] = (codes[code] ?? 0) + 1
  }
  return codes
}
