import { readMeta, startWorker, type HeldItem, type Job, type Worker } from '@lagoon/jobs'
import { asSyncError } from '../as-sync-error.js'
import type { Cleanup } from '../cleanup.js'
import type { ResolvedOptions } from '../options/options.js'
import type { CopierPort } from '../ports/copier.js'
import { describeError } from '../ports/errors.js'
import type { EventSink, ProgressEvent } from '../ports/events.js'
import type { ReportRow } from '../ports/report.js'
import type { OpenStores } from '../run/open-stores.js'
import { commonParts, connectionsOf, isUnreachable } from '../run/parts.js'
import { addRequests, type Requests } from '../run/requests.js'
import { Pipeline } from '../run/run-pipeline.js'
import { sleep } from '../sleep.js'
import { isPassing } from '../store-trouble.js'
import { openConducted } from './conducted-controller.js'
import { keepPlanned, obeyOperator } from './job-duties.js'
import { OpenByName } from './open-by-name.js'
import type { WorkOptions } from './options.js'
import { JobReport, LIST_INTERVAL_MS, REPORT_INTERVAL_MS } from './report-parts.js'
import { openFixedShare, type ShareOfJob, type ShareOptions } from './share-of-job.js'
import type { OwnEnd } from './summary-of-job.js'
import { presenceOf, forwardWorkerEvent, workerName } from './worker-presence.js'
import { workState } from './work-state.js'
import { WorkStream } from './work-stream.js'
import { WorkerTrouble } from './worker-trouble.js'

/** What is done with each row: a copier, or what compares in its place. */
interface RowTask {
  readonly copier: CopierPort
  readonly requests: () => Requests
  /** Whether rows that name one key are processed separately instead of following the first. Default false. */
  readonly allowDuplicates?: boolean
  /** A row of the report as this task tells it. Default as it is. */
  readonly reportRow?: (row: ReportRow) => ReportRow
  /** Told that this worker joined, before anything is begun. */
  readonly onJoined: (worker: string) => void
  /** Makes what the task itself noted durable, when nothing is in flight any more. */
  readonly flush?: () => Promise<void>
}

export interface JobWork {
  readonly options: WorkOptions
  readonly resolved: ResolvedOptions
  readonly stores: OpenStores
  readonly cleanup: Cleanup
  /** @param over aborts when this worker is done */
  readonly openTask: (parts: { worker: string; connections: number; over: AbortSignal }) => RowTask
}

async function countWorkers({ records }: Job): Promise<number> {
  let count = 0
  for await (const _ of records.list('worker.>')) count += 1
  return count
}

function openReport(
  job: Job,
  { destination, report }: ResolvedOptions,
  onLost: (error: unknown) => void,
): JobReport | null {
  return report === undefined ? null : new JobReport(job, { destination, report, onLost })
}

/** Gives every row that this worker is handed its outcome, until the job is over or the worker is stopped. */
export async function workOnJob(
  job: Job,
  { options, resolved, stores, cleanup, openTask }: JobWork,
): Promise<OwnEnd> {
  const { concurrency } = resolved
  const { patienceMs, idleExitMs, plan = true } = options
  let progress: ProgressEvent | null = null
  let lastError: string | null = null
  const onEvent: EventSink = (event) => {
    if (event.type === 'progress') progress = event
    if (event.type === 'failure') lastError = `${event.key}: ${event.message} (${event.code})`
    resolved.onEvent(event)
  }
  const report = openReport(job, resolved, (error) => {
    if (!isPassing(error)) pipeline.stop(asSyncError(error, 'store'))
  })
  cleanup.add(() => report?.close())
  // A bucket without write permission is reported before anything begins.
  await report?.writeManifest()
  const { checkpointIntervalMs = report === null ? undefined : REPORT_INTERVAL_MS } = options
  const { worker: id = workerName() } = options
  const share: ShareOptions = {
    onEvent,
    onPart: () => operator(),
    others: await countWorkers(job),
  }
  const controller = concurrency.fixed === undefined ? openConducted(job, id, concurrency, share) : null
  const ofJob: ShareOfJob =
    controller ??
    openFixedShare(
      job,
      id,
      () => ({ inFlight: progress?.inFlight ?? 0, limit: progress?.limit ?? concurrency.fixed! }),
      share,
    )
  cleanup.add(() => ofJob.close())
  const listing = setInterval(() => {
    if (ofJob.conducting) void report?.writeManifest().catch(() => undefined)
  }, LIST_INTERVAL_MS).unref()
  cleanup.add(() => clearInterval(listing))
  const operator = (): void => {
    const { settings, own } = worker.control
    options.onOperator?.({ job: settings, own, part: ofJob.part })
  }
  const worker: Worker = startWorker(job, {
    id,
    ...(checkpointIntervalMs !== undefined && { checkpointIntervalMs }),
    ...(patienceMs !== undefined && { patienceMs }),
    onEvent: (event) => forwardWorkerEvent(event, onEvent),
    presence: () => ({
      ...presenceOf(progress),
      ...(options.version !== undefined && { version: options.version }),
      conducting: ofJob.conducting,
      lastError,
    }),
  })
  cleanup.add(() => worker.close())

  const over = new AbortController()
  const connections = connectionsOf(resolved)
  const task = openTask({ worker: worker.id, connections, over: over.signal })
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
    judged: () => trouble.judged(),
    ...(report !== null && { openPart: (item: HeldItem) => report.part(item) }),
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
          if (isUnreachable(failure)) trouble.noteUnreachable(failure.message)
        },
      }),
    },
    work: stream,
    copier: task.copier,
    report:
      report === null
        ? null
        : {
            write: (row) => stream.report(task.reportRow?.(row) ?? row),
            idle: () => null,
            close: () => Promise.resolve(),
          },
    allowDuplicates: task.allowDuplicates ?? false,
    maxOpenObjects: 2 * connections,
    highestConcurrency: connections,
    probe: stores.probe,
    requests: () => addRequests(stores.requests(), task.requests()),
  })

  resolved.onControls?.(pipeline.controls)
  task.onJoined(worker.id)
  const obeying = obeyOperator(worker, { controls: pipeline.controls, operator }, over.signal)
  const planning = plan ? keepPlanned(job, { worker, options, stores, pipeline, onEvent }, over.signal) : null
  // A job that is over may get new manifests: nobody asks for work before they are planned.
  if ((await readMeta(job)).state === 'over') await planning
  const { summary, stoppedBy } = await pipeline.run()
  over.abort()
  await Promise.all([obeying, planning])
  await task.flush?.()
  // At the end of a job this worker stays visible until it has read how the job stands.
  if (worker.jobState !== 'over') await worker.close()
  await report?.writeManifest().catch((error: unknown) =>
    onEvent({
      type: 'warning',
      code: 'LAGOON_SYNC_REPORT_LOST',
      message: `the list of the report's parts is not up to date: ${describeError(error).message}`,
    }),
  )
  return { own: summary, worker: worker.id, wasIdle: stream.wasIdle, stoppedBy }
}
