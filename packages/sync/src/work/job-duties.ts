import { endIfOver, retryFailures, type Job, type Worker } from '@lagoon/jobs'
import { asSyncError } from '../as-sync-error.js'
import type { RunControls } from '../ports/controls.js'
import type { EventSink } from '../ports/events.js'
import { findManifests } from '../run/find-manifests.js'
import type { OpenStores } from '../run/open-stores.js'
import type { Pipeline } from '../run/run-pipeline.js'
import { sleep } from '../sleep.js'
import { isPassing } from '../store-trouble.js'
import type { WorkOptions } from './options.js'
import { planJob } from './plan-job.js'

interface PlanningParts {
  readonly worker: Worker
  readonly options: Pick<WorkOptions, 'itemRows' | 'watchIntervalMs' | 'drain' | 'abort'>
  readonly stores: OpenStores
  readonly pipeline: Pipeline
  readonly onEvent: EventSink
}

/** Adds what there is to the job, beside the copying. What goes wrong ends this worker; it never rejects. */
export async function keepPlanned(
  job: Job,
  { worker, options, stores, pipeline, onEvent }: PlanningParts,
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
      // Without an item it would go unnoticed.
      if (intervalMs === undefined) return void (await endIfOver(job))
      await sleep(intervalMs, signal)
      if (!signal.aborted) await retryFailures(job)
    }
  } catch (error) {
    if (!signal.aborted) stopWith(asSyncError(error, 'listing'))
  }
}

/** Pauses and resumes the run as the job's operator says, and tells of what else was set. */
export async function obeyOperator(
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
