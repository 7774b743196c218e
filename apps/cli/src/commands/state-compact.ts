import { exitCodes } from '../errors/exit-codes.js'
import { resolveDataDir } from '../options/sync-options.js'
import { formatBytes } from '../text/format.js'
import { printable } from '../text/printable.js'
import type { CommandContext, CommandOutcome } from '../output/command.js'

/** Rewrites the state without the space it no longer needs. Takes the data directory's lock: no run may be active. */
export async function run({ settings }: CommandContext): Promise<CommandOutcome> {
  const directory = resolveDataDir(settings)
  const { compactState } = await import('@lagoon/state-lmdb')
  const { bytesBefore, bytesAfter } = await compactState({ directory })
  return {
    exitCode: exitCodes.ok,
    data: { type: 'compacted', bytesBefore, bytesAfter },
    render: () =>
      `State in ${printable(directory)}: ${formatBytes(bytesBefore)} before, ${formatBytes(bytesAfter)} now.\n`,
  }
}
