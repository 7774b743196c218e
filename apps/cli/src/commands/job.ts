import type { NatsEngine } from '@lagoon/jobs/nats'
import { createReadStream } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { once } from 'node:events'
import { CliError } from '../errors/cli-error.js'
import { exitCodes } from '../errors/exit-codes.js'
import { booleanFlag } from '../options/flag-values.js'
import { formatCount, formatCountOf, formatMoment, formatPercent } from '../text/format.js'
import { printable } from '../text/printable.js'
import type { Style } from '../text/style.js'
import type { JobResult } from '../queue/job-status.js'
import { onJob, onQueue } from '../queue/on-job.js'
import { requireQueue, type QueueSettings } from '../queue/queue-settings.js'
import type { CommandModule } from '../output/command.js'

/** A job of the queue in a list. `problem` says why nothing is known about it. */
type ListedJob = { readonly type: 'job'; readonly job: string } & (
  | (Pick<JobResult, 'state' | 'createdAt' | 'rows' | 'counts' | 'paused'> & {
      readonly rowsDone: number
      readonly workers: number
    })
  | { readonly problem: string }
)

/** Every job of the queue, and its progress. */
export const list: CommandModule = {
  async run({ settings }) {
    const jobs = await onQueue(requireQueue(settings), async (engine) => {
      const found: ListedJob[] = []
      for (const name of await engine.list()) found.push(await describe(engine, name))
      return found
    })
    return {
      exitCode: exitCodes.ok,
      rows: () => jobs,
      data: { type: 'jobs', jobs: jobs.length },
      render: (style) => renderJobs(jobs, style),
    }
  },
}

/** Deletes everything about a job from the queue; objects stay. */
export const remove: CommandModule = {
  async run({ settings, positionals }) {
    const queue = requireQueue(settings)
    const name = nameOf(queue, positionals, 'delete')
    const force = booleanFlag(settings, 'force')
    const { joinJob, readStatus } = await import('@lagoon/jobs')
    await onQueue(queue, async (engine) => {
      if (force) {
        if (!(await engine.delete(name))) throw noSuchJob(name)
        return
      }
      const { workers } = await readStatus(await joinJob(engine, { job: name }))
      if (workers.length > 0) {
        throw new CliError(
          'LAGOON_CLI_CONFLICT',
          `the job ${name} has ${formatCountOf(workers.length, 'worker')}`,
          'Stop them first, or delete it nevertheless with --force: they end with an error.',
        )
      }
      await engine.delete(name)
    })
    return {
      exitCode: exitCodes.ok,
      data: { type: 'deleted', job: name },
      render: () => `The job ${name} is deleted. Objects at the destination stay.\n`,
    }
  },
}

/** Writes all records of a job to a file, one as JSON a line: a backup, and the way to another queue. */
export const exportToFile: CommandModule = {
  async run({ settings, positionals }) {
    const path = positionals[0]!
    const { exportJob } = await import('@lagoon/jobs')
    const written = await onJob(requireQueue(settings), async ({ job }) => ({
      job: job.job,
      records: await writeLines(path, exportJob(job)),
    }))
    return {
      exitCode: exitCodes.ok,
      data: { type: 'exported', ...written, file: path },
      render: () =>
        `${formatCountOf(written.records, 'record')} of the job ${written.job} written to ${printable(path)}.\n`,
    }
  },
}

/** Creates a job from an export. */
export const importFromFile: CommandModule = {
  async run({ settings, positionals }) {
    const queue = requireQueue(settings)
    const name = nameOf(queue, [], 'import')
    const path = positionals[0]!
    const { importJob, readStatus, rowsOf } = await import('@lagoon/jobs')
    const { rows, done } = await onQueue(queue, async (engine) => {
      const { replicas } = queue
      const job = await importJob(engine, name, linesOf(path), {
        ...(replicas !== undefined && { replicas }),
      })
      const status = await readStatus(job)
      return { rows: status.rows, done: rowsOf(status.counts) }
    })
    return {
      exitCode: exitCodes.ok,
      data: { type: 'imported', job: name, rows, rowsDone: done },
      render: () =>
        `The job ${name} is on the queue: ${formatCount(done)} of ${formatCountOf(rows, 'row')} done. Start workers with lagoon --queue.\n`,
    }
  },
}

async function describe(engine: NatsEngine, name: string): Promise<ListedJob> {
  const [{ joinJob, JobsError, readStatus, rowsOf }, { jobResult }] = await Promise.all([
    import('@lagoon/jobs'),
    import('../job/job-result.js'),
  ])
  try {
    const status = await readStatus(await joinJob(engine, { job: name }))
    const { state, createdAt, rows, counts, paused, workers } = jobResult(status)
    return {
      type: 'job',
      job: name,
      state,
      createdAt,
      rows,
      rowsDone: rowsOf(status.counts),
      counts,
      paused,
      workers: workers.length,
    }
  } catch (error) {
    // A user may be allowed to use one job and see the names of others.
    if (!(error instanceof JobsError)) throw error
    return { type: 'job', job: name, problem: error.message }
  }
}

function renderJobs(jobs: readonly ListedJob[], style: Style): string {
  if (jobs.length === 0) return 'The queue has no jobs.\n'
  const width = Math.max(...jobs.map(({ job }) => job.length))
  const lines = jobs.map((each) => {
    const name = `  ${printable(each.job).padEnd(width)}  `
    if ('problem' in each) return `${name}${style.red(printable(each.problem))}`
    const { state, rows, rowsDone, counts, paused, workers, createdAt } = each
    const stage = paused && state !== 'over' ? 'paused' : state === 'over' ? 'over' : 'running'
    return (
      `${name}${stage}, ${rows === 0 ? 'no rows known yet' : `${formatCount(rowsDone)} of ${formatCountOf(rows, 'row')} (${formatPercent(rowsDone, rows)})`}, ` +
      `${formatCount(counts.failed)} failed, ${formatCountOf(workers, 'worker')}, created ${formatMoment(createdAt)}`
    )
  })
  return `${formatCountOf(jobs.length, 'job')} on the queue.\n${lines.join('\n')}\n`
}

/** A job is deleted or created only by its name, never because it is the only one. */
function nameOf({ job }: QueueSettings, [given]: readonly string[], what: string): string {
  if (given !== undefined && job !== undefined && given !== job) {
    throw new CliError(
      'LAGOON_CLI_CONFLICT',
      `two jobs are named: ${printable(given)} and ${job}`,
      'Name one.',
    )
  }
  const name = given ?? job
  if (name === undefined) {
    throw new CliError(
      'LAGOON_CLI_MISSING_SETTING',
      `job ${what} needs the name of the job`,
      'Name it with --job. To see all names, run lagoon job list.',
    )
  }
  return name
}

function noSuchJob(name: string): CliError {
  return new CliError(
    'LAGOON_CLI_NO_RUN',
    `the queue has no job ${printable(name)}`,
    'To see all names, run lagoon job list.',
  )
}

/** Never overwrites a file: it may be all that is left of a job. */
async function writeLines(path: string, lines: AsyncIterable<string>): Promise<number> {
  const file = await open(path, 'wx').catch((cause: NodeJS.ErrnoException) => {
    throw new CliError(
      'LAGOON_CLI_FILE',
      cause.code === 'EEXIST' ? `${printable(path)} exists already` : `${printable(path)} cannot be written`,
      cause.code === 'EEXIST'
        ? 'Use another file, or remove it.'
        : 'Check the directory and its permissions.',
      { cause },
    )
  })
  const stream = file.createWriteStream()
  try {
    let count = 0
    for await (const line of lines) {
      count += 1
      if (!stream.write(`${line}\n`)) await once(stream, 'drain')
    }
    stream.end()
    await once(stream, 'close')
    return count
  } catch (error) {
    stream.destroy()
    await rm(path, { force: true })
    throw error
  }
}

async function* linesOf(path: string): AsyncGenerator<string> {
  const input = createReadStream(path, 'utf8')
  try {
    await once(input, 'open')
  } catch (cause) {
    throw new CliError(
      'LAGOON_CLI_FILE',
      `${printable(path)} cannot be read`,
      'Name a file that lagoon job export wrote.',
      { cause },
    )
  }
  yield* createInterface({ input, crlfDelay: Infinity })
}
