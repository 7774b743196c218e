import type { AbandonedUpload, UploadLedger } from '@lagoon/transfer'
import { exitCodes } from '../errors/exit-codes.js'
import { booleanFlag } from '../options/flag-values.js'
import { resolveSyncOptions, type ResolvedSyncOptions } from '../options/sync-options.js'
import { formatBytes, formatCountOf } from '../text/format.js'
import { printable } from '../text/printable.js'
import { resolveQueue, type QueueSettings } from '../queue/queue-settings.js'
import type { CommandContext, CommandOutcome } from '../output/command.js'

/** Aborts the uploads of a ledger, or lists them. */
type Abandon = (uploads: UploadLedger) => Promise<AbandonedUpload[]>

/**
 * Aborts the uploads that stopped runs, or workers that have left a job, left open at the destination; with `--dry-run` it only lists
 * them. A later run copies these objects from the beginning.
 */
export async function run({ settings, drain }: CommandContext): Promise<CommandOutcome> {
  const options = resolveSyncOptions(settings)
  const dryRun = booleanFlag(settings, 'dry-run')
  const { abandonUploads } = await import('@lagoon/transfer')
  const { destination } = options
  const abandon: Abandon = (uploads) => allOf(abandonUploads({ destination, uploads, dryRun, signal: drain }))
  const queue = resolveQueue(settings)
  const { uploads, inUse } =
    queue === undefined ? await inState(options, abandon) : await inJob(queue, abandon)
  const failed = uploads.filter(({ outcome }) => outcome === 'failed').length
  const bytes = uploads.reduce((sum, { held }) => sum + (held?.bytes ?? 0), 0)
  return {
    exitCode: failed > 0 ? exitCodes.failures : exitCodes.ok,
    rows: () => uploads.map((upload) => ({ type: 'upload', ...upload })),
    data: { type: 'cleanup', uploads: uploads.length, failed, bytes, dryRun, ...(inUse > 0 && { inUse }) },
    render: () =>
      uploads.map(renderUpload).join('') +
      `${formatCountOf(uploads.length, 'upload')}, ${formatBytes(bytes)} ${dryRun ? 'held' : 'freed'}` +
      `${failed > 0 ? `; ${failed} failed: run the same command again` : ''}.\n` +
      (inUse > 0 ? `${formatCountOf(inUse, 'upload')} of running workers left alone.\n` : ''),
  }
}

interface Found {
  readonly uploads: readonly AbandonedUpload[]
  /** Skipped, because a worker is using them. */
  readonly inUse: number
}

/** Takes the data directory's lock, so that no active run loses its own uploads. */
async function inState(options: ResolvedSyncOptions, abandon: Abandon): Promise<Found> {
  const [{ identityOfJob }, { openState, openStateReadOnly }] = await Promise.all([
    import('@lagoon/sync'),
    import('@lagoon/state-lmdb'),
  ])
  const place = { directory: options.dataDir, identity: identityOfJob(options) }
  const known = await openStateReadOnly(place)
  const nothing = known.uploads.entries().next().done === true
  await known.close()
  if (nothing) return { uploads: [], inUse: 0 }
  const state = await openState(place)
  try {
    const uploads = await abandon(state.uploads)
    await state.flush()
    return { uploads, inUse: 0 }
  } finally {
    await state.close()
  }
}

/** Skips the uploads of active workers. */
async function inJob(queue: QueueSettings, abandon: Abandon): Promise<Found> {
  const [{ onJob }, { leftUploads }] = await Promise.all([
    import('../queue/on-job.js'),
    import('../job/left-uploads.js'),
  ])
  return onJob(queue, async ({ job }) => {
    const left = await leftUploads(job)
    const uploads = await abandon(left.ledger)
    await left.flush()
    return { uploads, inUse: left.inUse() }
  })
}

async function allOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

function renderUpload({ destinationKey, held, outcome, failure }: AbandonedUpload): string {
  const parts =
    held === null
      ? 'no longer at the store'
      : `${formatCountOf(held.parts, 'part')}, ${formatBytes(held.bytes)}`
  const reason = failure === undefined ? '' : `: ${printable(failure.message)}`
  return `${outcome.padEnd(8)} ${printable(destinationKey)} (${parts})${reason}\n`
}
