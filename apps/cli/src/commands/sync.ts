import { runCopy } from '../copy/run-copy.js'
import { resolveSyncOptions } from '../options/sync-options.js'
import { resolveWatch } from '../options/watch.js'
import { commands } from './catalogue.js'
import type { CommandContext, CommandOutcome } from './command.js'

/** Copies what the manifests name, or says what it would copy. */
export async function run(context: CommandContext): Promise<CommandOutcome> {
  const options = resolveSyncOptions(context.settings)
  const watch = resolveWatch(context.settings, options)
  return runCopy(context, { ...options, ...watch }, commands.sync.flags)
}
