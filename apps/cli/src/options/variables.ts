import { settingNames, variableOf } from './flags.js'
import { storeSettings, type StoreSetting } from './store-settings.js'

const sides = ['SOURCE', 'DESTINATION'] as const

export const endpointSettings = [
  'BUCKET',
  'PROVIDER',
  'ACCOUNT_ID',
  'ENDPOINT_URL',
  'REGION',
  'FORCE_PATH_STYLE',
  'ACCESS_KEY_ID',
  'SECRET_ACCESS_KEY',
  'SESSION_TOKEN',
  ...(Object.keys(storeSettings) as StoreSetting[]),
] as const

export type EndpointSetting = (typeof endpointSettings)[number]
type EndpointVariable = `LAGOON_${(typeof sides)[number]}_${EndpointSetting}`

/** Variables that have no flag: where the stores are, and the secrets, which do not belong on a command line. */
export const endpointVariables = sides.flatMap((side) =>
  endpointSettings.map((setting): EndpointVariable => `LAGOON_${side}_${setting}`),
)

/** How a user of `--queue` identifies itself, where there is no credentials file: variables only, because they are secrets. */
export const queueVariables = [
  'LAGOON_QUEUE_USER',
  'LAGOON_QUEUE_PASSWORD',
  'LAGOON_QUEUE_TOKEN',
  'LAGOON_QUEUE_NKEY_SEED',
] as const

/** Every setting that is a variable. */
export const variableNames: readonly string[] = [
  ...endpointVariables,
  ...settingNames.map(variableOf),
  ...queueVariables,
]

/** Read beside the index that Kubernetes sets, for `--shard auto`; no setting of its own. */
export const shardsVariable = 'LAGOON_SHARDS'

/** Variables whose value must never be shown. */
export function isSecret(variable: string): boolean {
  return /_(?:SECRET_ACCESS_KEY|SESSION_TOKEN|SSE_C_KEY|QUEUE_PASSWORD|QUEUE_TOKEN|QUEUE_NKEY_SEED)$/.test(
    variable,
  )
}

/** The variables that only count together: an access key, its secret, and the token that comes with temporary ones. */
export function credentialGroup(variable: string): readonly string[] {
  const [, side] =
    /^LAGOON_(SOURCE|DESTINATION)_(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN)$/.exec(variable) ?? []
  if (side === undefined) return []
  return ['ACCESS_KEY_ID', 'SECRET_ACCESS_KEY', 'SESSION_TOKEN'].map((name) => `LAGOON_${side}_${name}`)
}

/** Variables whose empty value simply means that there is none. */
export function mayBeEmpty(variable: string): boolean {
  return variable.endsWith('_SESSION_TOKEN')
}
