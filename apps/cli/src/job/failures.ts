import { readStatus, retryFailures } from '@lagoon/jobs'
import type { RetryFilter } from '@lagoon/sync'
import type { CommandOutcome } from '../output/command.js'
import { exitCodes } from '../errors/exit-codes.js'
import { asNamed, type FailureSource } from '../failures/source.js'
import { formatCountOf } from '../text/format.js'
import { openQueueJob } from '../queue/connect-queue.js'
import { failureRecord, jobFailures, matcherOf } from './job-failures.js'
import { onJob } from '../queue/on-job.js'
import type { QueueSettings } from '../queue/queue-settings.js'

/** The failures that the records of a job name. */
export function failuresOfJob(queue: QueueSettings): FailureSource {
  return {
    describe: () =>
      onJob(queue, async ({ job }) => {
        const { counts } = await readStatus(job)
        return { name: job.job, exists: true, recorded: counts.failed + counts.missing }
      }),
    async *records(filter) {
      const opened = await openQueueJob(queue)
      try {
        for await (const failure of jobFailures(opened.job, filter)) yield asNamed(failure)
      } finally {
        await opened.close()
      }
    },
  }
}

/** Puts failed rows back, and manifests that could not be read; workers take them. */
export async function retryInJob(queue: QueueSettings, filter: RetryFilter): Promise<CommandOutcome> {
  const matches = matcherOf(filter)
  return onJob(queue, async ({ job }) => {
    const putBack = await retryFailures(job, (failure) => matches(failureRecord(failure)))
    const { workers } = await readStatus(job)
    return {
      exitCode: exitCodes.ok,
      data: { type: 'retry', job: job.job, ...putBack, workers: workers.length },
      render: () => renderRetry(job.job, putBack, workers.length),
    }
  })
}

function renderRetry(
  job: string,
  { rows, unreadable }: { rows: number; unreadable: number },
  workers: number,
): string {
  if (rows + unreadable === 0) return `Nothing to put back in the job ${job}.\n`
  const ranges = unreadable === 0 ? '' : ` and ${formatCountOf(unreadable, 'range')} that could not be read`
  const next =
    workers === 0
      ? 'No worker is running: start one with lagoon --queue.'
      : `${formatCountOf(workers, 'worker')} will try again.`
  return `Put back in the job ${job}: ${formatCountOf(rows, 'row')}${ranges}. ${next}\n`
}
