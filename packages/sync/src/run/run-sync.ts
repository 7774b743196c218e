import type { FailureRecord, State } from '@lagoon/state-lmdb'
import { createCopier } from '@lagoon/transfer'
import { asSyncError } from '../as-sync-error.js'
import { Cleanup } from '../cleanup.js'
import type { SyncSummary } from '../ports/events.js'
import { identityOfJob } from '../rows/job-identity.js'
import { openCopy, openPlan } from './open-mode.js'
import { openStores } from './open-stores.js'
import type { ResolvedOptions, RetryFilter, SyncOptions } from '../options/options.js'
import { commonParts, connectionsOf, openReport } from './parts.js'
import { addRequests } from './requests.js'
import { resolveOptions } from '../options/resolve-options.js'
import { Pipeline } from './run-pipeline.js'
import { sleep } from '../sleep.js'
import { isPassing } from '../store-trouble.js'

/**
 * Copies every object that the manifests of the source bucket name and that is not known to be at the destination. Reports through
 * `onEvent`, with the summary last.
 *
 * @returns the figures of the run; `reason` says how it ended
 * @throws errors with `code`, `message`, `hint` and `reason`: wrong options, an endpoint that can't be used, a data
 * directory that can't be used, and the error that stopped the run (after its summary)
 */
export async function runSync(options: SyncOptions): Promise<SyncSummary> {
  const cleanup = new Cleanup()
  try {
    return await run(resolveOptions(options), cleanup)
  } catch (error) {
    throw asSyncError(error)
  } finally {
    await cleanup.run()
  }
}

async function run(options: ResolvedOptions, cleanup: Cleanup): Promise<SyncSummary> {
  const { source, destination, onEvent, dryRun, concurrency, watchIntervalMs } = options
  const stores = await openStores(options, cleanup)
  const identity = identityOfJob(options)
  const trouble = new AbortController()
  const mode = dryRun
    ? await openPlan(options, identity, cleanup)
    : await openCopy(options, identity, cleanup, (error) => trouble.abort(asSyncError(error, 'state')))
  const connections = connectionsOf(options)
  const copier = createCopier({
    ...options.copy,
    source,
    destination,
    connections,
    threads: options.threads,
    ...(mode.kind === 'copy' ? { uploads: mode.state.uploads } : {}),
  })
  cleanup.add(() => copier.close())
  const runNumber = ([...mode.state.runs()].at(-1)?.number ?? 0) + 1
  const report = await openReport(options, runNumber, cleanup)

  const pipeline = new Pipeline({
    ...commonParts(options),
    manifests: stores.manifests,
    mode,
    copier,
    report,
    maxOpenObjects: 2 * connections,
    highestConcurrency: connections,
    ...(watchIntervalMs === undefined ? {} : { watch: { intervalMs: watchIntervalMs, sleep, isPassing } }),
    ...(options.retry !== undefined && mode.kind === 'copy'
      ? { retry: failuresOf(mode.state, options.retry) }
      : {}),
    trouble: trouble.signal,
    probe: stores.probe,
    requests: () => addRequests(stores.requests(), copier.requests),
  })
  if (mode.kind === 'copy') {
    const { controller: _, ...settings } = concurrency
    mode.state.startRun({
      ...identity,
      concurrency: settings,
      maxAttempts: options.maxAttempts,
      ...(options.retry === undefined ? {} : { retry: options.retry }),
    })
  }

  options.onControls?.(pipeline.controls)
  onEvent({ type: 'start', run: dryRun ? null : runNumber, ...identity, dataDir: options.dataDir, dryRun })
  let { summary, stoppedBy } = await pipeline.run()
  if (mode.kind === 'copy') {
    // A state that can't be written to its end has already stopped the run, or stops it now.
    await mode.state.finishRun(summary).catch((error: unknown) => {
      stoppedBy ??= asSyncError(error, 'state')
      summary = { ...summary, interrupted: true, reason: stoppedBy.reason }
    })
  }
  await report?.close()
  if (report?.lost === true) summary = withLostReport(summary)
  if (stores.shardRows !== undefined) summary = { ...summary, shard: stores.shardRows }
  onEvent({ type: 'summary', ...summary })
  if (stoppedBy !== null) throw stoppedBy
  return summary
}

/** A lost report is a failure of the run, even if every object is there. */
function withLostReport(summary: SyncSummary): SyncSummary {
  return { ...summary, reportLost: true, reason: summary.reason === 'finished' ? 'failures' : summary.reason }
}

function failuresOf(state: State, { manifest, ...filter }: RetryFilter): () => Iterable<FailureRecord> {
  return function* () {
    for (const failure of state.failures(filter)) {
      if (manifest === undefined || failure.manifest.key === manifest) yield failure
    }
  }
}
