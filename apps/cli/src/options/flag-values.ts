import { CliError } from '../errors/cli-error.js'
import { flags, type FlagName } from './flags.js'
import { parseBoolean, parseChoice, parseNumber, parseSize } from './parse-value.js'
import type { Settings } from './settings.js'

type ChoiceFlagName = {
  [N in FlagName]: (typeof flags)[N]['kind'] extends 'choice' ? N : never
}[FlagName]
type NumberFlagName = {
  [N in FlagName]: (typeof flags)[N]['kind'] extends 'integer' | 'number' ? N : never
}[FlagName]
export type BooleanFlagName = {
  [N in FlagName]: (typeof flags)[N]['kind'] extends 'boolean' ? N : never
}[FlagName]
type SizeFlagName = { [N in FlagName]: (typeof flags)[N]['kind'] extends 'size' ? N : never }[FlagName]
type TextFlagName = { [N in FlagName]: (typeof flags)[N]['kind'] extends 'text' ? N : never }[FlagName]

export function numberFlag(settings: Settings, name: NumberFlagName): number | undefined {
  const setting = settings.flag(name)
  return setting && parseNumber(setting, flags[name])
}

/** Bytes, or bytes per second. */
export function sizeFlag(settings: Settings, name: SizeFlagName): number | undefined {
  const setting = settings.flag(name)
  return setting && parseSize(setting, flags[name])
}

export function booleanFlag(settings: Settings, name: BooleanFlagName): boolean {
  const setting = settings.flag(name)
  return setting === undefined ? false : parseBoolean(setting)
}

/** The text as given. Throws where an empty one means nothing. */
export function textFlag(settings: Settings, name: TextFlagName): string | undefined {
  const setting = settings.flag(name)
  if (setting === undefined) return undefined
  const flag = flags[name]
  if (setting.value === '' && !('mayBeEmpty' in flag)) {
    throw new CliError(
      'LAGOON_CLI_INVALID_VALUE',
      `${setting.origin} is empty`,
      `Give it a ${flag.valueName.toLowerCase()}.`,
    )
  }
  return setting.value
}

/** The choice in the table's spelling. */
export function choiceFlag<N extends ChoiceFlagName>(
  settings: Settings,
  name: N,
): (typeof flags)[N]['choices'][number] | undefined {
  const setting = settings.flag(name)
  return setting && parseChoice<(typeof flags)[N]['choices'][number]>(setting, flags[name].choices)
}

export type LogLevel = (typeof flags)['log-level']['choices'][number]

/** How much is said on stderr. Default INFO. */
export function resolveLogLevel(settings: Settings): LogLevel {
  return choiceFlag(settings, 'log-level') ?? 'INFO'
}
