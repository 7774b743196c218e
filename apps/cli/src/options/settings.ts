import { CliError } from '../errors.js'
import { printable } from '../output/printable.js'
import { flags, variableOf, type FlagName } from './flags.js'
import { enumerate, nearest } from './nearest.js'
import { mayBeEmpty, variableNames } from './variables.js'

/** Values as given, before anything is known about what they mean. */
export interface SettingSources {
  /** Flags of the command line, without the leading dashes. */
  readonly flags: Readonly<Record<string, string | boolean | readonly string[] | undefined>>
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Content of `.env`. */
  readonly dotEnv: Readonly<Record<string, string | undefined>>
}

/** A value, and where it was given: `--max-attempts`, `LAGOON_MAX_ATTEMPTS`, `LAGOON_MAX_ATTEMPTS in .env`. */
export interface Setting {
  readonly value: string
  readonly origin: string
  readonly from: 'flag' | 'environment' | 'dotEnv'
}

export interface Settings {
  /** A flag beats the environment, the environment beats `.env`. */
  flag(name: FlagName): Setting | undefined
  /** Each value of a flag that may be given several times. */
  all(name: FlagName): readonly Setting[]
  /** The environment beats `.env`. Throws LAGOON_CLI_EMPTY_VARIABLE where a set variable is empty. */
  variable(name: string): Setting | undefined
}

export function createSettings(sources: SettingSources): Settings {
  const variable = (name: string): Setting | undefined => {
    for (const from of ['environment', 'dotEnv'] as const) {
      const value = sources[from][name]
      if (value === undefined) continue
      const origin = from === 'environment' ? name : `${name} in .env`
      if (value.trim() !== '') return { value, origin, from }
      if (mayBeEmpty(name)) return undefined
      throw new CliError(
        'LAGOON_CLI_EMPTY_VARIABLE',
        `${origin} is set, but empty`,
        `Give it a value, or remove it${from === 'environment' ? ` (unset ${name})` : ''}.`,
      )
    }
    return undefined
  }
  const all = (name: FlagName): Setting[] => {
    const given = sources.flags[name]
    if (given !== undefined) {
      const values = Array.isArray(given) ? (given as readonly string[]) : [String(given)]
      return values.map((value) => ({ value, origin: `--${name}`, from: 'flag' }))
    }
    const setting = 'commandLineOnly' in flags[name] ? undefined : variable(variableOf(name))
    return setting === undefined ? [] : [setting]
  }
  return { variable, all, flag: (name) => all(name).at(-1) }
}

/**
 * Variables that look like a misspelt one of ours and are ignored therefore, each with a line that says so. A variable with
 * our prefix that resembles nothing (a wrapper's own) is left alone.
 */
export function misspeltVariables(sources: Omit<SettingSources, 'flags'>): string[] {
  const given = new Set([...Object.keys(sources.environment), ...Object.keys(sources.dotEnv)])
  const lines: string[] = []
  for (const name of given) {
    if (!/^LAGOON_/i.test(name) || variableNames.includes(name)) continue
    const meant = nearest(name, variableNames)
    if (meant !== undefined)
      lines.push(`${printable(name)} is ignored: no such variable. Did you mean ${meant}?`)
  }
  return lines
}

/** An error that names what is not set. */
export function missingSetting(names: readonly string[]): CliError {
  const [first] = names
  return new CliError(
    'LAGOON_CLI_MISSING_SETTING',
    `${enumerate(names)} ${names.length === 1 ? 'is' : 'are'} not set`,
    `Set ${names.length === 1 ? 'it' : 'them'} in the environment or in .env, for example ${first}=my-lake; .env.example lists all variables.`,
  )
}
