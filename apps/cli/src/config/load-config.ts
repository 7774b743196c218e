import { readFileSync, statSync } from 'node:fs'
import { CliError } from '../errors/cli-error.js'
import { nearest } from '../text/nearest.js'
import type { Setting } from '../options/setting.js'
import { printable } from '../text/printable.js'
import { configSchema } from './config-schema.js'
import { configError } from './describe-problem.js'
import { flagKeys, sides, storeKeys } from './file-keys.js'
import type { FileEntry, FileLayer, FileSettings } from '../options/file-settings.js'
import type { FoundConfig } from './find-config.js'
import { parseConfig, type ConfigPath } from './parse-config.js'

type Values = Readonly<Record<string, unknown>>

/**
 * Reads and checks a configuration file and extracts the profile's settings and its own.
 * @throws CliError LAGOON_CLI_FILE, LAGOON_CLI_CONFIG_SYNTAX, LAGOON_CLI_CONFIG_INVALID, LAGOON_CLI_INVALID_VALUE for a profile that it does not have
 */
export function loadConfig(found: FoundConfig, profile: Setting | undefined): FileSettings {
  const shown = printable(found.shown)
  const parsed = parseConfig(readText(found.path, shown), shown)
  const checked = configSchema().safeParse(parsed.value)
  if (!checked.success) throw configError(shown, parsed, checked.error.issues)
  const file: Values = checked.data
  const profiles = (file.profiles ?? {}) as Readonly<Record<string, Values>>
  const layer = (from: FileLayer['from'], values: Values, path: ConfigPath): FileLayer => ({
    from,
    entries: entriesOf(values, (key) => {
      const whole = [...path, ...key]
      return `${shown}:${parsed.lineOf(whole)}: ${whole.join('.')}`
    }),
  })
  const own = layer('file', file, [])
  if (profile === undefined)
    return { path: shown, profile: undefined, profiles: Object.keys(profiles), layers: [own] }
  const name = profile.value
  if (!Object.hasOwn(profiles, name)) throw noSuchProfile(profile, Object.keys(profiles), shown)
  const chosen = layer('profile', profiles[name]!, ['profiles', name])
  return { path: shown, profile: name, profiles: Object.keys(profiles), layers: [chosen, own] }
}

/** Where a shell puts the output of another program: `--config <(render-config)`. */
const ofShell = /^\/(?:dev|proc\/\w+)\/(?:fd\/\d+|stdin)$/

function readText(path: string, shown: string): string {
  try {
    // A pipe that another user left in the directory would never end, and a device neither.
    if (!ofShell.test(path) && !statSync(path).isFile()) throw unreadable(shown, 'is not a regular file')
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '')
  } catch (cause) {
    if (cause instanceof CliError) throw cause
    throw unreadable(shown, `cannot be read (${(cause as NodeJS.ErrnoException).code})`, cause)
  }
}

function unreadable(shown: string, problem: string, cause?: unknown): CliError {
  const message = `the configuration file ${shown} ${problem}`
  return new CliError('LAGOON_CLI_FILE', message, 'Use a file that exists and that you can read.', { cause })
}

function entriesOf(values: Values, originOf: (key: readonly string[]) => string): Map<string, FileEntry> {
  const entries = new Map<string, FileEntry>()
  for (const { key, variable } of flagKeys) {
    const value = values[key]
    if (value !== undefined) entries.set(variable, { value: String(value), origin: originOf([key]) })
  }
  for (const side of sides) {
    const store = (values[side] ?? {}) as Values
    for (const { key, setting, reference } of storeKeys) {
      if (store[key] === undefined) continue
      const value = String(store[key])
      const origin = originOf([side, key])
      const variable = `LAGOON_${side.toUpperCase()}_${setting}`
      const other = entries.get(variable)
      if (other !== undefined) throw givenTwice(origin, other.origin)
      entries.set(variable, reference ? { variable: value, origin } : { value, origin })
    }
  }
  return entries
}

function givenTwice(origin: string, other: string): CliError {
  return new CliError(
    'LAGOON_CLI_CONFLICT',
    `${origin} and ${other} set the same value`,
    'Keep one of them: the value, or the variable that holds it.',
  )
}

function noSuchProfile(profile: Setting, profiles: readonly string[], shown: string): CliError {
  const meant = nearest(profile.value, profiles)
  return new CliError(
    'LAGOON_CLI_INVALID_VALUE',
    `${profile.origin} is ${JSON.stringify(printable(profile.value))}, but ${shown} has no such profile`,
    profiles.length === 0
      ? 'It has no profiles: add one under profiles.'
      : `Allowed: ${profiles.join(', ')}.${meant === undefined ? '' : ` Did you mean ${meant}?`}`,
  )
}
