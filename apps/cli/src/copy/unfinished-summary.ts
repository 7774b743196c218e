import type { ProgressEvent, SyncSummary } from '@lagoon/sync'

/** The summary of a run that had to be aborted: the latest known figures. Unknown ones are 0. */
export function unfinishedSummary(progress: ProgressEvent | undefined): { type: 'summary' } & SyncSummary {
  const {
    planned = 0,
    completed = 0,
    skipped = 0,
    failed = 0,
    missing = 0,
    bytes = 0,
    durationMs = 0,
  } = progress ?? {}
  return {
    type: 'summary',
    planned,
    completed,
    skipped,
    failed,
    missing,
    bytes,
    durationMs,
    requests: { source: 0, destination: 0 },
    manifests: { completed: 0, skipped: 0, failed: 0 },
    interrupted: true,
    reason: 'signal',
  }
}
