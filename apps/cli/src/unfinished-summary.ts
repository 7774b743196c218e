import type { SyncSummary } from '@lagoon/sync'
import type { ProgressModel } from './output/progress-model.js'

/** The summary of a run that had to be cut off: the figures last heard of. What is not known then is 0. */
export function unfinishedSummary({
  progress,
  manifestsEnded,
}: ProgressModel): { type: 'summary' } & SyncSummary {
  return {
    type: 'summary',
    planned: progress?.planned ?? 0,
    completed: progress?.completed ?? 0,
    skipped: progress?.skipped ?? 0,
    failed: progress?.failed ?? 0,
    missing: progress?.missing ?? 0,
    bytes: progress?.bytes ?? 0,
    durationMs: progress?.durationMs ?? 0,
    requests: { source: 0, destination: 0 },
    manifests: { completed: manifestsEnded, skipped: 0, failed: 0 },
    interrupted: true,
  }
}
