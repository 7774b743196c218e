import type { SyncSummary } from './events.js'

/** The counts of a run. completed + skipped + failed is the number of rows that have an outcome. */
export class Tally {
  planned = 0
  completed = 0
  skipped = 0
  failed = 0
  missing = 0
  bytes = 0
  throttled = 0
  /** Attempts that failed for another reason. */
  failedAttempts = 0
  readonly manifests = { completed: 0, skipped: 0, failed: 0 }

  /** Rows with an outcome so far. */
  get rows(): number {
    return this.planned + this.completed + this.skipped + this.failed
  }

  summary(rest: Pick<SyncSummary, 'durationMs' | 'requests' | 'interrupted'>): SyncSummary {
    const { planned, completed, skipped, failed, missing, bytes } = this
    return {
      planned,
      completed,
      skipped,
      failed,
      missing,
      bytes,
      durationMs: rest.durationMs,
      requests: rest.requests,
      manifests: { ...this.manifests },
      interrupted: rest.interrupted,
    }
  }
}
