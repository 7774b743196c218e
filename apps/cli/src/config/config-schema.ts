import { z } from 'zod'
import { sizePattern } from '../text/byte-size.js'
import type { Flag } from '../options/flags/flag.js'
import { flags } from '../options/flags.js'
import { isStoreSetting, storeSettings } from '../options/store-settings.js'
import { providerNames } from '../providers/presets.js'
import type { EndpointSetting } from '../options/variables.js'
import { flagKeys, sides, storeKeys, type StoreKey } from './file-keys.js'

/** Names of profiles: letters, digits, dots, hyphens and underscores. */
const profileName = /^[A-Za-z0-9][A-Za-z0-9._-]*$/

/** Names of variables, in capitals: what is not one may be a secret that was put into the wrong place. */
const variableName = /^[A-Z_][A-Z0-9_]*$/

/** A URL with a user or a password in it belongs into a variable. */
const withoutPassword = /^[^@]+$/

const descriptions: Readonly<Partial<Record<EndpointSetting, string>>> = {
  PROVIDER: 'Provider preset: endpoint, region, path style, limits',
  ACCOUNT_ID: 'Account id, for providers whose endpoint contains it',
  ENDPOINT_URL: 'http:// or https:// URL of the store, without the bucket',
  BUCKET: 'Name of the bucket',
  REGION: 'Region to sign for',
  FORCE_PATH_STYLE: 'Bucket in the path of requests, not in the host name',
  ACCESS_KEY_ID: 'Id of the access key',
}

/** What a configuration file may hold: the settings of the table of flags, two stores, and profiles that hold the same. */
export function configSchema() {
  const settings = { ...storesOf(), ...settingsOf() }
  return z.strictObject({
    $schema: z.string().optional().describe('Schema for editors'),
    ...settings,
    profiles: z
      .record(z.string().regex(profileName), z.strictObject(settings))
      .optional()
      .describe('Profiles by name, for --profile NAME; they take precedence over the settings outside'),
  })
}

/** The same as JSON Schema, for editors. */
export function configJsonSchema(): object {
  const { $schema, ...schema } = z.toJSONSchema(configSchema())
  return { $schema, title: 'Configuration of Lagoon Sync', ...schema }
}

function storesOf() {
  const store = z.strictObject(Object.fromEntries(storeKeys.map((key) => [key.key, storeValue(key)])))
  return Object.fromEntries(sides.map((side) => [side, store.optional().describe(`The ${side}'s store`)]))
}

function storeValue({ key, setting, reference }: StoreKey) {
  if (reference)
    return z
      .string()
      .regex(variableName)
      .optional()
      .describe(`Variable that holds ${key.replace(/Env$/, '')}`)
  if (setting === 'PROXY')
    return z.string().regex(withoutPassword).optional().describe(storeSettings.PROXY.describe)
  if (isStoreSetting(setting)) {
    const described = storeSettings[setting]
    return flagValue(described).optional().describe(described.describe)
  }
  return describedValue(setting)
    .optional()
    .describe(descriptions[setting] ?? setting)
}

function describedValue(setting: EndpointSetting) {
  if (setting === 'PROVIDER') return z.enum(providerNames)
  return setting === 'FORCE_PATH_STYLE' ? z.boolean() : z.string().min(1)
}

function settingsOf() {
  return Object.fromEntries(
    flagKeys.map(({ key, flag }) => [key, flagValue(flags[flag]).optional().describe(flags[flag].describe)]),
  )
}

function flagValue(flag: Flag) {
  switch (flag.kind) {
    case 'boolean':
      return z.boolean()
    case 'choice':
      return z.enum(flag.choices as [string, ...string[]])
    case 'integer':
      return z.int().min(flag.minimum).max(flag.maximum)
    case 'number':
      return z.number().min(flag.minimum).max(flag.maximum)
    case 'size':
      return z.union([z.int().min(flag.minimum).max(flag.maximum), z.string().regex(sizePattern)])
    case 'text':
      return flag.mayBeEmpty === true ? z.string() : z.string().min(1)
  }
}
