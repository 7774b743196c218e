import type { VerificationReport } from './verification.js'
import { formatBytes, formatCount, formatCountOf, formatDuration } from '../text/format.js'
import { printable } from '../text/printable.js'
import type { Style } from '../text/style.js'

/** The result of a verification, for people. */
export function renderVerification(
  found: VerificationReport,
  report: string | undefined,
  style: Style,
): string {
  const { same, different, codes, bytes, manifests, durationMs, interrupted } = found
  const lines = [
    `${style.bold(`${formatCountOf(same, 'object')} identical`)} on both sides, ${formatBytes(bytes)}: ${evidenceOf(found)}. Took ${formatDuration(durationMs)}.`,
    `Manifests: ${formatCount(manifests.completed)} compared, ${formatCount(manifests.failed)} unreadable.`,
  ]
  if (different > 0) {
    lines.push(style.red(`${formatCount(different)} differ:`))
    const sorted = Object.entries(codes).sort((a, b) => b[1] - a[1])
    lines.push(...sorted.map(([code, times]) => `  ${formatCount(times).padStart(9)}  ${printable(code)}`))
    lines.push(
      'A run skips what is recorded as complete. To copy it again: lagoon state forget KEY, then lagoon.',
    )
  }
  if (interrupted) lines.push(style.yellow('Stopped before every row was compared.'))
  else if (different === 0 && manifests.failed === 0)
    lines.push(style.green('Every object is at the destination.'))
  if (report !== undefined) lines.push(`Report: ${printable(report)}`)
  return `${lines.join('\n')}\n`
}

/** How many objects were found identical, by what proves it. */
export function evidenceOf({ by }: Pick<VerificationReport, 'by'>): string {
  return [
    `${formatCount(by.etag)} by ETag`,
    ...(by.checksum === 0 ? [] : [`${formatCount(by.checksum)} by checksum`]),
    `${formatCount(by.size)} by size alone`,
  ].join(', ')
}
