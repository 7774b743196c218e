import type { EndpointOptions } from '@lagoon/sync'
import { formatCountOf } from '../text/format.js'
import { printable } from '../text/printable.js'
import type { Style } from '../text/style.js'
import type { Check, Place } from './check.js'

/** What was looked at, in the order in which it is shown. */
export type Examined = Readonly<Partial<Record<Place, string>>>

export function examined(endpoints: Readonly<Record<'source' | 'destination', EndpointOptions>>): Examined {
  return {
    source: `Source: ${whereIs(endpoints.source)}`,
    destination: `Destination: ${whereIs(endpoints.destination)}`,
    machine: 'This machine',
  }
}

/** A table of check marks, with a fix below each failed check. */
export function renderChecks(checks: readonly Check[], titles: Examined, style: Style): string {
  const width = Math.max(...checks.map(({ name }) => name.length))
  const lines: string[] = []
  for (const [place, title] of Object.entries(titles)) {
    lines.push(style.bold(title))
    for (const check of checks.filter((candidate) => candidate.place === place)) {
      lines.push(`  ${mark(check, style)} ${check.name.padEnd(width)}  ${printable(check.detail)}`)
      if (check.fix !== undefined) lines.push(`    ${' '.repeat(width)}  ${style.cyan(printable(check.fix))}`)
    }
    lines.push('')
  }
  const failed = checks.filter(({ status }) => status === 'failed').length
  lines.push(
    failed === 0
      ? style.green('Ready to run.')
      : style.red(`Not ready to run: ${formatCountOf(failed, 'failed check')}.`),
  )
  return `${lines.join('\n')}\n`
}

function whereIs({ bucket, endpointUrl, region }: EndpointOptions): string {
  return printable(`${bucket} at ${endpointUrl ?? `AWS ${region}`}`)
}

function mark({ status }: Check, style: Style): string {
  if (status === 'ok') return style.green('✓')
  if (status === 'failed') return style.red('✗')
  return status === 'warning' ? style.yellow('!') : style.dim('–')
}
