import type { AbandonedUpload } from '@lagoon/transfer'
import { exitCodes } from '../exit-codes.js'
import { booleanFlag } from '../options/flag-values.js'
import { resolveSyncOptions } from '../options/sync-options.js'
import { formatBytes, formatCountOf } from '../output/format.js'
import { printable } from '../output/printable.js'
import type { CommandContext, CommandOutcome } from './command.js'

/**
 * Aborts the uploads that stopped runs left open at the destination. Takes the data directory's lock, so that no run under way loses its own;
 * with `--dry-run` it only reads. A later run begins these objects anew.
 */
export async function run({ settings, drain }: CommandContext): Promise<CommandOutcome> {
  const options = resolveSyncOptions(settings)
  const dryRun = booleanFlag(settings, 'dry-run')
  const [{ abandonUploads }, { identityOfJob }, { openState, openStateReadOnly }] = await Promise.all([
    import('@lagoon/transfer'),
    import('@lagoon/sync'),
    import('@lagoon/state-lmdb'),
  ])
  const place = { directory: options.dataDir, identity: identityOfJob(options) }
  const known = await openStateReadOnly(place)
  const nothing = known.uploads.entries().next().done === true
  await known.close()

  const uploads: AbandonedUpload[] = []
  if (!nothing) {
    const state = await openState(place)
    try {
      const { destination } = options
      for await (const upload of abandonUploads({
        destination,
        uploads: state.uploads,
        dryRun,
        signal: drain,
      })) {
        uploads.push(upload)
      }
      await state.flush()
    } finally {
      await state.close()
    }
  }
  const failed = uploads.filter(({ outcome }) => outcome === 'failed').length
  const bytes = uploads.reduce((sum, { held }) => sum + (held?.bytes ?? 0), 0)
  return {
    exitCode: failed > 0 ? exitCodes.failures : exitCodes.ok,
    rows: () => uploads.map((upload) => ({ type: 'upload', ...upload })),
    data: { type: 'cleanup', uploads: uploads.length, failed, bytes, dryRun },
    render: () =>
      uploads.map(renderUpload).join('') +
      `${formatCountOf(uploads.length, 'upload')}, ${formatBytes(bytes)} ${dryRun ? 'held' : 'let go of'}` +
      `${failed > 0 ? `; ${failed} failed: run the same command again` : ''}.\n`,
  }
}

function renderUpload({ destinationKey, held, outcome, failure }: AbandonedUpload): string {
  const parts =
    held === null ? 'gone at the store' : `${formatCountOf(held.parts, 'part')}, ${formatBytes(held.bytes)}`
  const reason = failure === undefined ? '' : `: ${printable(failure.message)}`
  return `${outcome.padEnd(8)} ${printable(destinationKey)} (${parts})${reason}\n`
}
