import type { Job } from '@lagoon/jobs'
import type { NatsEngine } from '@lagoon/jobs/nats'
import { CliError } from '../errors/cli-error.js'
import type { QueueSettings } from './queue-settings.js'

/** Connects to the queue. The modules of NATS are loaded here, and nowhere else in the CLI. */
export async function connectQueue({ nats }: Pick<QueueSettings, 'nats'>): Promise<NatsEngine> {
  const { connectNats } = await import('@lagoon/jobs/nats')
  return connectNats(nats)
}

/** A job as an operator looks at it. `close` ends the connection. */
export interface OpenedJob {
  readonly engine: NatsEngine
  readonly job: Job
  close(): Promise<void>
}

/**
 * Opens a job that exists: the one that is named, else the only one of the queue.
 *
 * @throws JobsError, and CliError LAGOON_CLI_MISSING_SETTING where a name is needed
 */
export async function openQueueJob(queue: QueueSettings): Promise<OpenedJob> {
  const engine = await connectQueue(queue)
  try {
    const { joinJob } = await import('@lagoon/jobs')
    const job = await joinJob(engine, { job: queue.job ?? (await onlyJob(engine)) })
    return { engine, job, close: () => engine.close() }
  } catch (error) {
    await engine.close()
    throw error
  }
}

async function onlyJob(engine: NatsEngine): Promise<string> {
  const all = await engine.list()
  // The verification of a job goes with it.
  const names = all.filter(
    (name) => !(name.endsWith('-verify') && all.includes(name.slice(0, -'-verify'.length))),
  )
  if (names.length === 1) return names[0]!
  const shown = names.length > 10 ? `${names.slice(0, 10).join(', ')}, …` : names.join(', ')
  throw new CliError(
    'LAGOON_CLI_MISSING_SETTING',
    names.length === 0 ? 'the queue has no jobs' : `the queue has ${names.length} jobs: ${shown}`,
    names.length === 0 ? 'Start one with lagoon --queue.' : 'Choose one with --job.',
  )
}
