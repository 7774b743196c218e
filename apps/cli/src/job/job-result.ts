import { rowsOf, type JobStatus, type WorkerStatus } from '@lagoon/jobs'
import type { JobResult, WorkerResult } from '../queue/job-status.js'

/** A worker describes itself every five seconds. */
const SILENT_AFTER_MS = 15_000

/** The status of a job in the form in which it is shown. @param now milliseconds since the epoch */
export function jobResult(status: JobStatus, now = Date.now()): JobResult {
  const { job, meta, counts, rows, items, manifests, control } = status
  const workers = status.workers.map((worker) => workerResult(worker, status))
  const sum = (of: (worker: WorkerResult) => number | null): number =>
    workers.reduce((total, worker) => total + (worker.silent ? 0 : (of(worker) ?? 0)), 0)
  const objectsPerSecond = sum((worker) => worker.objectsPerSecond)
  const left = rows - rowsOf(counts)
  return {
    type: 'status',
    job,
    task: meta.settings.task === 'verify' ? 'verify' : 'copy',
    state: meta.state,
    createdAt: new Date(meta.createdAt).toISOString(),
    counts: {
      complete: counts.copied + counts.skipped,
      failed: counts.failed + counts.missing,
      manifestsFinished: manifests.filter(({ stage }) => stage === 'finished').length,
    },
    rows,
    outcomes: counts,
    items,
    paused: control.paused === true,
    settings: control.settings ?? {},
    objectsPerSecond,
    bytesPerSecond: sum((worker) => worker.bytesPerSecond),
    eta:
      left > 0 && objectsPerSecond > 0
        ? new Date(now + (1000 * left) / objectsPerSecond).toISOString()
        : null,
    workers,
    manifests: [...manifests].sort((a, b) => (a.key < b.key ? -1 : 1)),
  }
}

function workerResult(
  { id, items, paused, ageMs, presence }: WorkerStatus,
  { control }: JobStatus,
): WorkerResult {
  const number = (name: string): number | null => {
    const value = presence[name]
    return typeof value === 'number' ? value : null
  }
  const text = (name: string): string | null => {
    const value = presence[name]
    return typeof value === 'string' ? value : null
  }
  return {
    id,
    host: text('host'),
    pid: number('pid'),
    version: text('version'),
    items: items.length,
    inFlight: number('inFlight'),
    limit: number('limit'),
    objectsPerSecond: number('objectsPerSecond'),
    bytesPerSecond: number('bytesPerSecond'),
    lastError: text('lastError'),
    paused,
    settings: control.workers?.[id]?.settings ?? {},
    ageMs,
    silent: ageMs > SILENT_AFTER_MS,
  }
}
