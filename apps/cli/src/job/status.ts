import { isPassing, readStatus, type Job } from '@lagoon/jobs'
import type { KeyStatus } from '../status/status-result.js'
import type { CommandContext, CommandOutcome, View } from '../output/command.js'
import { exitCodes } from '../errors/exit-codes.js'
import { booleanFlag, numberFlag } from '../options/flag-values.js'
import { commandLine, toolName } from '../output/command-line.js'
import { follow } from '../output/follow.js'
import { jobFlags } from '../output/job-flags.js'
import { renderKeyStatus } from '../status/render-key-status.js'
import { jobResult } from './job-result.js'
import { jobFailures } from './job-failures.js'
import { onJob } from '../queue/on-job.js'
import type { QueueSettings } from '../queue/queue-settings.js'
import { renderJobStatus } from './render-job-status.js'

/** How far a job is, by one read of its records; no worker is asked. */
export async function statusOfJob(context: CommandContext, queue: QueueSettings): Promise<CommandOutcome> {
  const { settings, environment } = context
  const keys = settings.all('key').map(({ value }) => value)
  const limit = numberFlag(settings, 'limit') ?? 20
  const failures = commandLine(toolName(environment), ['failures', ...jobFlags(settings)])
  return onJob(queue, async ({ job }) => {
    if (keys.length > 0) return ofKeys(job, keys)
    const read = async (): Promise<View> => {
      const status = jobResult(await readStatus(job))
      return {
        data: status,
        over: status.state === 'over',
        render: (style) => renderJobStatus(status, { limit, failures }, style),
      }
    }
    const view = booleanFlag(settings, 'follow') ? await follow(context, orLast(read)) : await read()
    return { exitCode: exitCodes.ok, ...view }
  })
}

/** A queue that restarts costs a view, not the following of it. */
function orLast(read: () => Promise<View>): () => Promise<View> {
  let last: View | undefined
  return async () => {
    try {
      last = await read()
      return last
    } catch (error) {
      if (!isPassing(error) || last === undefined) throw error
      return last
    }
  }
}

/** Records name failed keys only: of any other nothing is known without reading its manifest. */
async function ofKeys(job: Job, asked: readonly string[]): Promise<CommandOutcome> {
  const failures = new Map(asked.map((key) => [key, [] as KeyStatus['failures'][number][]]))
  for await (const failure of jobFailures(job, {})) failures.get(failure.key)?.push(failure)
  const keys = asked.map((key): KeyStatus => {
    const found = failures.get(key)!
    return { key, status: found.length > 0 ? 'FAILED' : null, failures: found }
  })
  return {
    exitCode: exitCodes.ok,
    data: { type: 'keys', keys },
    render: (style) => renderKeyStatus(keys, style),
  }
}
