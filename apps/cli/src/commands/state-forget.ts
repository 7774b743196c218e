import { CliError } from '../errors/cli-error.js'
import { exitCodes } from '../errors/exit-codes.js'
import { booleanFlag } from '../options/flag-values.js'
import { resolveDataDir } from '../options/sync-options.js'
import { resolveQueue } from '../queue/queue-settings.js'
import { formatCount, formatCountOf } from '../text/format.js'
import { printable } from '../text/printable.js'
import type { CommandContext, CommandOutcome } from '../output/command.js'

/**
 * Makes the next run, or the workers of a job, check keys or manifests again. Takes the lock of a data directory: no run may be active
 * there.
 */
export async function run({ settings, positionals }: CommandContext): Promise<CommandOutcome> {
  const valuesOf = (name: 'key' | 'manifest') => settings.all(name).map(({ value }) => value)
  const keys = [...positionals, ...valuesOf('key')]
  const manifests = valuesOf('manifest')
  const failed = booleanFlag(settings, 'failed')
  if (keys.length === 0 && manifests.length === 0 && !failed) {
    throw new CliError(
      'LAGOON_CLI_USAGE',
      'state forget needs keys, manifests or --failed',
      'Use --key KEY for objects, --manifest KEY for manifests, or --failed for everything that failed.',
    )
  }
  const queue = resolveQueue(settings)
  if (queue !== undefined) {
    const { forgetInJob } = await import('../job/forget.js')
    return forgetInJob(queue, { keys, manifests, failed })
  }
  const directory = resolveDataDir(settings)
  const { forgetInState } = await import('@lagoon/state-lmdb')
  const forgotten = await forgetInState({
    directory,
    keys,
    manifests,
    failed,
  })
  return {
    exitCode: exitCodes.ok,
    data: { type: 'forgotten', ...forgotten },
    render: () =>
      forgotten.keys + forgotten.manifests + forgotten.failures === 0
        ? `Nothing forgotten: ${printable(directory)} has no record of the given keys or manifests.\n`
        : `Forgotten in ${printable(directory)}: ${formatCountOf(forgotten.keys, 'key')}, ${formatCountOf(forgotten.manifests, 'manifest')}, ` +
          `${formatCount(forgotten.failures)} failures. The next run checks them again.\n`,
  }
}
