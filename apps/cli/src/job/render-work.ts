import type { WorkSummary } from '@lagoon/sync/work'
import { commandLine } from '../output/command-line.js'
import { formatBytes, formatCount, formatCountOf, formatDuration } from '../text/format.js'
import { printable } from '../text/printable.js'
import { adviceOnLasting, failed, isEmpty, mayPass, nothingFound } from '../output/render-summary.js'
import type { Style } from '../text/style.js'

interface WorkView {
  readonly summary: WorkSummary
  /** Failures that this worker met, by their code, and their classes. */
  readonly codes: ReadonlyMap<string, number>
  readonly classes: ReadonlySet<string>
  /** Flags that name the job, for other commands about it. */
  readonly job: readonly string[]
  readonly tool: string
  readonly argv: readonly string[]
}

/** The last screen of a worker: how the job stands, what this worker did of it, and what to type next. */
export function renderWork(view: WorkView, style: Style): string {
  const { summary } = view
  const { own, durationMs } = summary
  const lines = [
    `${style.bold(`Job ${printable(summary.job)}`)} ${standing(summary)}: ${formatCountOf(summary.completed, 'object')} copied, ` +
      `${formatBytes(summary.bytes)}; ${formatCount(summary.skipped)} skipped.`,
    `This worker copied ${formatCountOf(own.completed, 'object')}, ${formatBytes(own.bytes)}, in ${formatDuration(durationMs)}.`,
    `Manifests: ${formatCount(summary.manifests.completed)} finished, ${formatCount(summary.manifests.failed)} unreadable.`,
    ...(summary.over && isEmpty(summary) ? [style.yellow(nothingFound)] : []),
    ...failed(view, style, 'Seen by this worker:'),
  ]
  const next = nextSteps(view)
  if (next.length > 0) lines.push('', style.bold('Next steps'), ...next.map((line) => `  ${line}`))
  return `${lines.join('\n')}\n`
}

function standing({ over, reason }: WorkSummary): string {
  if (over) return 'is over'
  return reason === 'idle' ? 'continues; there was nothing to do here' : 'continues without this worker'
}

function nextSteps({ summary, classes, job, tool, argv }: WorkView): string[] {
  const steps: string[] = []
  if (summary.interrupted) steps.push(`Join the job again: ${commandLine(tool, argv)}`)
  steps.push(`Show the progress of the job: ${commandLine(tool, ['status', ...job])}`)
  if (summary.failed === 0) return summary.over ? [] : steps
  steps.push(`Show what failed and why: ${commandLine(tool, ['failures', ...job])}`)
  if (mayPass(classes)) {
    steps.push(`Put failed rows back, then join again: ${commandLine(tool, ['failures', ...job, '--retry'])}`)
  }
  return [...steps, ...adviceOnLasting(classes)]
}
