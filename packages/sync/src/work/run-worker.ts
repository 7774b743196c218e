import {
  createUploadLedger,
  endIfOver,
  joinJob,
  patiently,
  readMeta,
  retryFailures,
  startWorker,
  type Job,
  type Worker,
} from '@lagoon/jobs'
import { createCopier } from '@lagoon/transfer'
import { asSyncError } from '../as-sync-error.js'
import type { EventSink, ProgressEvent } from '../ports/events.js'
import { findManifests } from '../run/find-manifests.js'
import type { ResolvedOptions } from '../options/options.js'
import { resolveOptions } from '../options/resolve-options.js'
import { identityOfJob } from '../rows/job-identity.js'
import { Cleanup } from '../cleanup.js'
import type { RunControls } from '../ports/controls.js'
import { openStores, type OpenStores } from '../run/open-stores.js'
import { commonParts, connectionsOf, isUnreachable } from '../run/parts.js'
import { addRequests } from '../run/requests.js'
import { Pipeline } from '../run/run-pipeline.js'
import { isPassing } from '../store-trouble.js'
import { sleep } from '../sleep.js'
import { openConducted } from './conducted-controller.js'
import { nameOfJob, settingsOfJob } from './job-settings.js'
import { OpenByName } from './open-by-name.js'
import type { WorkOptions, WorkSummary } from './options.js'
import { planJob } from './plan-job.js'
import { summaryOfJob } from './summary-of-job.js'
import { presenceOf, tellWorkerEvent, workerName } from './tell-worker.js'
import { workState } from './work-state.js'
import { WorkStream } from './work-stream.js'
import { WorkerTrouble } from './worker-trouble.js'

/** How long a queue is waited for that does not answer at the start: a restart of its server, no more. */
const JOIN_PATIENCE_MS = 10_000

/**
 * Joins a job that several machines share, or creates it, and copies what it is given until the job is over. Nothing is kept on this machine:
 * what is in hand when it dies is continued by others.
 *
 * @returns how the whole job stands; `reason` tells how it went
 * @throws errors with `code`, `message`, `hint` and `reason`: wrong options, settings that do not agree with the job's, a store or a queue
 * that can't be used, and whatever made this worker stop itself (after its summary was told)
 */
export async function runWorker(options: WorkOptions): Promise<WorkSummary> {
  const cleanup = new Cleanup()
  try {
    const { engine, job: name, plan = true, leaseMs, replicas, ...given } = options
    const resolved = resolveOptions({ ...given, dataDir: '' })
    const stores = await openStores(resolved, cleanup, plan && resolved.manifests === undefined)
    const join = (): Promise<Job> =>
      joinJob(engine, {
        job: name ?? nameOfJob(resolved),
        settings: settingsOfJob(resolved),
        create: plan,
        ...(leaseMs !== undefined && { leaseMs }),
        ...(replicas !== undefined && { replicas }),
      })
    const job = await patiently(join, Math.min(options.patienceMs ?? JOIN_PATIENCE_MS, JOIN_PATIENCE_MS))
    return await work(job, { options, resolved, stores, cleanup })
  } catch (error) {
    throw asSyncError(error)
  } finally {
    await cleanup.run()
  }
}

interface WorkParts {
  readonly options: WorkOptions
  readonly resolved: ResolvedOptions
  readonly stores: OpenStores
  readonly cleanup: Cleanup
}

async function work(job: Job, { options, resolved, stores, cleanup }: WorkParts): Promise<WorkSummary> {
  const { source, destination, copy, threads, concurrency } = resolved
  const { checkpointIntervalMs, patienceMs, idleExitMs, plan = true } = options
  let progress: ProgressEvent | null = null
  let lastError: string | null = null
  const onEvent: EventSink = (event) => {
    if (event.type === 'progress') progress = event
    if (event.type === 'failure') lastError = `${event.key}: ${event.message} (${event.code})`
    resolved.onEvent(event)
  }
  const { worker: id = workerName() } = options
  const controller =
    concurrency.fixed === undefined
      ? openConducted(job, id, concurrency, { onEvent, onPart: () => operator() })
      : null
  cleanup.add(() => controller?.close())
  const operator = (): void => {
    const { settings, own } = worker.control
    options.onOperator?.({ job: settings, own, part: controller?.part ?? 1 })
  }
  const worker: Worker = startWorker(job, {
    id,
    ...(checkpointIntervalMs !== undefined && { checkpointIntervalMs }),
    ...(patienceMs !== undefined && { patienceMs }),
    onEvent: (event) => tellWorkerEvent(event, onEvent),
    presence: () => ({
      ...presenceOf(progress),
      ...(options.version !== undefined && { version: options.version }),
      conducting: controller?.conducting ?? false,
      lastError,
    }),
  })
  cleanup.add(() => worker.close())

  const over = new AbortController()
  const uploads = createUploadLedger(job, { worker: worker.id, signal: over.signal })
  const connections = connectionsOf(resolved)
  const copier = createCopier({ ...copy, source, destination, connections, threads, uploads })
  cleanup.add(() => copier.close())
  const trouble = new WorkerTrouble({
    probe: stores.probe,
    patienceMs: resolved.outage.patienceMs,
    sleep,
    signal: over.signal,
    stop: (error) => pipeline.stop(error),
  })
  const manifests = new OpenByName(stores.named)
  const stream = new WorkStream({
    worker,
    open: (manifest, signal) => manifests.open(manifest, signal),
    isOfManifest: (error) => trouble.isOfManifest(error),
    ...(idleExitMs !== undefined && { idleExitMs }),
  })
  const pipeline: Pipeline = new Pipeline({
    ...commonParts({
      ...resolved,
      onEvent,
      ...(controller !== null && { concurrency: { max: concurrency.max, controller } }),
    }),
    manifests: stores.manifests,
    mode: {
      kind: 'copy',
      state: workState({
        rowsOf: (ref) => stream.rowsOf(ref),
        onPassing: (failure) => {
          if (isUnreachable(failure)) void trouble.noteUnreachable(failure.message)
        },
      }),
    },
    work: stream,
    copier,
    report: null,
    maxOpenObjects: 2 * connections,
    highestConcurrency: connections,
    probe: stores.probe,
    requests: () => addRequests(stores.requests(), copier.requests),
  })

  resolved.onControls?.(pipeline.controls)
  onEvent({ type: 'joined', job: job.job, worker: worker.id, ...identityOfJob(resolved) })
  const obeying = obey(worker, { controls: pipeline.controls, operator }, over.signal)
  const planning = plan ? planFor(job, { worker, options, stores, pipeline, onEvent }, over.signal) : null
  // A job that is over may get new manifests: nobody asks for work before they are planned.
  if ((await readMeta(job)).state === 'over') await planning
  const { summary, stoppedBy } = await pipeline.run()
  over.abort()
  await Promise.all([obeying, planning])
  await uploads.flush()
  await worker.close()
  const { wasIdle } = stream
  const figures = await summaryOfJob(job, { own: summary, worker: worker.id, wasIdle, stoppedBy })
  resolved.onEvent({ type: 'summary', ...figures })
  if (stoppedBy !== null) throw stoppedBy
  return figures
}

interface PlanParts extends Pick<WorkParts, 'options' | 'stores'> {
  readonly worker: Worker
  readonly pipeline: Pipeline
  readonly onEvent: EventSink
}

/** Adds what there is to the job. What goes wrong ends this worker; it never rejects. */
async function planFor(
  job: Job,
  { worker, options, stores, pipeline, onEvent }: PlanParts,
  over: AbortSignal,
): Promise<void> {
  const { itemRows, watchIntervalMs: intervalMs } = options
  const signals = [over, options.drain, options.abort].filter((signal) => signal !== undefined)
  const signal = AbortSignal.any(signals)
  const { manifests } = stores
  const stopWith = pipeline.stop.bind(pipeline)
  const watch = intervalMs === undefined ? {} : { watch: { intervalMs, sleep, isPassing } }
  try {
    for (let look = 1; !signal.aborted; look += 1) {
      await planJob(job, {
        manifests,
        discover: async (stop) =>
          (await findManifests({ options: { manifests, onEvent, ...watch }, stop, stopWith }, look)) ?? [],
        worker: worker.id,
        ...(itemRows !== undefined && { itemRows }),
        more: intervalMs !== undefined,
        again: look > 1,
        signal,
        onPlanned: ({ key }, rows) => onEvent({ type: 'manifest', status: 'opened', key, rows }),
      })
      // Without an item nobody else would notice.
      if (intervalMs === undefined) return void (await endIfOver(job))
      await sleep(intervalMs, signal)
      if (!signal.aborted) await retryFailures(job)
    }
  } catch (error) {
    if (!signal.aborted) stopWith(asSyncError(error, 'listing'))
  }
}

/** Pauses and resumes the run as the job's operator says, and tells of what else was set. */
async function obey(
  worker: Worker,
  { controls, operator }: { readonly controls: RunControls; readonly operator: () => void },
  over: AbortSignal,
): Promise<void> {
  let control: Worker['control'] | null = null
  while (!over.aborted) {
    const before: Worker['control'] | null = control
    control = worker.control
    if (control !== before) {
      if (control.paused !== (before?.paused ?? false)) {
        if (control.paused) controls.pause("the job's operator")
        else controls.resume("the job's operator")
      }
      operator()
    }
    await worker.changed(over)
  }
}
