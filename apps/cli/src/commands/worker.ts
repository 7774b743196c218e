import { requireQueue } from '../queue/queue-settings.js'
import { workOnQueue } from '../job/work.js'
import { commands } from '../command-specs/commands.js'
import type { CommandContext, CommandOutcome } from '../output/command.js'

/** Works on a job that exists, and adds no manifests to it: it needs not list the source. */
export function run(context: CommandContext): Promise<CommandOutcome> {
  const queue = requireQueue(context.settings)
  return workOnQueue(context, queue, { plan: false, settingNames: commands.worker.flags })
}
