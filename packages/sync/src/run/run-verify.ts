import { createInspector } from '@lagoon/transfer'
import { asSyncError } from '../as-sync-error.js'
import { Cleanup } from '../cleanup.js'
import type { SyncSummary } from '../ports/events.js'
import { openStores } from './open-stores.js'
import { describeEndpoint } from '../rows/job-identity.js'
import type { SyncOptions } from '../options/options.js'
import { resolveOptions } from '../options/resolve-options.js'
import { commonParts, openReport } from './parts.js'
import type { ReportPort } from '../ports/report.js'
import { addRequests } from './requests.js'
import { Pipeline } from './run-pipeline.js'
import type { Comparison } from '../verify/compare-objects.js'
import { Comparer, type EvidenceCounts } from '../verify/comparer.js'
import { nullState } from '../verify/null-state.js'

/** The options of a verification; of `copy` only the key mapping applies. */
export interface VerifyOptions extends Omit<SyncOptions, 'dataDir' | 'dryRun' | 'watchIntervalMs'> {
  /** What to compare beside size and ETag. Default nothing. */
  readonly compare?: Partial<Comparison>
}

/** The result of a verification. */
export interface VerifySummary extends Pick<
  SyncSummary,
  'bytes' | 'durationMs' | 'requests' | 'manifests' | 'interrupted' | 'reason'
> {
  /** Rows whose object is identical on both sides: etag + checksum + size. */
  readonly same: number
  readonly by: EvidenceCounts
  /** Rows whose object or copy is missing or differs, and those that could not be checked or name no usable key. */
  readonly different: number
  /** Among the different: the object is not at the source. */
  readonly missing: number
}

/**
 * Compares every object that the manifests name with its copy, by what both stores report, and changes nothing. It processes every row,
 * whatever a state says. Reports through `onEvent` like `runSync`, with `verifying` instead of `start` and without a `summary`.
 *
 * @throws errors with `code`, `message`, `hint` and `reason`: wrong options, an endpoint that can't be used
 */
export async function runVerify(options: VerifyOptions): Promise<VerifySummary> {
  const cleanup = new Cleanup()
  try {
    return await verify(options, cleanup)
  } catch (error) {
    throw asSyncError(error)
  } finally {
    await cleanup.run()
  }
}

async function verify({ compare, ...given }: VerifyOptions, cleanup: Cleanup): Promise<VerifySummary> {
  const options = resolveOptions({ ...given, dataDir: '' })
  const { source, destination, concurrency, copy = {} } = options
  const comparison = { checksums: false, metadata: false, tags: false, ...compare }
  const stores = await openStores(options, cleanup)
  const connections = Math.max(concurrency.max, concurrency.fixed ?? 0)
  const { checksums, tags } = comparison
  const inspector = createInspector({ source, destination, connections, checksums, tags })
  cleanup.add(() => inspector.close())
  const comparer = new Comparer(inspector, comparison, copy)
  const report = await openReport(options, 0, cleanup)
  const pipeline = new Pipeline({
    ...commonParts(options),
    manifests: stores.manifests,
    mode: { kind: 'copy', state: nullState() },
    copier: comparer,
    report: report && sameAsSkipped(report),
    allowDuplicates: true,
    maxOpenObjects: 2 * connections,
    highestConcurrency: connections,
    probe: stores.probe,
    requests: () => addRequests(stores.requests(), comparer.requests),
  })
  options.onControls?.(pipeline.controls)
  options.onEvent({
    type: 'verifying',
    source: describeEndpoint(source),
    destination: describeEndpoint(destination),
  })
  const { summary, stoppedBy } = await pipeline.run()
  await report?.close()
  if (stoppedBy !== null) throw stoppedBy
  const { completed, failed, missing, bytes, durationMs, requests, manifests, interrupted } = summary
  const reason = report?.lost === true && summary.reason === 'finished' ? 'failures' : summary.reason
  return {
    same: completed,
    by: { ...comparer.counts },
    different: failed,
    missing,
    bytes,
    durationMs,
    requests,
    manifests,
    interrupted,
    reason,
  }
}

/** A run would skip an object that is identical on both sides. */
function sameAsSkipped(report: ReportPort): ReportPort {
  return {
    write: (row) => report.write(row.outcome === 'copied' ? { ...row, outcome: 'skipped' } : row),
    idle: () => report.idle(),
    close: () => report.close(),
  }
}
