import type { LiveRun } from './live-file.js'
import {
  formatBytes,
  formatClock,
  formatCount,
  formatDuration,
  formatMoment,
  formatPercent,
  formatRate,
} from '../text/format.js'
import { printable } from '../text/printable.js'
import { bytesOfRun, rowsDone } from './progress-model.js'
import { formatRange } from './render-progress.js'
import type { Style } from '../text/style.js'

/** A running sync and its limits. */
export function renderControl(run: LiveRun, style: Style): string {
  return `${describeRunning(run, style).join('\n')}\n`
}

/** Lines about a running sync: process, progress, rates, limits. */
export function describeRunning(run: LiveRun, style: Style): string[] {
  const { pid, host, startedAt, control } = run
  const since = `process ${pid} on ${printable(host)}, since ${formatMoment(startedAt)}`
  return [
    control.pausedBy.length === 0
      ? style.green(`A run is active: ${since}.`)
      : style.yellow(`A run is paused by the ${control.pausedBy.join(' and the ')}: ${since}.`),
    ...figures(run).map((line) => `  ${line}`),
    ...held(run).map((line) => `  ${line}`),
  ]
}

function figures({ progress, manifests, bytesTotal, eta }: LiveRun): string[] {
  if (progress === null) return ['no figures yet']
  const done = rowsDone(progress)
  const share =
    progress.rows === null ? '' : ` (${formatPercent(Math.min(done, progress.rows), progress.rows)})`
  const rows = progress.rows === null ? '' : ` of ${formatCount(progress.rows)}`
  const toCopy = bytesOfRun(bytesTotal, progress)
  const about = progress.skipped > 0 ? '~' : ''
  const bytes = toCopy === null ? '' : ` of ${about}${formatBytes(toCopy)}`
  const latency =
    progress.latencyMs === null ? '' : `, first byte after ${formatDuration(progress.latencyMs.p50)} (median)`
  return [
    `${formatCount(done)}${rows} objects${share}: ${formatCount(progress.completed)} copied, ${formatCount(progress.skipped)} skipped, ${formatCount(progress.failed)} failed`,
    `${formatBytes(progress.bytes)}${bytes}, ${formatCount(manifests.ended)} of ${formatCount(manifests.found)} manifests`,
    ...(eta == null ? [] : [remaining(eta)]),
    ...(progress.waitingUntil === null
      ? []
      : [`Nothing left to do; scanning for new manifests again at ${formatMoment(progress.waitingUntil)}.`]),
    `${formatRate(progress.objectsPerSecond)} objects/s, ${formatBytes(progress.bytesPerSecond)}/s, concurrency ${formatCount(progress.limit)}, ${formatCount(progress.throttled)} throttled${latency}`,
  ]
}

/** How long it will take, and until when. */
function remaining({ earliest, latest }: NonNullable<LiveRun['eta']>): string {
  const range = formatRange({ earliestMs: msUntil(earliest), latestMs: msUntil(latest) })
  return `ETA ${range}, done by ${formatClock(Date.parse(latest))}`
}

function msUntil(time: string): number {
  return Math.max(Date.parse(time) - Date.now(), 0)
}

/** The limits in force, if any. */
function held({ control: { limits, schedule } }: LiveRun): string[] {
  const { minConcurrency, maxConcurrency, maxBytesPerSecond, maxRequestsPerSecond } = limits
  const bounds =
    minConcurrency === undefined
      ? `${maxConcurrency} in flight`
      : `${minConcurrency} to ${maxConcurrency} in flight`
  const caps = [
    bounds,
    ...(maxBytesPerSecond == null ? [] : [`at most ${formatBytes(maxBytesPerSecond)}/s`]),
    ...(maxRequestsPerSecond == null ? [] : [`at most ${formatCount(maxRequestsPerSecond)} requests/s`]),
  ]
  const lines = [`Limits: ${caps.join(', ')}.`]
  if (schedule !== null) {
    lines.push(
      `Schedule (${printable(schedule.timeZone)}): ${printable(schedule.text)}; now ${printable(schedule.now ?? 'no entry')}.`,
    )
  }
  return lines
}
