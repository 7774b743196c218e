import type { SyncSummary } from '@lagoon/sync'
import type { ResolvedSyncOptions } from '../options/sync-options.js'
import { commandLine } from './command-line.js'
import { formatBytes, formatCount, formatCountOf, formatDuration, formatRate } from '../text/format.js'
import { printable } from '../text/printable.js'
import type { Style } from '../text/style.js'

export interface SummaryView {
  readonly summary: SyncSummary
  readonly options: Pick<ResolvedSyncOptions, 'dryRun' | 'report' | 'reportMode'>
  /** When the listing was made that an earlier run left, ISO 8601; undefined where there is none. */
  readonly keptListing?: string | undefined
  /** Failures of this run by their code. */
  readonly codes: ReadonlyMap<string, number>
  /** Classes of these failures, and `manifest` if a manifest could not be read for a temporary reason. */
  readonly classes: ReadonlySet<string>
  readonly argv: readonly string[]
  /** Flags that name the job, for other commands about it. */
  readonly job: readonly string[]
  readonly tool: string
}

/** The last screen of a run: what was done, what was not and why, and the next steps. */
export function renderSummary(view: SummaryView, style: Style): string {
  const { summary, options } = view
  const lines = options.dryRun === true ? planned(summary) : done(summary, style)
  lines.push(manifests(summary))
  if (isEmpty(summary) && !summary.interrupted) lines.push(style.yellow(nothingFound))
  if (view.keptListing !== undefined)
    lines.push(`Used the listing of ${view.keptListing}; --rescan also finds objects that came later.`)
  lines.push(...failed(view, style))
  if (summary.reportLost === true)
    lines.push(style.red('The report is incomplete because it could no longer be written.'))
  const next = nextSteps(view)
  if (next.length > 0) lines.push('', style.bold('Next steps'), ...next.map((line) => `  ${line}`))
  return `${lines.join('\n')}\n`
}

/** What is said where {@link isEmpty} is true. */
export const nothingFound = 'Nothing was found: no manifest names an object, or the filters left none.'

/** Not a single object was named. */
export function isEmpty({ planned, completed, skipped, failed }: SyncSummary): boolean {
  return planned + completed + skipped + failed === 0
}

function planned(summary: SyncSummary): string[] {
  const { bytes = 0, withoutSize = 0 } = summary.plan ?? {}
  const size = bytes === 0 ? '' : `, ${withoutSize > 0 ? 'at least ' : ''}${formatBytes(bytes)}`
  return [
    `A run would copy ${formatCountOf(summary.planned, 'object')}${size}; ${formatCount(summary.skipped)} are complete or named twice. Nothing was changed.`,
  ]
}

function done(summary: SyncSummary, style: Style): string[] {
  const seconds = Math.max(summary.durationMs, 1) / 1000
  const lines = [
    `${style.bold(`Copied ${formatCountOf(summary.completed, 'object')}`)}, ${formatBytes(summary.bytes)} in ${formatDuration(summary.durationMs)}: ` +
      `${formatRate(summary.completed / seconds)} objects/s, ${formatBytes(summary.bytes / seconds)}/s.`,
  ]
  if (summary.skipped > 0)
    lines.push(`Skipped ${formatCount(summary.skipped)}: already complete or named twice.`)
  const { source, destination } = summary.requests
  lines.push(
    `Requests: ${formatCount(source)} to the source, ${formatCount(destination)} to the destination.`,
  )
  return lines
}

function manifests({ manifests: { completed, skipped, failed } }: SyncSummary): string {
  return `Manifests: ${formatCount(completed)} finished, ${formatCount(skipped)} already finished, ${formatCount(failed)} unreadable.`
}

/**
 * How many rows failed, and of which codes; nothing if none did.
 * @param title a line above the codes
 */
export function failed(
  { summary, codes }: Pick<SummaryView, 'summary' | 'codes'>,
  style: Style,
  title?: string,
): string[] {
  if (summary.failed === 0) return []
  const missing = summary.missing > 0 ? `, ${formatCount(summary.missing)} of them missing at the source` : ''
  const listed = [...codes].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
  return [
    style.red(`Failed ${formatCount(summary.failed)}${missing}.`),
    ...(title === undefined || listed.length === 0 ? [] : [title]),
    ...listed.map(([code, times]) => `  ${formatCount(times).padStart(9)}  ${printable(code)}`),
  ]
}

/** A retry would fail in the same way: an operator has to act. */
const lasting: ReadonlySet<string> = new Set(['missing', 'row'])

/** True where a retry may help with some of these classes of failures. */
export function mayPass(classes: Iterable<string>): boolean {
  return [...classes].some((name) => !lasting.has(name))
}

/** What to do about failures that a retry can't fix. */
export function adviceOnLasting(classes: ReadonlySet<string>): string[] {
  return [
    ...(classes.has('missing')
      ? ['Restore the missing objects at the source, or remove them from the manifests; a retry cannot help.']
      : []),
    ...(classes.has('row') ? ['Correct the manifest rows without a usable key.'] : []),
  ]
}

function nextSteps({ summary, options, classes, argv, job, tool }: SummaryView): string[] {
  const again = commandLine(tool, againArguments(argv, options))
  const steps: string[] = []
  if (summary.interrupted) steps.push(`Resume: ${again}`)
  else if (options.dryRun === true) {
    if (summary.planned > 0) steps.push(`Copy: the same command without --dry-run`)
  } else {
    if (mayPass(classes)) steps.push(`Retry only what failed: ${again}`)
    steps.push(...adviceOnLasting(classes))
    if (summary.manifests.failed > 0 && !classes.has('manifest'))
      steps.push(`Correct the manifests that cannot be read (the log names them), then: ${again}`)
  }
  if (summary.failed > 0 && options.dryRun !== true) {
    steps.push(`Show what failed and why: ${commandLine(tool, ['failures', ...job])}`)
  }
  if (options.report !== undefined) steps.push(`Report of this run: ${printable(options.report)}`)
  return steps
}

/** The same command, which continues a report and never meets its own. */
function againArguments(
  argv: readonly string[],
  { report, reportMode }: SummaryView['options'],
): readonly string[] {
  if (report === undefined || reportMode === 'append' || report.includes('{run}')) return argv
  const flag = '--report-mode'
  const kept = argv.filter(
    (word, at) => word !== flag && !word.startsWith(`${flag}=`) && argv[at - 1] !== flag,
  )
  return [...kept, flag, 'append']
}
