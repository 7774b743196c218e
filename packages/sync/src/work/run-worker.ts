import {
  changeControl,
  createUploadLedger,
  joinJob,
  withRetries,
  type Engine,
  type Job,
  type JobSettings,
} from '@lagoon/jobs'
import { createCopier } from '@lagoon/transfer'
import { asSyncError } from '../as-sync-error.js'
import { Cleanup } from '../cleanup.js'
import { resolveOptions } from '../options/resolve-options.js'
import { identityOfJob } from '../rows/job-identity.js'
import { openStores } from '../run/open-stores.js'
import { nameOfJob, settingsOfJob } from './job-settings.js'
import type { OperatorSettings, WorkOptions, WorkSummary } from './options.js'
import { checkReportBucket } from './report-parts.js'
import { summaryOfJob } from './summary-of-job.js'
import { workOnJob } from './work-on-job.js'

/**
 * Joins a job that several machines share, or creates it, and copies what it is given until the job is over. Nothing is kept on this machine:
 * others continue its items if it dies.
 *
 * @returns how the whole job stands; `reason` tells how it went
 * @throws errors with `code`, `message`, `hint` and `reason`: wrong options, settings that do not agree with the job's, a store or a queue
 * that can't be used, and the error that stopped this worker (after its summary)
 */
export async function runWorker(options: WorkOptions): Promise<WorkSummary> {
  const cleanup = new Cleanup()
  try {
    return await work(options, cleanup)
  } catch (error) {
    throw asSyncError(error)
  } finally {
    await cleanup.run()
  }
}

async function work(options: WorkOptions, cleanup: Cleanup): Promise<WorkSummary> {
  const { engine: _, job: given, plan = true, leaseMs: __, replicas: ___, ...rest } = options
  const resolved = resolveOptions({ ...rest, dataDir: '' })
  const { source, destination, copy, threads, onEvent } = resolved
  const stores = await openStores(resolved, cleanup, plan && resolved.manifests === undefined)
  await checkReportBucket(resolved)
  const name = given ?? nameOfJob(resolved)
  const job = await joinPatiently(options, { name, settings: settingsOfJob(resolved), create: plan })
  const end = await workOnJob(job, {
    options,
    resolved,
    stores,
    cleanup,
    openTask({ worker, connections, over }) {
      const uploads = createUploadLedger(job, { worker, signal: over })
      const copier = createCopier({ ...copy, source, destination, connections, threads, uploads })
      cleanup.add(() => copier.close())
      return {
        copier,
        requests: () => copier.requests,
        onJoined: (id) => onEvent({ type: 'joined', job: name, worker: id, ...identityOfJob(resolved) }),
        flush: () => uploads.flush(),
      }
    },
  })
  const figures = await summaryOfJob(job, end)
  onEvent({ type: 'summary', ...figures })
  if (end.stoppedBy !== null) throw end.stoppedBy
  return figures
}

/** How long a queue is waited for that does not answer at the start: a restart of its server, no more. */
const JOIN_RETRY_MS = 10_000

/** Joins the job, or creates it, from the options of a worker. */
export async function joinPatiently(
  { engine, leaseMs, replicas, patienceMs, jobSettings }: JoinOptions,
  { name, settings, create }: { name: string; settings: JobSettings; create: boolean },
): Promise<Job> {
  const join = (): Promise<Job> =>
    joinJob(engine, {
      job: name,
      settings,
      create,
      ...(leaseMs !== undefined && { leaseMs }),
      ...(replicas !== undefined && { replicas }),
    })
  const job = await withRetries(join, Math.min(patienceMs ?? JOIN_RETRY_MS, JOIN_RETRY_MS))
  if (jobSettings !== undefined) await setWhereUnset(job, jobSettings)
  return job
}

/** What an operator has set in the meantime stays. */
async function setWhereUnset(job: Job, wanted: OperatorSettings['job']): Promise<void> {
  await changeControl(job, ({ settings = {}, ...rest }) =>
    Object.keys(wanted).every((name) => name in settings)
      ? null
      : { ...rest, settings: { ...wanted, ...settings } },
  )
}

type JoinOptions = Pick<WorkOptions, 'leaseMs' | 'replicas' | 'patienceMs' | 'jobSettings'> & {
  readonly engine: Engine
}
