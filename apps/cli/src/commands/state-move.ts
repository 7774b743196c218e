import { exitCodes } from '../errors/exit-codes.js'
import { resolveSyncOptions } from '../options/sync-options.js'
import { printable } from '../text/printable.js'
import type { CommandContext, CommandOutcome } from '../output/command.js'

/**
 * Makes a data directory belong to the stores in the present settings: the same buckets under other endpoints or aliases. Takes the
 * directory's lock: no run may be active.
 */
export async function run({ settings }: CommandContext): Promise<CommandOutcome> {
  const options = resolveSyncOptions(settings)
  const [{ identityOfJob }, { moveState }] = await Promise.all([
    import('@lagoon/sync'),
    import('@lagoon/state-lmdb'),
  ])
  const { dataDir: directory } = options
  const moved = await moveState({ directory, identity: identityOfJob(options) })
  return {
    exitCode: exitCodes.ok,
    data: { type: 'moved', before: moved?.before ?? null, after: moved?.after ?? null },
    render: () =>
      moved === null
        ? `No run has used ${printable(directory)} yet: there is nothing to move.\n`
        : `State in ${printable(directory)}:\n` +
          `  before  ${printable(moved.before.source)} to ${printable(moved.before.destination)}\n` +
          `  now     ${printable(moved.after.source)} to ${printable(moved.after.destination)}\n`,
  }
}
