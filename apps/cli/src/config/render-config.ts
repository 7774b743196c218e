import type { EffectiveSetting } from './effective-settings.js'
import type { ConfigReport } from './config-report.js'
import { printable } from '../text/printable.js'
import type { Style } from '../text/style.js'

const titles = { source: 'Source', destination: 'Destination', settings: 'Settings' } as const
const widestValue = 48

/** Each setting with its value and origin; defaults are dimmed. */
export function renderConfig(
  settings: readonly EffectiveSetting[],
  { file, profile, profiles, problem }: ConfigReport,
  style: Style,
): string {
  const shown = settings.map(({ value, ...rest }) => ({ ...rest, value: printable(value ?? '–') }))
  const keyWidth = Math.max(...shown.map(({ key }) => key.length))
  const valueWidth = Math.min(widestValue, Math.max(...shown.map(({ value }) => value.length)))
  const lines = [describeFile(file, profile, profiles)]
  for (const group of ['source', 'destination', 'settings'] as const) {
    lines.push('', style.bold(titles[group]))
    for (const { key, value, origin } of shown.filter((setting) => setting.group === group)) {
      const line = `  ${key.padEnd(keyWidth)}  ${value.padEnd(valueWidth)}  ${printable(origin)}`
      lines.push(origin === 'default' || origin === 'not set' ? style.dim(line) : line)
    }
  }
  lines.push(
    '',
    problem === null
      ? style.green('A run can start.')
      : style.red(printable(`A run cannot start: ${problem}`)),
  )
  return `${lines.join('\n')}\n`
}

function describeFile(file: string | null, profile: string | null, profiles: readonly string[]): string {
  if (file === null) return 'No configuration file.'
  const others = profiles.filter((name) => name !== profile)
  const chosen = profile === null ? 'no profile' : `profile ${profile}`
  return printable(
    `Configuration file ${file}, ${chosen}${others.length === 0 ? '' : ` (others: ${others.join(', ')})`}.`,
  )
}
