import type { ProgressEvent, SyncSummary } from '@lagoon/sync'
import { operateRun } from '../control/operate-run.js'
import { reportLive } from './live-reporter.js'
import { startMetrics } from '../metrics/start-metrics.js'
import type { ResolvedSyncOptions } from '../options/sync-options.js'
import { endpointVariables } from '../options/variables.js'
import { toolName } from '../output/command-line.js'
import { jobFlags } from '../output/job-flags.js'
import { booleanFlag } from '../options/flag-values.js'
import { renderSummary } from '../output/render-summary.js'
import { outcomeOfRun } from '../output/run-outcome.js'
import { unfinishedSummary } from './unfinished-summary.js'
import { limitHeap } from '../heap-limits.js'
import type { CommandContext, CommandOutcome } from '../output/command.js'

/** Troubles of a manifest that another look may be spared. */
const passing = new Set(['LAGOON_MANIFEST_UNREADABLE', 'LAGOON_MANIFEST_CHANGED'])

/** Runs a sync with everything around it: the data of `lagoon status`, controls, metrics, and the last screen. */
export async function runCopy(
  context: CommandContext,
  options: ResolvedSyncOptions,
  settingNames: readonly string[],
): Promise<CommandOutcome> {
  const requireWork = booleanFlag(context.settings, 'require-work')
  // Loaded only now, so that wrong settings are reported immediately.
  const { runSync } = await import('@lagoon/sync')
  limitHeap()
  const live = reportLive(options.dataDir, () => operation.state())
  const operation = operateRun({
    context,
    settingNames: [...settingNames, ...endpointVariables],
    local: { dataDir: options.dataDir, run: live.read },
  })
  const metrics = await startMetrics(context.settings, options.dataDir, () => operation.state())
  if (metrics.url !== null) context.emit({ type: 'listening', url: metrics.url })
  const codes = new Map<string, number>()
  const classes = new Set<string>()
  let summary: SyncSummary | undefined
  let failure: unknown
  let progress: ProgressEvent | undefined
  let keptListing: string | undefined
  try {
    await runSync({
      ...options,
      drain: context.drain,
      abort: context.abort,
      onControls: operation.onControls,
      ...(metrics.observer === undefined ? {} : { observer: metrics.observer }),
      onEvent(event) {
        if (event.type === 'failure') {
          codes.set(event.code, (codes.get(event.code) ?? 0) + 1)
          classes.add(event.class)
        }
        if (event.type === 'manifest' && passing.has(event.code ?? '')) classes.add('manifest')
        // Each round of a watch retries failures: its result counts.
        if (event.type === 'scanning') {
          codes.clear()
          classes.clear()
        }
        if (event.type === 'progress') progress = event
        if (event.type === 'listing' && event.status === 'kept') keptListing = event.startedAt
        live.note(event)
        metrics.note(event)
        // The summary is the command's result: the entry prints it last.
        if (event.type === 'summary') summary = event
        else context.emit(event)
        // After the start it may pause the run, which is reported afterwards.
        operation.note(event)
      },
    })
  } catch (error) {
    // A run that stopped itself has reported its figures before: they are shown beside the reason. One that was stopped while it still
    // searched for manifests may end with the abort itself.
    if (summary === undefined && !(context.drain.aborted && isAbort(error))) throw error
    if (summary === undefined) summary = unfinishedSummary(progress)
    else failure = error
  } finally {
    operation.end()
    live.end()
    await metrics.close()
  }
  // The last line of `--json` has the same fields whatever the run does.
  const { plan, ...figures } = summary!
  const view = {
    summary: plan === undefined ? figures : { ...figures, plan },
    options,
    keptListing,
    codes,
    classes,
    argv: context.argv,
    job: jobFlags(context.settings),
    tool: toolName(context.environment),
  }
  return outcomeOfRun(context, { figures, failure, requireWork }, (style) => renderSummary(view, style))
}

function isAbort(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return error.name === 'AbortError' || isAbort(error.cause)
}
