import { changeControl, readStatus, type ControlRecord, type ControlSettings, type Job } from '@lagoon/jobs'
import type { JobResult } from '../queue/job-status.js'
import type { ControlRequest } from '../control/protocol.js'
import { CliError } from '../errors/cli-error.js'
import { enumerate } from '../text/nearest.js'
import { printable } from '../text/printable.js'
import { jobResult } from './job-result.js'

/**
 * Tells all workers of a job, or one of them, and answers with the job as it is afterwards.
 *
 * @param worker id of the one that is meant
 * @throws CliError LAGOON_CLI_NO_RUN for a worker that is not there
 */
export async function controlJob(
  job: Job,
  request: ControlRequest,
  worker: string | undefined,
): Promise<JobResult> {
  if (worker !== undefined) await refuseStranger(job, worker)
  if (request.command !== 'status') {
    await changeControl(job, (present) => changed(present, request, worker))
  }
  return jobResult(await readStatus(job))
}

async function refuseStranger(job: Job, worker: string): Promise<void> {
  const { workers } = await readStatus(job)
  if (workers.some(({ id }) => id === worker)) return
  const there = workers.slice(0, 20).map(({ id }) => printable(id))
  throw new CliError(
    'LAGOON_CLI_NO_RUN',
    `the job ${job.job} has no worker ${printable(worker)}`,
    there.length === 0
      ? 'No worker is running; start one with lagoon --queue.'
      : `Running: ${enumerate(there)}.`,
  )
}

function changed(control: ControlRecord, request: ControlRequest, worker: string | undefined): ControlRecord {
  if (worker === undefined) return { ...control, ...changedSettings(control, request) }
  const { workers = {} } = control
  return { ...control, workers: { ...workers, [worker]: changedSettings(workers[worker] ?? {}, request) } }
}

function changedSettings(present: ControlSettings, request: ControlRequest): ControlSettings {
  if (request.command === 'pause') return { ...present, paused: true }
  if (request.command === 'resume') return { ...present, paused: false }
  if (request.command === 'set') {
    return { ...present, settings: { ...present.settings, ...Object.fromEntries(request.values) } }
  }
  return present
}
