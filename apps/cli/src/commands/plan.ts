import type { EventSink, SyncSummary } from '@lagoon/sync'
import type { Plan } from '../plan/plan-result.js'
import { exitCodeOfRun } from '../errors/exit-codes.js'
import { resolveCopyOptions } from '../options/copy-options.js'
import { numberFlag } from '../options/flag-values.js'
import { resolveShard } from '../options/shard.js'
import type { Settings } from '../options/settings.js'
import { resolveSyncOptions } from '../options/sync-options.js'
import { estimate, paceOfRuns, type Pace, type Prices } from '../plan/estimate.js'
import { inCliWords } from '../output/cli-names.js'
import { renderPlan } from '../plan/render-plan.js'
import { shardCosts } from '../plan/shard-costs.js'
import { resolveQueue, type QueueSettings } from '../queue/queue-settings.js'
import type { CommandContext, CommandOutcome } from '../output/command.js'

interface Planned {
  readonly summary: SyncSummary
  readonly pace: Pace | null
  /** What only a job has. */
  readonly ofJob: Pick<Plan, 'job' | 'failedBefore'>
}

/** A dry run, and an estimate of the real one: bytes, requests, time, cost. Changes nothing. */
export async function run(context: CommandContext): Promise<CommandOutcome> {
  const { settings } = context
  const prices = resolvePrices(settings)
  const queue = resolveQueue(settings)
  const problems: Plan['problems'][number][] = []
  const onEvent: EventSink = (event) => {
    if (event.type === 'manifest' && event.status === 'failed') {
      const { code = 'LAGOON_UNEXPECTED', key, message = '', hint } = inCliWords(event)
      problems.push({ code, message: `${key}: ${message}`, ...(hint === undefined ? {} : { hint }) })
    }
    if (event.type !== 'summary') context.emit(event)
  }
  const { summary, pace, ofJob } = await (queue === undefined
    ? planRun(context, onEvent)
    : planJob(context, queue, onEvent))
  const { resolveParts } = await import('@lagoon/transfer')
  const { thresholdBytes, singlePutBytes, partSizeBytes } = resolveParts(resolveCopyOptions(settings))
  const { planned, skipped, failed, manifests } = summary
  const shard = resolveShard(settings)
  const estimated = estimate(summary, { pace, prices })
  const plan: Plan = {
    type: 'plan',
    ...ofJob,
    planned,
    skipped,
    failed,
    manifests: { toRead: manifests.completed, finished: manifests.skipped, unreadable: manifests.failed },
    parts: { thresholdBytes, singlePutBytes, partSizeBytes },
    problems,
    ...estimated,
    ...(shard === undefined ? {} : { shard: shardCosts(shard, summary, estimated.time) }),
  }
  return {
    exitCode: exitCodeOfRun(summary, context.stoppedBy()),
    data: plan,
    render: (style) => renderPlan(plan, style),
  }
}

async function planRun({ settings, drain, abort }: CommandContext, onEvent: EventSink): Promise<Planned> {
  const { report: _, ...options } = resolveSyncOptions(settings)
  const [{ runSync }, { openStateReadOnly }] = await Promise.all([
    import('@lagoon/sync'),
    import('@lagoon/state-lmdb'),
  ])
  const summary = await runSync({ ...options, dryRun: true, drain, abort, onEvent })
  const state = await openStateReadOnly({ directory: options.dataDir })
  const pace = paceOfRuns([...state.runs()])
  await state.close()
  return { summary, pace, ofJob: {} }
}

async function planJob(context: CommandContext, queue: QueueSettings, onEvent: EventSink): Promise<Planned> {
  const { readJobDryRun } = await import('../job/dry-run.js')
  const { job, failedBefore, pace, ...summary } = await readJobDryRun(context, queue, {
    onEvent,
    onlyReads: true,
  })
  return {
    summary,
    pace: pace && { ...pace, from: { fromWorkers: pace.workers } },
    ofJob: { job, failedBefore },
  }
}

/** Null without prices; omitted prices count as nothing. */
function resolvePrices(settings: Settings): Prices | null {
  const getPer1000 = numberFlag(settings, 'price-get-1000')
  const putPer1000 = numberFlag(settings, 'price-put-1000')
  const egressPerGb = numberFlag(settings, 'price-egress-gb')
  if (getPer1000 === undefined && putPer1000 === undefined && egressPerGb === undefined) return null
  return { getPer1000: getPer1000 ?? 0, putPer1000: putPer1000 ?? 0, egressPerGb: egressPerGb ?? 0 }
}
