import { isIP } from 'node:net'
import { CliError } from '../errors/cli-error.js'
import { presetOf, type ProviderPreset } from '../providers/resolve-preset.js'
import type { Provider } from '../providers/provider.js'
import { providerNames, providers, type ProviderName } from '../providers/presets.js'
import { checkAccountId, checkEndpointUrl, checkRegion } from './check-endpoint.js'
import { parseBoolean, parseChoice } from './parse-value.js'
import type { Setting } from './setting.js'
import type { Settings } from './settings.js'
import type { EndpointSetting } from './variables.js'

export type Side = 'source' | 'destination'

/** Prefix of the variables of a side. */
export const prefixOf = { source: 'LAGOON_SOURCE_', destination: 'LAGOON_DESTINATION_' } as const

/** A value of an endpoint, and where it comes from. */
interface Sourced<T> {
  readonly value: T
  readonly origin: string
}

/** Where a store is. */
export interface Address {
  readonly endpointUrl: Sourced<string> | undefined
  readonly region: Sourced<string>
  readonly forcePathStyle: Sourced<boolean>
  /** What else the provider's preset says about the store. */
  readonly store: ProviderPreset['store']
}

/** The given values, else the provider's preset, else the defaults. */
export function resolveAddress(settings: Settings, side: Side): Address {
  const read = (name: EndpointSetting) => settings.variable(`${prefixOf[side]}${name}`)
  const endpoint = read('ENDPOINT_URL')
  const region = checked(read('REGION'), checkRegion)
  const pathStyle = checked(read('FORCE_PATH_STYLE'), parseBoolean)
  const preset = resolvePreset(settings, side, region?.value)
  const preferred = <T>(value: T | undefined) =>
    value === undefined ? undefined : { value, origin: `preset ${preset!.name}` }
  if (endpoint === undefined && preset?.lacks !== undefined) throw incomplete(preset, side)
  const endpointUrl = checked(endpoint, checkEndpointUrl) ?? preferred(preset?.endpointUrl)
  if (pathStyle?.value === false && endpointUrl !== undefined) refuseBucketInAddress(endpointUrl, pathStyle)
  return {
    endpointUrl,
    region: region ?? preferred(preset?.region) ?? { value: 'us-east-1', origin: 'default' },
    forcePathStyle: pathStyle ??
      preferred(preset?.forcePathStyle) ?? { value: endpointUrl !== undefined, origin: 'default' },
    store: preset?.store ?? {},
  }
}

/** A bucket's name can precede a host name, but not an IP address. */
function refuseBucketInAddress({ value }: Sourced<string>, pathStyle: Sourced<boolean>): void {
  const { hostname } = new URL(value)
  if (isIP(hostname.replace(/^\[|\]$/g, '')) === 0) return
  throw new CliError(
    'LAGOON_CLI_CONFLICT',
    `${pathStyle.origin} is false, but the endpoint ${value} is an IP address, which cannot contain the bucket's name`,
    `Remove ${pathStyle.origin}, or give the endpoint a host name.`,
  )
}

function checked<T>(setting: Setting | undefined, check: (setting: Setting) => T): Sourced<T> | undefined {
  return setting && { value: check(setting), origin: setting.origin }
}

type NamedPreset = ProviderPreset & { readonly name: ProviderName; readonly origin: string }

function resolvePreset(settings: Settings, side: Side, region: string | undefined): NamedPreset | undefined {
  const provider = settings.variable(`${prefixOf[side]}PROVIDER`)
  if (provider === undefined) return undefined
  const account = settings.variable(`${prefixOf[side]}ACCOUNT_ID`)
  const name = parseChoice(provider, providerNames)
  const accountId = account && checkAccountId(account)
  return { ...presetOf(name, { region, accountId }), name, origin: provider.origin }
}

/** A preset that cannot say where the store is. */
function incomplete({ name, lacks, origin }: NamedPreset, side: Side): CliError {
  const { title, exampleRegion = 'us-east-1' }: Provider = providers[name]
  const variable = { region: 'REGION', accountId: 'ACCOUNT_ID', endpointUrl: 'ENDPOINT_URL' }[lacks!]
  const example = {
    region: exampleRegion,
    accountId: '0123456789abcdef',
    endpointUrl: 'https://s3.example.com',
  }[lacks!]
  return new CliError(
    'LAGOON_CLI_MISSING_SETTING',
    `${origin} is ${name}, but ${prefixOf[side]}${variable} is not set`,
    `The endpoint of ${title} needs it. Set it, for example ${prefixOf[side]}${variable}=${example}.`,
  )
}
