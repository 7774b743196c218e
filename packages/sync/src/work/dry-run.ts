import {
  checkSettings,
  joinJob,
  JobsError,
  manifestId,
  readMeta,
  readSettled,
  readStatus,
  type Job,
  type JobSettings,
  type SettledManifest,
} from '@lagoon/jobs'
import { createCopier } from '@lagoon/transfer'
import { asSyncError } from '../as-sync-error.js'
import { Cleanup } from '../cleanup.js'
import { resolveOptions } from '../options/resolve-options.js'
import { SyncError } from '../ports/errors.js'
import type { ManifestRef, ManifestSource } from '../ports/manifests.js'
import type { KnownState } from '../ports/state.js'
import type { SyncSummary } from '../ports/events.js'
import { leaveOutRows } from '../rows/batches.js'
import { identityOfJob } from '../rows/job-identity.js'
import { openPlanned } from '../run/open-mode.js'
import { openStores } from '../run/open-stores.js'
import { commonParts } from '../run/parts.js'
import { Pipeline } from '../run/run-pipeline.js'
import { nameOfJob, readingSettings, settingsOfJob } from './job-settings.js'
import type { JobDryRun, JobDryRunOptions } from './options.js'

/**
 * What is left to do of a job, by its records and by the manifests that there are now: what a worker that joins would find. It creates no
 * job, publishes nothing, and writes to no store. A job that nobody has created yet is planned as a whole.
 *
 * @returns the figures of a dry run; `failed` includes rows that have failed, which a job leaves until they are put back
 * @throws errors with `code`, `message`, `hint` and `reason`: those of `runWorker`
 */
export async function dryRunJob(options: JobDryRunOptions): Promise<JobDryRun> {
  const cleanup = new Cleanup()
  try {
    return await dryRun(options, cleanup)
  } catch (error) {
    throw asSyncError(error)
  } finally {
    await cleanup.run()
  }
}

async function dryRun(
  { engine, job: given, onlyReads = false, ...options }: JobDryRunOptions,
  cleanup: Cleanup,
): Promise<JobDryRun> {
  const resolved = resolveOptions({ ...options, dataDir: '', dryRun: true })
  const { source, destination, copy, onEvent } = resolved
  const name = given ?? nameOfJob(resolved)
  const settings = settingsOfJob(resolved)
  const job = await openJob(engine, name, onlyReads ? readingSettings(settings) : settings)
  const stores = await openStores(resolved, cleanup)
  const known = job === null ? new Map<string, SettledManifest>() : await readSettled(job)
  const identity = identityOfJob(resolved)
  // Copies nothing, and refuses what a worker would refuse.
  const copier = createCopier({ ...copy, source, destination, connections: 1, threads: 1 })
  cleanup.add(() => copier.close())
  const pipeline = new Pipeline({
    ...commonParts(resolved),
    manifests: unsettledRows(stores.manifests, known),
    mode: { kind: 'plan', state: stateOf(known), planned: await openPlanned(cleanup) },
    copier,
    report: null,
    maxOpenObjects: 1,
    probe: stores.probe,
    requests: stores.requests,
  })
  onEvent({ type: 'start', run: null, ...identity, dataDir: '', dryRun: true, job: name })
  const { summary, stoppedBy } = await pipeline.run()
  const failedBefore = [...known.values()].reduce(
    (sum, { counts }) => sum + counts.failed + counts.missing,
    0,
  )
  const figures: SyncSummary = {
    ...summary,
    failed: summary.failed + failedBefore,
    reason: summary.reason === 'finished' && failedBefore > 0 ? 'failures' : summary.reason,
  }
  onEvent({ type: 'summary', ...figures })
  if (stoppedBy !== null) throw stoppedBy
  return { ...figures, job: name, exists: job !== null, failedBefore, pace: await paceOf(job) }
}

/** The job, if there is one; null otherwise. */
async function openJob(
  engine: JobDryRunOptions['engine'],
  name: string,
  settings: JobSettings,
): Promise<Job | null> {
  try {
    const job = await joinJob(engine, { job: name })
    const { settings: theirs } = await readMeta(job)
    const asked = Object.keys(settings).map((setting) => [setting, theirs[setting] ?? null])
    checkSettings(name, Object.fromEntries(asked) as JobSettings, settings)
    return job
  } catch (error) {
    if (error instanceof JobsError && error.code === 'LAGOON_JOBS_NO_SUCH_JOB') return null
    throw error
  }
}

function idOf({ key, etag, scope = '' }: Pick<ManifestRef, 'key' | 'etag' | 'scope'>): string {
  return manifestId({ key, etag, scope })
}

/** What the job has done, as a state of a run says it. Failed rows are excluded: the job does not retry them automatically. */
function stateOf(known: ReadonlyMap<string, SettledManifest>): KnownState {
  return {
    manifest(ref) {
      const found = known.get(idOf(ref))
      const rows = found === undefined ? 0 : found.counts.copied + found.counts.skipped
      return {
        finished: found?.stage === 'finished' ? { rows, failed: 0 } : null,
        isRowGroupSettled: (index) => found?.isRowGroupSettled(index) ?? false,
        settledRows: () => ({ rows, failed: 0 }),
        failures: () => [],
      }
    },
    lookup: (keys) => new Uint8Array(keys.length),
  }
}

/** The manifests without the rows that have an outcome. One that workers could not read is not tried again. */
function unsettledRows(source: ManifestSource, known: ReadonlyMap<string, SettledManifest>): ManifestSource {
  return {
    ...source,
    async open(ref, signal) {
      const found = known.get(idOf(ref))
      if (found?.problem !== undefined) throw unreadable(found.problem)
      const reader = await source.open(ref, signal)
      if (found === undefined) return reader
      return {
        ...reader,
        rows: null,
        async *batches(options) {
          for await (const batch of reader.batches(options)) yield leaveOutRows(batch, found.isSettled)
        },
      }
    },
  }
}

function unreadable({ code, message }: { code: string; message: string }): SyncError {
  return new SyncError(code, message, {
    reason: 'listing',
    hint: 'Workers could not read it, and try it again when failures are put back.',
  })
}

/** The speed of the workers that are there, from what they say of themselves. */
async function paceOf(job: Job | null): Promise<JobDryRun['pace']> {
  const { workers = [] } = job === null ? {} : await readStatus(job)
  const sum = (name: string): number =>
    workers.reduce((total, { presence }) => total + (Number(presence[name]) || 0), 0)
  const objectsPerSecond = sum('objectsPerSecond')
  if (objectsPerSecond === 0) return null
  return { workers: workers.length, objectsPerSecond, bytesPerSecond: sum('bytesPerSecond') }
}
