import type { EventSink } from '@lagoon/sync'
import type { JobDryRun } from '@lagoon/sync/work'
import type { CommandContext, CommandOutcome } from '../output/command.js'
import { outcomeOfRun } from '../output/run-outcome.js'
import { booleanFlag } from '../options/flag-values.js'
import { resolveWatch } from '../options/watch.js'
import type { QueueSettings } from '../queue/queue-settings.js'
import { formatBytes, formatCount, formatCountOf } from '../text/format.js'
import { printable } from '../text/printable.js'
import type { Style } from '../text/style.js'
import { joinQueue } from './join.js'

/** What is left to do of a job. The queue and both stores stay as they are. */
export async function readJobDryRun(
  { settings, drain, abort }: Pick<CommandContext, 'settings' | 'drain' | 'abort'>,
  queue: QueueSettings,
  options: { readonly onEvent: EventSink; readonly onlyReads?: boolean },
): Promise<JobDryRun> {
  const { engine, reading, copy } = await joinQueue(settings, queue)
  try {
    const { dryRunJob } = await import('@lagoon/sync/work')
    const job = queue.job === undefined ? {} : { job: queue.job }
    return await dryRunJob({ ...reading, ...job, ...options, copy, engine, drain, abort })
  } finally {
    await engine.close()
  }
}

/** `lagoon --queue … --dry-run`: shows what the workers of a job would copy. */
export async function dryRunOnQueue(context: CommandContext, queue: QueueSettings): Promise<CommandOutcome> {
  const { settings, emit } = context
  resolveWatch(settings, { dryRun: true })
  const onEvent: EventSink = (event) => {
    if (event.type !== 'summary') emit(event)
  }
  const figures = { type: 'summary', ...(await readJobDryRun(context, queue, { onEvent })) }
  const requireWork = booleanFlag(settings, 'require-work')
  return outcomeOfRun(context, { figures, failure: undefined, requireWork }, (style) =>
    render(figures, style),
  )
}

function render(found: JobDryRun, style: Style): string {
  const { job, exists, planned, plan, skipped, failed, failedBefore, manifests } = found
  const { bytes = 0, withoutSize = 0 } = plan ?? {}
  const size = bytes === 0 ? '' : `, ${withoutSize > 0 ? 'at least ' : ''}${formatBytes(bytes)}`
  const name = `The job ${printable(job)}${exists ? '' : ', which does not exist yet,'}`
  const lines = [
    `${style.bold(`${name} would copy ${formatCountOf(planned, 'object')}${size}`)}; ${formatCount(skipped)} are complete or named twice. Nothing was changed.`,
    `Manifests: ${formatCount(manifests.completed)} to read, ${formatCount(manifests.skipped)} already finished, ${formatCount(manifests.failed)} unreadable.`,
  ]
  const unusable = failed - failedBefore
  if (unusable > 0) lines.push(style.red(`${formatCountOf(unusable, 'row')} without a usable key.`))
  if (failedBefore > 0)
    lines.push(
      style.red(
        `${formatCountOf(failedBefore, 'row')} failed before: lagoon failures --retry puts them back.`,
      ),
    )
  return `${lines.join('\n')}\n`
}
