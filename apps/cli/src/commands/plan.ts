import type { SyncSummary } from '@lagoon/sync'
import type { Plan } from '../plan/plan-answer.js'
import { exitCodeOfRun } from '../errors/exit-codes.js'
import { numberFlag } from '../options/flag-values.js'
import type { Settings } from '../options/settings.js'
import { resolveSyncOptions } from '../options/sync-options.js'
import { estimate, type Prices } from '../plan/estimate.js'
import { inCliWords } from '../output/cli-names.js'
import { renderPlan } from '../plan/render-plan.js'
import { shardCosts } from '../plan/shard-costs.js'
import type { CommandContext, CommandOutcome } from '../output/command.js'

/** A dry run, and an estimate of the real one: bytes, requests, time, cost. Changes nothing. */
export async function run(context: CommandContext): Promise<CommandOutcome> {
  const options = resolveSyncOptions(context.settings)
  const prices = resolvePrices(context.settings)
  const [{ runSync }, { openStateReadOnly }, { resolveParts }] = await Promise.all([
    import('@lagoon/sync'),
    import('@lagoon/state-lmdb'),
    import('@lagoon/transfer'),
  ])
  const { thresholdBytes, singlePutBytes, partSizeBytes } = resolveParts(options.copy ?? {})
  const { report: _, ...withoutReport } = options
  const problems: Plan['problems'][number][] = []
  const summary: SyncSummary = await runSync({
    ...withoutReport,
    dryRun: true,
    drain: context.drain,
    abort: context.abort,
    onEvent(event) {
      if (event.type === 'manifest' && event.status === 'failed') {
        const { code = 'LAGOON_UNEXPECTED', key, message = '', hint } = inCliWords(event)
        problems.push({ code, message: `${key}: ${message}`, ...(hint === undefined ? {} : { hint }) })
      }
      if (event.type !== 'summary') context.emit(event)
    },
  })
  const state = await openStateReadOnly({ directory: options.dataDir })
  const runs = [...state.runs()]
  await state.close()
  const { planned, skipped, failed, manifests } = summary
  const estimated = estimate(summary, { runs, prices })
  const plan: Plan = {
    type: 'plan',
    planned,
    skipped,
    failed,
    manifests: { toRead: manifests.completed, finished: manifests.skipped, unreadable: manifests.failed },
    parts: { thresholdBytes, singlePutBytes, partSizeBytes },
    problems,
    ...estimated,
    ...(options.shard === undefined ? {} : { shard: shardCosts(options.shard, summary, estimated.time) }),
  }
  return {
    exitCode: exitCodeOfRun(summary, context.stoppedBy()),
    data: plan,
    render: (style) => renderPlan(plan, style),
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
