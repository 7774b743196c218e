import {
  formatBytes,
  formatClock,
  formatCount,
  formatCountOf,
  formatDuration,
  formatPercent,
  formatRate,
} from '../text/format.js'
import { printable } from '../text/printable.js'
import { bytesOfRun, estimateRemaining, rowsDone, type ProgressModel } from './progress-model.js'
import type { Style } from '../text/style.js'

/** The live display, nothing between runs: a bar if the totals are known, and up to three lines that fit `width` columns. */
export function renderLive(model: ProgressModel, width: number, style: Style): string {
  const { progress } = model
  if (!model.running) return ''
  if (progress === undefined) return fit(['reading manifests …'], width)
  const lines = [headline(model, width, style), fit(speed(model), width), fit(control(model), width)]
  if (progress.waitingUntil !== null) lines.push(style.cyan(fit(waiting(progress.waitingUntil), width)))
  if (progress.paused) lines.push(style.yellow(fit(['paused; run `lagoon ctl resume` to continue'], width)))
  const failed = failures(model)
  if (failed.length > 0) lines.push(style.red(fit(failed, width)))
  if (model.stopping !== undefined) {
    lines.push(style.yellow(fit([printable(model.stopping), 'a second signal aborts'], width)))
  }
  return lines.join('\n')
}

/** One line for logs: the same figures, most important first. */
export function renderLine(model: ProgressModel): string {
  const paused = model.progress?.paused === true ? ['paused'] : []
  return [
    ...paused,
    ...percent(model),
    ...counts(model),
    ...speed(model),
    ...control(model),
    ...failures(model),
  ].join(' · ')
}

/** Of the known rows, if any. */
function percent({ progress }: ProgressModel): string[] {
  if (progress?.rows == null || progress.rows === 0) return []
  return [formatPercent(Math.min(rowsDone(progress), progress.rows), progress.rows)]
}

function headline(model: ProgressModel, width: number, style: Style): string {
  const text = counts(model)
  const rows = model.progress?.rows ?? null
  const done = rowsDone(model.progress!)
  if (rows === null || rows === 0) return fit(text, width)
  const percent = formatPercent(Math.min(done, rows), rows).padStart(5)
  const label = fit(text, Math.max(width - percent.length - 2, 0))
  const room = width - percent.length - label.length - 4
  if (room < 8) return fit([percent.trim(), ...text], width)
  const cells = Math.min(room, 24)
  const filled = Math.floor((cells * Math.min(done, rows)) / rows)
  return `${percent} ${style.cyan('━'.repeat(filled))}${style.dim('─'.repeat(cells - filled))}  ${label}`
}

function counts(model: ProgressModel): string[] {
  const { progress, totals } = model
  if (progress === undefined) return []
  const done = rowsDone(progress)
  const growing = totals?.final === true ? '' : '+'
  const rows = progress.rows === null ? '' : ` of ${formatCount(progress.rows)}${growing}`
  const manifests = totals === undefined ? '' : ` of ${formatCount(totals.manifests)}${growing}`
  const toCopy = bytesOfRun(totals?.bytes, progress)
  const about = progress.skipped > 0 ? '~' : ''
  const bytes = toCopy === null ? '' : ` of ${about}${formatBytes(toCopy)}${growing}`
  return [
    `${formatCount(done)}${rows} objects`,
    model.dryRun ? `${formatCount(progress.planned)} to copy` : `${formatBytes(progress.bytes)}${bytes}`,
    ...(progress.skipped > 0 ? [`${formatCount(progress.skipped)} already complete`] : []),
    `${formatCount(model.manifestsEnded)}${manifests} manifests`,
  ]
}

function speed(model: ProgressModel): string[] {
  const { progress } = model
  if (progress === undefined) return []
  const eta = estimateRemaining(model)
  return [
    `${formatRate(progress.objectsPerSecond)} objects/s`,
    `${formatBytes(progress.bytesPerSecond)}/s`,
    ...(eta === undefined
      ? []
      : [
          `ETA ${model.totals?.final === false ? 'at least ' : ''}${formatRange(eta)}`,
          `done by ${formatClock(Date.now() + eta.latestMs)}`,
        ]),
    `${formatDuration(progress.durationMs)} elapsed`,
  ]
}

/** `4 min`, or `3 to 5 min` if the difference is visible. */
export function formatRange({ earliestMs, latestMs }: { earliestMs: number; latestMs: number }): string {
  const earliest = coarse(earliestMs)
  const latest = coarse(latestMs)
  return earliest === latest ? earliest : `${earliest} to ${latest}`
}

function coarse(durationMs: number): string {
  return formatDuration(Math.ceil(durationMs / 1000) * 1000)
}

function waiting(until: string): string[] {
  return ['waiting for new manifests', `next scan at ${new Date(until).toLocaleTimeString('en-GB')}`]
}

function control(model: ProgressModel): string[] {
  const { progress, decision } = model
  if (progress === undefined) return []
  return [
    ...(progress.paused ? ['paused'] : []),
    `concurrency ${formatCount(progress.limit)}, ${formatCount(progress.inFlight)} in flight`,
    ...(progress.throttled > 0 ? [`${formatCount(progress.throttled)} throttled`] : []),
    ...(decision === undefined ? [] : [`last ${decision.action}: ${printable(decision.reason)}`]),
  ]
}

function failures(model: ProgressModel): string[] {
  const failed = model.progress?.failed ?? 0
  if (failed === 0) return []
  const codes = [...model.failureCodes].sort((a, b) => b[1] - a[1]).slice(0, 3)
  const listed = codes.map(([code, count]) => `${formatCount(count)} ${printable(code)}`)
  return [`${formatCountOf(failed, 'failure')}${listed.length === 0 ? '' : `: ${listed.join(', ')}`}`]
}

/** A part is not worth showing in fewer columns. */
const shortestRest = 12

/** As many of the parts as fit, the next one truncated where something of it can be read. */
function fit(parts: readonly string[], width: number): string {
  let line = ''
  for (const part of parts) {
    const longer = line === '' ? part : `${line} · ${part}`
    if (longer.length > width)
      return width - line.length < shortestRest && line !== '' ? line : cut(longer, width)
    line = longer
  }
  return line
}

function cut(text: string, width: number): string {
  return width < 2 ? text.slice(0, width) : `${text.slice(0, width - 1).trimEnd()}…`
}
