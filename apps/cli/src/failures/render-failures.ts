import type { FailureRecord } from '@lagoon/state-lmdb'
import type { FailureCounts } from './failure-counts.js'
import { formatCount, formatCountOf } from '../text/format.js'
import { printable } from '../text/printable.js'
import { adviceOnLasting, mayPass } from '../output/render-summary.js'
import type { Style } from '../text/style.js'

/** What there is to show. */
interface FailuresView {
  /** The state directory, or the name of the job. */
  readonly place: string
  readonly counts: FailureCounts
  readonly first: readonly FailureRecord[]
  /** What was exported. */
  readonly files: readonly string[]
  readonly again: string
}

/** The counts, the first failures, and what to type to try them again. */
export function renderFailures(view: FailuresView, style: Style): string {
  const { counts, first, files, again } = view
  const classes = new Set(Object.keys(counts.byClass))
  if (counts.total === 0) return renderNone(view)
  const table = (title: string, of: Readonly<Record<string, number>>) => [
    style.bold(title),
    ...Object.entries(of)
      .sort(byCount)
      .map(([name, count]) => `${formatCount(count).padStart(11)}  ${printable(name)}`),
  ]
  const rest = counts.total - first.length
  return [
    `${formatCountOf(counts.total, 'failure')}.`,
    '',
    ...table('By class', counts.byClass),
    ...table('By code', counts.byCode),
    ...(first.length === 0 ? [] : ['', style.bold('Objects')]),
    ...first.map(
      ({ key, code, message, manifest, row }) =>
        `  ${key === '' ? '(no key)' : printable(key)}  ${printable(code)}: ${printable(message)} ${style.dim(`(${printable(manifest.key)} row ${row})`)}`,
    ),
    ...(rest > 0 ? [`  and ${formatCount(rest)} more (--limit, --json or --export for all)`] : []),
    '',
    ...(files.length === 0 ? [] : [`Written to ${files.map(printable).join(', ')}.`]),
    ...(mayPass(classes) ? [`Retry only these: ${again}`] : []),
    ...adviceOnLasting(classes),
    '',
  ].join('\n')
}

function renderNone({ place, counts: { exists, recorded } }: FailuresView): string {
  if (!exists) return `No run has used ${printable(place)} yet.\n`
  return recorded === 0
    ? 'No failures.\n'
    : `${formatCountOf(recorded, 'failure')} in total, none with this class, code and manifest.\n`
}

function byCount(a: [string, number], b: [string, number]): number {
  return b[1] - a[1] || (a[0] < b[0] ? -1 : 1)
}
