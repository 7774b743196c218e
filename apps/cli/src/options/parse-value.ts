import { CliError } from '../errors.js'
import { printable } from '../output/printable.js'
import { flags, type FlagName } from './flags.js'
import { nearest } from './nearest.js'
import type { Setting, Settings } from './settings.js'

const truths: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  '1': true,
  false: false,
  no: false,
  off: false,
  '0': false,
}

function invalid(setting: Setting, allowed: string, meant?: string): CliError {
  return new CliError(
    'LAGOON_CLI_INVALID_VALUE',
    `${setting.origin} is ${JSON.stringify(printable(setting.value))}`,
    `Allowed: ${allowed}.${meant === undefined ? '' : ` Did you mean ${meant}?`}`,
  )
}

/** `true`, `yes`, `on`, `1` and their opposites, in any case. */
export function parseBoolean(setting: Setting): boolean {
  const value = truths[setting.value.trim().toLowerCase()]
  if (value === undefined) throw invalid(setting, 'true or false', nearestBoolean(setting.value))
  return value
}

/** `true` or `false` for a word that means or resembles one of them. */
export function nearestBoolean(given: string): string | undefined {
  return String(truths[given.trim().toLowerCase()] ?? nearest(given, ['true', 'false']) ?? '') || undefined
}

type NumberRange = { kind: 'integer' | 'number'; minimum: number; maximum: number }

/** What a number may be, for messages. */
export function allowedNumbers({ kind, minimum, maximum }: NumberRange): string {
  return `${kind === 'integer' ? 'a whole number' : 'a number'} from ${minimum} to ${maximum}`
}

/** The allowed number next to the one that was given; none where it was no number. */
export function nearestNumber(given: string, { kind, minimum, maximum }: NumberRange): string | undefined {
  const value = decimal(given)
  const whole = kind === 'integer' ? Math.round(value) : value
  return Number.isNaN(value) ? undefined : String(Math.min(Math.max(whole, minimum), maximum))
}

function decimal(text: string): number {
  const plain = text.trim().replace(/^\+/, '')
  return /^-?\d+(?:\.\d+)?$/.test(plain) ? Number(plain) : Number.NaN
}

/** A number within the range that the table gives the flag, in plain decimal notation. */
export function parseNumber(setting: Setting, range: NumberRange): number {
  const value = decimal(setting.value)
  const fits = value >= range.minimum && value <= range.maximum
  if (!fits || (range.kind === 'integer' && !Number.isInteger(value)))
    throw invalid(setting, allowedNumbers(range), nearestNumber(setting.value, range))
  return value
}

/** One of the choices, whatever its case; answers with the spelling of the table. */
export function parseChoice<T extends string>(setting: Setting, choices: readonly T[]): T {
  const wanted = setting.value.trim().toLowerCase()
  const choice = choices.find((candidate) => candidate.toLowerCase() === wanted)
  if (choice === undefined) throw invalid(setting, choices.join(', '), nearest(wanted, choices))
  return choice
}

type ChoiceFlagName = {
  [N in FlagName]: (typeof flags)[N]['kind'] extends 'choice' ? N : never
}[FlagName]
type NumberFlagName = {
  [N in FlagName]: (typeof flags)[N]['kind'] extends 'integer' | 'number' ? N : never
}[FlagName]
export type BooleanFlagName = {
  [N in FlagName]: (typeof flags)[N]['kind'] extends 'boolean' ? N : never
}[FlagName]
type TextFlagName = { [N in FlagName]: (typeof flags)[N]['kind'] extends 'text' ? N : never }[FlagName]

export function numberFlag(settings: Settings, name: NumberFlagName): number | undefined {
  const setting = settings.flag(name)
  return setting && parseNumber(setting, flags[name])
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
