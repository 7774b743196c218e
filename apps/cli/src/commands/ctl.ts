import { parseChanges, parsePairs } from '../control/changes.js'
import { askRun } from '../control/control-client.js'
import type { ControlRequest } from '../control/protocol.js'
import { renderControl } from '../output/render-control.js'
import { exitCodes } from '../errors/exit-codes.js'
import type { LiveRun } from '../output/live-file.js'
import { textFlag } from '../options/flag-values.js'
import { resolveDataDir } from '../options/sync-options.js'
import { describeLimits, limitOf } from '../output/describe-limits.js'
import { printable } from '../text/printable.js'
import { resolveQueue, type QueueSettings } from '../queue/queue-settings.js'
import { CliError } from '../errors/cli-error.js'
import type { CommandContext, CommandModule, CommandOutcome } from '../output/command.js'

/** The run as it is after the request, under `--json`. */
export interface Control extends LiveRun {
  readonly type: 'control'
}

/** What the running sync reports about itself. */
export const status: CommandModule = { run: (context) => ask(context, { command: 'status' }) }

/** Begins no more attempts until `resume`. */
export const pause: CommandModule = { run: (context) => ask(context, { command: 'pause' }) }

export const resume: CommandModule = { run: (context) => ask(context, { command: 'resume' }) }

/** Changes settings of the run in progress; its next start takes them from where they were before. */
export const set: CommandModule = {
  async run(context) {
    const values = parsePairs(context.positionals)
    // Invalid values are refused here, in the words of the command line.
    parseChanges(values.map(([name, value]) => [name, { value, origin: name, from: 'flag' }]))
    return ask(context, { command: 'set', values }, (run) => describeSet(values, run))
  },
}

/** What holds now of what was set: a schedule may hold the run tighter. */
function describeSet(values: readonly (readonly [string, string])[], { control }: LiveRun): string {
  const limits = values.flatMap(([name]) => limitOf(name === 'concurrency' ? 'max-concurrency' : name) ?? [])
  const inForce = Object.fromEntries(limits.map((name) => [name, control.limits[name]]))
  const others = values.flatMap(([name]) => {
    if (name === 'log-level') return [`log-level ${control.logLevel}`]
    return name === 'schedule' ? [`schedule ${printable(control.schedule?.text ?? 'none')}`] : []
  })
  return `In force now: ${[describeLimits(inForce), ...others].filter(Boolean).join(', ')}.\n`
}

async function ask(
  context: CommandContext,
  request: ControlRequest,
  first: (run: LiveRun) => string = () => '',
): Promise<CommandOutcome> {
  const worker = textFlag(context.settings, 'worker')
  const queue = resolveQueue(context.settings)
  if (queue !== undefined) return askJob(queue, request, worker)
  if (worker !== undefined) {
    throw new CliError(
      'LAGOON_CLI_CONFLICT',
      '--worker is set, but --queue is not',
      'Name the queue of the job with --queue; a run on one machine has no other workers.',
    )
  }
  const run = await askRun(resolveDataDir(context.settings), request)
  const data: Control = { type: 'control', ...run }
  return { exitCode: exitCodes.ok, data, render: (style) => first(run) + renderControl(run, style) }
}

/** The same for all workers of a job on a queue, or one of them. */
async function askJob(
  queue: QueueSettings,
  request: ControlRequest,
  worker: string | undefined,
): Promise<CommandOutcome> {
  const [{ onJob }, { controlJob }, { renderJobControl }] = await Promise.all([
    import('../queue/on-job.js'),
    import('../job/job-control.js'),
    import('../job/render-job-status.js'),
  ])
  const answer = await onJob(queue, ({ job }) => controlJob(job, request, worker))
  return {
    exitCode: exitCodes.ok,
    data: { ...answer, type: 'control' },
    render: (style) => renderJobControl(answer, style),
  }
}
