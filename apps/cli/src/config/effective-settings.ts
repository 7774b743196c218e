import { CliError } from '../errors/cli-error.js'
import { withoutUser } from '../options/check-endpoint.js'
import type { Flag } from '../options/flags/flag.js'
import { flags } from '../options/flags.js'
import type { Setting } from '../options/setting.js'
import type { Settings } from '../options/settings.js'
import { isStoreSetting, storeSettings } from '../options/store-settings.js'
import { resolveAddress, type Address, type Side } from '../options/store-address.js'
import { resolveSyncOptions } from '../options/sync-options.js'
import { endpointSettings, isSecret, queueVariables, type EndpointSetting } from '../options/variables.js'
import { oneLine } from '../text/one-line.js'
import { flagKeys, sides, storeKeys } from './file-keys.js'

/** A setting in effect, and its origin. */
export interface EffectiveSetting {
  readonly group: Side | 'settings'
  /** Its name in a file; the variable's where a file cannot hold it. */
  readonly key: string
  readonly variable: string
  /** Null where there is none; `***` for a secret. */
  readonly value: string | null
  /** A flag, a variable, a line of the file, a preset, or `default`. */
  readonly origin: string
}

/** Every setting, as a run would use it. Secrets are masked here: no later code sees one. */
export function effectiveSettings(settings: Settings): EffectiveSetting[] {
  return [...sides.flatMap((side) => ofStore(settings, side)), ...ofFlags(settings), ...ofQueue(settings)]
}

/** The first problem that a run would refuse, in one line; null if it would start. */
export function problemOf(settings: Settings): string | null {
  try {
    resolveSyncOptions(settings)
    return null
  } catch (error) {
    if (error instanceof CliError) return oneLine(error)
    throw error
  }
}

function ofStore(settings: Settings, side: Side): EffectiveSetting[] {
  const address = attempt(() => resolveAddress(settings, side))
  return endpointSettings.map((name) => {
    const variable = `LAGOON_${side.toUpperCase()}_${name}`
    const key = storeKeys.find(({ setting }) => setting === name)!.key.replace(/Env$/, '')
    const given = attempt(() => settings.variable(variable))
    const found = given === undefined ? ofAddress(name, address) : shown(variable, given)
    return { group: side, key, variable, ...(found ?? notSet) }
  })
}

/** What the preset or the defaults put in the place of what is not given. */
function ofAddress(
  name: EndpointSetting,
  address: Address | undefined,
): { value: string; origin: string } | undefined {
  const sourced =
    name === 'ENDPOINT_URL'
      ? address?.endpointUrl
      : name === 'REGION'
        ? address?.region
        : name === 'FORCE_PATH_STYLE'
          ? address?.forcePathStyle
          : undefined
  if (isStoreSetting(name)) return defaultOf(storeSettings[name])
  return sourced && { value: String(sourced.value), origin: sourced.origin }
}

function defaultOf(flag: Flag): { value: string; origin: string } | undefined {
  const value = flag.defaultText ?? (flag.kind === 'boolean' ? 'false' : undefined)
  return value === undefined ? undefined : { value, origin: 'default' }
}

function ofFlags(settings: Settings): EffectiveSetting[] {
  return flagKeys.map(({ key, flag, variable }) => {
    const given = attempt(() => settings.flag(flag))
    const found = given === undefined ? defaultOf(flags[flag]) : shown(variable, given)
    return { group: 'settings', key, variable, ...(found ?? notSet) }
  })
}

/** The credentials for the queue: a configuration file contains no such secrets. */
function ofQueue(settings: Settings): EffectiveSetting[] {
  return queueVariables.map((variable) => {
    const given = attempt(() => settings.variable(variable))
    return {
      group: 'settings',
      key: variable,
      variable,
      ...(given === undefined ? notSet : shown(variable, given)),
    }
  })
}

const notSet = { value: null, origin: 'not set' } as const

function shown(variable: string, { value, origin }: Setting): { value: string; origin: string } {
  return { value: masked(variable, value), origin }
}

/** An access key's id is not a secret, but its end is enough to recognise it. */
function masked(variable: string, value: string): string {
  if (isSecret(variable)) return '***'
  if (variable.endsWith('_ACCESS_KEY_ID')) return value.length < 12 ? '***' : `***${value.trim().slice(-4)}`
  return /_(?:ENDPOINT_URL|PROXY|QUEUE)$/.test(variable) ? withoutUser(value) : value
}

/** A wrong value is reported with the first problem of a run, and hides no other value. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof CliError) return undefined
    throw error
  }
}
