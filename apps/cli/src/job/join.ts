import type { NatsEngine } from '@lagoon/jobs/nats'
import type { CopyOptions } from '@lagoon/sync'
import { resolveCopyOptions } from '../options/copy-options.js'
import type { Settings } from '../options/settings.js'
import { resolveReading, type ResolvedSyncOptions } from '../options/sync-options.js'
import { connectQueue } from '../queue/connect-queue.js'
import { refuseBesideQueue, type QueueSettings } from '../queue/queue-settings.js'

/** How long a queue is waited for whose server is being restarted, ms. */
const startPatienceMs = 10_000

/** What every command takes that opens the stores of a job. */
interface JobInputs {
  /** The caller closes it. */
  readonly engine: NatsEngine
  readonly reading: Omit<
    ResolvedSyncOptions,
    'dataDir' | 'copy' | 'dryRun' | 'reportMode' | 'listing' | 'shard'
  >
  readonly copy: CopyOptions
}

/** Reads the settings, then connects to the queue. Throws what is wrong with them, and what only makes sense on one machine. */
export async function joinQueue(settings: Settings, queue: QueueSettings): Promise<JobInputs> {
  refuseBesideQueue(settings)
  const { reportMode: _, listing: __, shard: ___, ...reading } = resolveReading(settings)
  const copy = resolveCopyOptions(settings)
  const { withRetries } = await import('@lagoon/jobs')
  const patienceMs = Math.min(queue.patienceMs ?? startPatienceMs, startPatienceMs)
  const engine = await withRetries(() => connectQueue(queue), patienceMs)
  return { engine, reading, copy }
}
