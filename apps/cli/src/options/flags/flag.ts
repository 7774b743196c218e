/**
 * The description of a flag, as data: help, parsing, environment variables, validation and completion are derived from it. A flag
 * `--max-attempts` has the variable `LAGOON_MAX_ATTEMPTS`, unless it is `commandLineOnly`.
 */
interface FlagBase {
  /** One line for `--help`, with the unit. */
  readonly describe: string
  /** The default as shown in the help; none if the flag is simply off. */
  readonly defaultText?: string
  /** For a single invocation, not a setting: it has no variable. */
  readonly commandLineOnly?: true
}

export interface TextFlag extends FlagBase {
  readonly kind: 'text'
  /** What the help calls the value, in capitals. */
  readonly valueName: string
  /** An empty value on the command line means something (never in the environment). */
  readonly mayBeEmpty?: boolean
  /** The value if none follows the flag; without this, one is required. */
  readonly valueAlone?: string
  /** May be given several times, for a command that uses all values. */
  readonly repeatable?: true
}

export interface NumberFlag extends FlagBase {
  readonly kind: 'integer' | 'number'
  readonly minimum: number
  readonly maximum: number
  /** An amount per second, which several processes may share: `1000/16`. */
  readonly perSecond?: true
}

/** Bytes, with a unit or without. */
export interface SizeFlag extends FlagBase {
  readonly kind: 'size'
  readonly minimum: number
  readonly maximum: number
  /** An amount per second: `50MB/s` is the same as `50MB`; several processes may share it: `10GB/16`. */
  readonly perSecond?: true
}

export interface ChoiceFlag extends FlagBase {
  readonly kind: 'choice'
  readonly choices: readonly string[]
}

interface BooleanFlag extends FlagBase {
  readonly kind: 'boolean'
}

export type Flag = TextFlag | NumberFlag | SizeFlag | ChoiceFlag | BooleanFlag

/** A value as given; several where the flag was given several times and all count. */
export type FlagValue = string | boolean | readonly string[]

/** What the help calls a flag's value. */
export function valueNameOf(flag: Flag): string {
  if (flag.kind === 'text') return flag.valueAlone === undefined ? flag.valueName : `[${flag.valueName}]`
  if (flag.kind === 'choice') return flag.choices.join('|')
  if (flag.kind === 'size') return 'SIZE'
  return 'N'
}
