import type { ManifestStatus } from '@lagoon/jobs'
import { rowsOf } from '@lagoon/jobs'
import type { JobResult, WorkerResult } from '../queue/job-status.js'
import {
  formatBytes,
  formatClock,
  formatCount,
  formatCountOf,
  formatDuration,
  formatMoment,
  formatPercent,
  formatRate,
} from '../text/format.js'
import { printable } from '../text/printable.js'
import type { Style } from '../text/style.js'

/**
 * The answer to "how far is the job?".
 * @param view.limit workers and manifests that are listed; @param view.failures the command that lists what failed
 */
export function renderJobStatus(
  status: JobResult,
  view: { readonly limit: number; readonly failures: string },
  style: Style,
): string {
  const { job, task, counts, manifests, workers } = status
  const [kind, good, bad] =
    task === 'verify' ? ['Verification', 'identical', 'difference'] : ['Job', 'complete', 'failure']
  const lines = [
    `${kind} ${printable(job)}: ${formatCountOf(counts.complete, 'object')} ${good}, ${formatCountOf(counts.failed, bad)}, ` +
      `${formatCount(counts.manifestsFinished)} of ${formatCountOf(manifests.length, 'known manifest')} finished.`,
    ...describeJob(status, style),
  ]
  if (workers.length > 0 && view.limit > 0) {
    lines.push('', style.bold('Workers'), ...firstOf(workers, view.limit, (worker) => describeWorker(worker)))
  }
  if (manifests.length > 0 && view.limit > 0) {
    const sorted = [...manifests].sort((a, b) => rank(a) - rank(b))
    lines.push('', style.bold('Manifests'), ...firstOf(sorted, view.limit, describeManifest))
  }
  if (counts.failed > 0) lines.push('', `Show what failed and why: ${view.failures}`)
  return `${lines.join('\n')}\n`
}

/** A job and its workers, and what holds for them. */
export function renderJobControl(status: JobResult, style: Style): string {
  return `${[...describeJob(status, style), ...status.workers.map(describeWorker)].join('\n')}\n`
}

/** Lines about a job: its state, progress, rate and limits. */
function describeJob(status: JobResult, style: Style): string[] {
  const { task, rows, outcomes, items, workers, eta, settings } = status
  const { copied, skipped, failed, missing, excluded, bytes } = outcomes
  const done = rowsOf(outcomes)
  const figures = [
    `${formatCount(copied)} ${task === 'verify' ? 'identical' : 'copied'} (${formatBytes(bytes)})`,
    ...(task === 'verify' ? [] : [`${formatCount(skipped)} skipped`]),
    ...(excluded > 0 ? [`${formatCount(excluded)} left out`] : []),
    `${formatCount(failed + missing)} ${task === 'verify' ? 'different' : 'failed'}${missing > 0 ? ` (${formatCount(missing)} missing at the source)` : ''}`,
  ]
  const rate = `${formatRate(status.objectsPerSecond)} objects/s, ${formatBytes(status.bytesPerSecond)}/s`
  return [
    headline(status, style),
    rows === 0
      ? '  No rows are known yet.'
      : `  ${formatCount(done)} of ${formatCount(rows)} rows (${formatPercent(Math.min(done, rows), rows)}): ${figures.join(', ')}`,
    `  ${formatCount(items.done)} of ${formatCountOf(items.total, 'item')} done, ${formatCount(items.held)} held`,
    ...(status.state === 'over'
      ? []
      : [
          `  ${formatCountOf(workers.length, 'worker')}, ${rate}${eta === null ? '' : `, ${remaining(eta)}`}`,
        ]),
    ...describeSettings(settings).map((line) => `  ${line}`),
  ]
}

function headline({ state, paused, createdAt, workers }: JobResult, style: Style): string {
  const since = `since ${formatMoment(createdAt)}`
  if (state === 'over') return style.dim(`The job is over; it was created ${formatMoment(createdAt)}.`)
  if (paused)
    return style.yellow(`The job is paused by the operator; it was created ${formatMoment(createdAt)}.`)
  if (workers.length === 0) {
    return style.yellow(
      `No worker is running; the job was created ${formatMoment(createdAt)}. Start one with lagoon --queue.`,
    )
  }
  const planning = state === 'planning' ? ' Manifests are still being planned.' : ''
  return style.green(`The job is running ${since}.${planning}`)
}

function remaining(eta: string): string {
  const at = Date.parse(eta)
  return `ETA ${formatDuration(Math.max(at - Date.now(), 0))}, done by ${formatClock(at)}`
}

function describeSettings(settings: JobResult['settings']): string[] {
  const set = Object.entries(settings).map(([name, value]) => `${name}=${value === null ? 'none' : value}`)
  return set.length === 0 ? [] : [`Set by the operator: ${printable(set.join(' '))}`]
}

/** One line, or two where the worker has something to complain of. */
function describeWorker(worker: WorkerResult): string {
  const { id, host, pid, items, inFlight, limit, objectsPerSecond, bytesPerSecond, lastError, paused } =
    worker
  const place = [host ?? undefined, pid === null ? undefined : `process ${pid}`].filter(
    (part) => part !== undefined,
  )
  const parts = [
    ...(paused ? ['paused'] : []),
    formatCountOf(items, 'item'),
    ...(inFlight === null
      ? []
      : [`${formatCount(inFlight)}${limit === null ? '' : ` of ${formatCount(limit)}`} in flight`]),
    ...(objectsPerSecond === null ? [] : [`${formatRate(objectsPerSecond)} objects/s`]),
    ...(bytesPerSecond === null ? [] : [`${formatBytes(bytesPerSecond)}/s`]),
    ...(worker.silent ? [`silent for ${formatDuration(worker.ageMs)}`] : []),
    ...describeSettings(worker.settings),
  ]
  const where = place.length === 0 ? '' : ` on ${place.join(', ')}`
  const error = lastError === null ? '' : `\n    last error: ${printable(lastError)}`
  return `  ${printable(id)}${printable(where)}  ${parts.join(', ')}${error}`
}

function describeManifest({ key, stage, rows, counts, problem, superseded }: ManifestStatus): string {
  const failed = counts.failed + counts.missing
  const failures = failed === 0 ? '' : `, ${formatCount(failed)} failed`
  const name = `  ${printable(key)}  `
  if (superseded === true)
    return `${name}replaced by a newer version, ${formatCountOf(rowsOf(counts), 'row')} settled`
  if (problem !== undefined)
    return `${name}cannot be read: ${printable(problem.message)} (${printable(problem.code)})`
  if (stage === 'finished') return `${name}finished, ${formatCountOf(rows ?? 0, 'row')}${failures}`
  const of = rows === null ? '' : ` of ${formatCount(rows)}`
  return `${name}in progress, ${formatCount(rowsOf(counts))}${of} rows settled${failures}`
}

/** Those with something left to do first, then those with failures. */
function rank({ stage, problem, counts }: ManifestStatus): number {
  if (problem !== undefined) return 0
  if (stage === 'open') return 1
  return counts.failed + counts.missing > 0 ? 2 : 3
}

function firstOf<T>(all: readonly T[], limit: number, describe: (each: T) => string): string[] {
  const lines = all.slice(0, limit).map((each) => describe(each))
  const rest = all.length - lines.length
  return rest === 0 ? lines : [...lines, `  and ${formatCount(rest)} more (--limit, or --json for all)`]
}
