import type { FileEntry, FileSettings } from './file-settings.js'
import { CliError } from '../errors/cli-error.js'
import { printable } from '../text/printable.js'
import { flags, variableOf, type FlagName } from './flags.js'
import { enumerate, nearest } from '../text/nearest.js'
import type { Setting } from './setting.js'
import type { StoresByPosition } from './stores-by-position.js'
import { credentialGroup, isSecret, mayBeEmpty, shardsVariable, variableNames } from './variables.js'

/** Values as given, before anything is known about what they mean. */
export interface SettingSources {
  /** Flags of the command line, without the leading dashes. */
  readonly flags: Readonly<Record<string, string | boolean | readonly string[] | undefined>>
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Content of `.env`. */
  readonly dotEnv: Readonly<Record<string, string | undefined>>
  /** The configuration file, if there is one. */
  readonly file?: FileSettings | undefined
  /** Stores that stand on the command line. */
  readonly stores?: StoresByPosition | undefined
}

export interface Settings {
  /** Precedence: a flag, the environment, `.env`, the file's profile, the rest of the file. */
  flag(name: FlagName): Setting | undefined
  /** Each value of a flag that may be given several times. */
  all(name: FlagName): readonly Setting[]
  /** The same order, without flags. Throws LAGOON_CLI_EMPTY_VARIABLE where a set variable is empty. */
  variable(name: string): Setting | undefined
  /** The configuration file, if there is one. */
  readonly file: FileSettings | undefined
  /** Stores that stand on the command line: their buckets and prefixes take precedence over everything else. */
  readonly stores: StoresByPosition | undefined
  /** Values that must never be shown, from every place. */
  secrets(): string[]
}

export function createSettings(sources: SettingSources): Settings {
  const { stores } = sources
  const byPosition: Readonly<Record<string, Setting | undefined>> = {
    LAGOON_SOURCE_BUCKET: stores?.source.bucket,
    LAGOON_DESTINATION_BUCKET: stores?.destination.bucket,
    'strip-prefix': stores?.source.prefix,
    'add-prefix': stores?.destination.prefix,
  }
  const ofProcess = (name: string): Setting | undefined => {
    for (const from of ['environment', 'dotEnv'] as const) {
      const value = sources[from][name]
      if (value === undefined || (from === 'environment' && isServiceLink(value))) continue
      const origin = from === 'environment' ? name : `${name} in .env`
      if (value.trim() !== '') return { value, origin, from }
      if (mayBeEmpty(name)) return undefined
      throw new CliError(
        'LAGOON_CLI_EMPTY_VARIABLE',
        `${origin} is set, but empty`,
        `Set a value, or remove it${from === 'environment' ? ` (unset ${name})` : ''}.`,
      )
    }
    return undefined
  }
  const variable = (name: string): Setting | undefined => {
    const given = byPosition[name] ?? ofProcess(name)
    if (given !== undefined) return given
    // The store would refuse a key of one place with the secret or token of another, without saying why.
    const group = credentialGroup(name)
    if (group.some((other) => ofProcess(other) !== undefined)) return undefined
    for (const { from, entries } of sources.file?.layers ?? []) {
      const entry = entries.get(name)
      if (entry !== undefined) return { ...valueOf(entry, ofProcess), from }
      if (group.some((other) => entries.has(other))) return undefined
    }
    return undefined
  }
  const all = (name: FlagName): Setting[] => {
    const given = sources.flags[name]
    const prefix = byPosition[name]
    if (prefix !== undefined && prefix.value !== '') {
      if (given !== undefined) throw prefixTwice(name, prefix)
      return [prefix]
    }
    if (given !== undefined) {
      const values = Array.isArray(given) ? (given as readonly string[]) : [String(given)]
      return values.map((value) => ({ value, origin: `--${name}`, from: 'flag' }))
    }
    const setting = 'commandLineOnly' in flags[name] ? undefined : variable(variableOf(name))
    return setting === undefined ? [] : [setting]
  }
  return {
    variable,
    all,
    flag: (name) => all(name).at(-1),
    file: sources.file,
    stores,
    secrets: () => secretValues(sources),
  }
}

function prefixTwice(flag: string, { origin }: Setting): CliError {
  return new CliError(
    'LAGOON_CLI_CONFLICT',
    `--${flag} and the prefix of ${origin} cannot be combined`,
    `Leave out one of them.`,
  )
}

/** What an entry of the file says, or what the variable holds that it names. */
function valueOf(
  entry: FileEntry,
  ofProcess: (name: string) => Setting | undefined,
): Pick<Setting, 'value' | 'origin'> {
  if ('value' in entry) return entry
  const named = ofProcess(entry.variable)
  if (named !== undefined) return { value: named.value, origin: `${named.origin} (${entry.origin})` }
  throw new CliError(
    'LAGOON_CLI_MISSING_SETTING',
    `${entry.origin} names the variable ${printable(entry.variable)}, which is not set`,
    'Set it in the environment or in .env.',
  )
}

function secretValues({ environment, dotEnv, file }: SettingSources): string[] {
  const referenced = new Map(
    (file?.layers ?? []).flatMap(({ entries }) =>
      [...entries].flatMap(([name, entry]) => ('variable' in entry ? [[entry.variable, name] as const] : [])),
    ),
  )
  return [environment, dotEnv]
    .flatMap((variables) => Object.entries(variables))
    .flatMap(([variable, value]) => {
      const name = referenced.get(variable) ?? variable
      if (isSecret(name) || isSecret(variable)) return value?.trim() || []
      return /_PROXY$/i.test(name) ? passwordIn(value ?? '') : []
    })
}

function passwordIn(url: string): string[] {
  const password = URL.canParse(url) ? new URL(url).password : ''
  return password === '' ? [] : [password, decodeURIComponent(password)]
}

/** Kubernetes gives each pod variables of the services beside it: for one called `lagoon-metrics`, LAGOON_METRICS_PORT=tcp://10.0.0.7:9400. */
function isServiceLink(value: string): boolean {
  return /^(?:tcp|udp|sctp):\/\/[\d.:[\]a-f]+:\d+$/i.test(value.trim())
}

/** Other variables of such a service. */
const ofService = /_SERVICE_(?:HOST|PORT(?:_\w+)?)$|_PORT_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?$/

/**
 * Ignored variables that were probably intended, each with a line that says so: those that look like a misspelling
 * of ours, and all that name a side. Another variable with our prefix (a wrapper's own, a service link) is left alone.
 */
export function unknownVariables({
  environment,
  dotEnv,
}: Pick<SettingSources, 'environment' | 'dotEnv'>): string[] {
  const lines: string[] = []
  for (const [name, value = ''] of Object.entries({ ...environment, ...dotEnv, ...environment })) {
    if (
      !/^LAGOON_/i.test(name) ||
      name === shardsVariable ||
      variableNames.includes(name) ||
      ofService.test(name) ||
      isServiceLink(value)
    )
      continue
    const meant = nearest(name, variableNames)
    if (meant === undefined && !/^LAGOON_(?:SOURCE|DESTINATION)_/.test(name)) continue
    const advice = meant === undefined ? '.env.example lists all.' : `Did you mean ${meant}?`
    lines.push(`${printable(name)} is ignored: no such variable. ${advice}`)
  }
  return lines
}

/** An error that names what is not set. */
export function missingSetting(names: readonly string[], { file }: Pick<Settings, 'file'>): CliError {
  const [first] = names
  const them = names.length === 1 ? 'it' : 'them'
  const unchosen = file?.profile === undefined && (file?.profiles.length ?? 0) > 0
  return new CliError(
    'LAGOON_CLI_MISSING_SETTING',
    `${enumerate(names)} ${names.length === 1 ? 'is' : 'are'} not set`,
    unchosen
      ? `Choose a profile of ${file!.path} with --profile: ${file!.profiles.join(', ')}.`
      : `Set ${them} in the environment, in .env or in lagoon.config.yaml, for example ${first}=my-lake; .env.example lists all variables.`,
  )
}
