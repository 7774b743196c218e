import type { WorkSummary } from '@lagoon/sync/work'
import { limitHeap } from '../heap-limits.js'
import type { CommandContext, CommandOutcome } from '../output/command.js'
import { operateRun } from '../control/operate-run.js'
import { startMetrics } from '../metrics/start-metrics.js'
import { booleanFlag, numberFlag } from '../options/flag-values.js'
import { resolveWatch } from '../options/watch.js'
import { endpointVariables } from '../options/variables.js'
import { toolName } from '../output/command-line.js'
import { jobFlags } from '../output/job-flags.js'
import { outcomeOfRun } from '../output/run-outcome.js'
import { followJob } from './follow-job.js'
import { joinQueue } from './join.js'
import type { QueueSettings } from '../queue/queue-settings.js'
import { version } from '../version.js'
import { renderWork } from './render-work.js'

interface WorkCommand {
  /** Whether this process may create the job and adds the manifests that there are. */
  readonly plan: boolean
  /** Flags that the command takes. */
  readonly settingNames: readonly string[]
}

/** Works on a job that many machines share, with everything around it: levers, metrics, and the last screen. */
export async function workOnQueue(
  context: CommandContext,
  queue: QueueSettings,
  { plan, settingNames }: WorkCommand,
): Promise<CommandOutcome> {
  const { settings } = context
  const threads = numberFlag(settings, 'threads')
  const requireWork = booleanFlag(settings, 'require-work')
  const { engine, reading, copy } = await joinQueue(settings, queue)
  const { nats: _, ...job } = queue
  const operation = operateRun({
    context,
    settingNames: [...settingNames, ...endpointVariables],
    local: null,
  })
  const metrics = await startMetrics(settings, null, () => operation.state())
  if (metrics.url !== null) context.emit({ type: 'listening', url: metrics.url })
  const classes = new Set<string>()
  const codes = new Map<string, number>()
  let summary: WorkSummary | undefined
  let failure: unknown
  let leaveJob: (() => Promise<void>) | undefined
  try {
    const { runWorker } = await import('@lagoon/sync/work')
    limitHeap()
    await runWorker({
      ...reading,
      ...job,
      engine,
      plan,
      copy,
      ...(plan ? resolveWatch(settings, reading) : {}),
      ...(threads === undefined ? {} : { threads }),
      version: version(),
      drain: context.drain,
      abort: context.abort,
      onControls: operation.onControls,
      onOperator: operation.onOperator,
      ...(metrics.observer === undefined ? {} : { observer: metrics.observer }),
      onEvent(event) {
        if (event.type === 'failure') {
          codes.set(event.code, (codes.get(event.code) ?? 0) + 1)
          classes.add(event.class)
        }
        if (event.type === 'joined' && metrics.url !== null)
          leaveJob = followJob(engine, event.job, (status) => metrics.noteJob(status))
        metrics.note(event)
        if (event.type === 'summary') summary = event as typeof event & WorkSummary
        else context.emit(event)
        operation.note(event)
      },
    })
  } catch (error) {
    // A worker that stopped itself has told how the job stands before.
    if (summary === undefined) throw error
    failure = error
  } finally {
    operation.end()
    await leaveJob?.()
    await metrics.close()
    await engine.close()
  }
  const figures = summary!
  const names = { job: jobFlags(settings), tool: toolName(context.environment), argv: context.argv }
  return outcomeOfRun(context, { figures, failure, requireWork }, (style) =>
    renderWork({ summary: figures, codes, classes, ...names }, style),
  )
}
