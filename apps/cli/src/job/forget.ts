import { forgetManifest, readStatus, retryFailures, type Job } from '@lagoon/jobs'
import type { CommandOutcome } from '../output/command.js'
import { CliError } from '../errors/cli-error.js'
import { exitCodes } from '../errors/exit-codes.js'
import { asNamed } from '../failures/source.js'
import { formatCountOf } from '../text/format.js'
import { printable } from '../text/printable.js'
import { failureRecord } from './job-failures.js'
import { onJob } from '../queue/on-job.js'
import type { QueueSettings } from '../queue/queue-settings.js'

/** What is to be looked at again: manifests by their keys, failed rows by the keys of their objects, or everything that failed. */
interface ToForget {
  readonly keys: readonly string[]
  readonly manifests: readonly string[]
  readonly failed: boolean
}

/** Puts manifests and failed rows of a job back; its workers take them. */
export async function forgetInJob(queue: QueueSettings, wanted: ToForget): Promise<CommandOutcome> {
  return onJob(queue, async ({ job }) => {
    const manifests = await forgetManifests(job, wanted.manifests)
    const keys = new Set(wanted.keys)
    const failures =
      wanted.failed || keys.size > 0
        ? await retryFailures(
            job,
            (failure) => wanted.failed || keys.has(asNamed(failureRecord(failure)).key),
          )
        : { rows: 0, unreadable: 0 }
    if (keys.size > 0 && !wanted.failed && failures.rows === 0) throw unknownKeys(job.job)
    return {
      exitCode: exitCodes.ok,
      data: { type: 'forgotten', job: job.job, keys: 0, manifests, failures: failures.rows },
      render: () =>
        manifests + failures.rows + failures.unreadable === 0
          ? `Nothing to forget: the job ${job.job} has no failures.\n`
          : `Forgotten in the job ${job.job}: ${formatCountOf(manifests, 'manifest')}, ${formatCountOf(failures.rows, 'failure')}. Workers check them again.\n`,
    }
  })
}

/** @returns how many versions of manifests the job knew */
async function forgetManifests(job: Job, keys: readonly string[]): Promise<number> {
  if (keys.length === 0) return 0
  const { manifests } = await readStatus(job)
  const unknown = keys.find((key) => !manifests.some((manifest) => manifest.key === key))
  if (unknown !== undefined) {
    throw new CliError(
      'LAGOON_CLI_USAGE',
      `the job ${job.job} has no manifest ${printable(unknown)}`,
      'To see all manifests of the job, run lagoon status --json.',
    )
  }
  const meant = manifests.filter(({ key }) => keys.includes(key))
  for (const { id } of meant) await forgetManifest(job, id)
  return meant.length
}

function unknownKeys(job: string): CliError {
  return new CliError(
    'LAGOON_CLI_USAGE',
    `none of these keys failed in the job ${job}, and the queue records rows, not keys`,
    'To copy an object again that is complete, forget its manifest with --manifest and start with --overwrite if-different.',
  )
}
