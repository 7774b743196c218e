import { runCopy } from '../copy/run-copy.js'
import { booleanFlag } from '../options/flag-values.js'
import { resolveSyncOptions } from '../options/sync-options.js'
import { resolveWatch } from '../options/watch.js'
import { resolveQueue } from '../queue/queue-settings.js'
import { commands } from '../command-specs/commands.js'
import type { CommandContext, CommandOutcome } from '../output/command.js'

/** Copies what the manifests name, or shows what it would copy. */
export async function run(context: CommandContext): Promise<CommandOutcome> {
  const queue = resolveQueue(context.settings)
  if (queue !== undefined) {
    if (booleanFlag(context.settings, 'dry-run')) {
      const { dryRunOnQueue } = await import('../job/dry-run.js')
      return dryRunOnQueue(context, queue)
    }
    const { workOnQueue } = await import('../job/work.js')
    return workOnQueue(context, queue, { plan: true, settingNames: commands.sync.flags })
  }
  const options = resolveSyncOptions(context.settings)
  const watch = resolveWatch(context.settings, options)
  return runCopy(context, { ...options, ...watch }, commands.sync.flags)
}
