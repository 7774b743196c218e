import { flags, isFlagName, settingNames, variableOf, type FlagName } from '../options/flags.js'
import { endpointSettings, isSecret, type EndpointSetting } from '../options/variables.js'

/** `max-attempts` or `MAX_ATTEMPTS` → `maxAttempts`, the name of the setting in a file. */
function camelCase(name: string): string {
  return name.toLowerCase().replaceAll(/[-_]([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}

/** A setting of a file that a flag stands for too. */
interface FlagKey {
  readonly key: string
  readonly flag: FlagName
  readonly variable: string
}

/** Which file and which profile of it are asked for outside of it. */
const outside: ReadonlySet<FlagName> = new Set(['config', 'profile'])

export const flagKeys: readonly FlagKey[] = settingNames
  .filter((flag) => !outside.has(flag))
  .map((flag) => ({ key: camelCase(flag), flag, variable: variableOf(flag) }))

/** A setting of a store. `reference`: it names the variable that holds the value. */
export interface StoreKey {
  readonly key: string
  readonly setting: EndpointSetting
  readonly reference: boolean
}

/** May contain something confidential: it may also be in a variable. */
const maybeReferenced: ReadonlySet<EndpointSetting> = new Set(['ACCESS_KEY_ID', 'PROXY'])

/** Secrets are in variables only. */
export const storeKeys: readonly StoreKey[] = endpointSettings.flatMap((setting) => {
  const value = { key: camelCase(setting), setting, reference: false }
  const reference = { key: `${value.key}Env`, setting, reference: true }
  if (isSecret(`_${setting}`)) return [reference]
  return maybeReferenced.has(setting) ? [value, reference] : [value]
})

export const sides = ['source', 'destination'] as const

/** Keys that are not settings, because what they stand for must not be in a file. */
export function isSecretKey(key: string): boolean {
  return endpointSettings.some((setting) => isSecret(`_${setting}`) && camelCase(setting) === key)
}

/** The flag that a key would stand for if it could be set in a file. */
export function commandLineFlag(key: string): FlagName | undefined {
  const name = key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  return isFlagName(name) && ('commandLineOnly' in flags[name] || outside.has(name)) ? name : undefined
}
