import { isSameBucket, type EndpointOptions } from '@lagoon/sync'
import { CliError } from '../errors.js'
import { printable } from '../output/printable.js'
import { presetOf, type Preset } from '../providers/preset.js'
import type { Provider } from '../providers/provider.js'
import { providerNames, providers, type ProviderName } from '../providers/providers.js'
import { parseBoolean, parseChoice } from './parse-value.js'
import { missingSetting, type Setting, type Settings } from './settings.js'
import { resolveStoreSettings } from './store-settings.js'
import type { EndpointSetting } from './variables.js'

export type Side = 'source' | 'destination'

const prefixOf = { source: 'LAGOON_SOURCE_', destination: 'LAGOON_DESTINATION_' } as const

/** Both stores out of the environment. Throws the first thing that is wrong with either. */
export function resolveEndpoints(settings: Settings): {
  source: EndpointOptions
  destination: EndpointOptions
} {
  const missing = (['source', 'destination'] as const)
    .map((side) => `${prefixOf[side]}BUCKET`)
    .filter((name) => settings.variable(name) === undefined)
  if (missing.length > 0) throw missingSetting(missing, settings)
  const source = resolveEndpoint(settings, 'source')
  const destination = resolveEndpoint(settings, 'destination')
  refuseSameBucket(source, destination)
  return { source, destination }
}

/** One store. Its bucket is required; everything else has what its provider needs, or the defaults of the contract. */
export function resolveEndpoint(settings: Settings, side: Side): EndpointOptions {
  const read = (name: EndpointSetting) => settings.variable(`${prefixOf[side]}${name}`)
  const bucket = read('BUCKET')
  if (bucket === undefined) throw missingSetting([`${prefixOf[side]}BUCKET`], settings)
  const { endpointUrl, region, forcePathStyle, store } = resolveAddress(settings, side)
  const credentials = resolveCredentials(settings, side)
  return {
    bucket: checkBucket(bucket),
    region: region.value,
    ...(endpointUrl === undefined ? {} : { endpointUrl: endpointUrl.value }),
    forcePathStyle: forcePathStyle.value,
    ...store,
    ...resolveStoreSettings(read),
    ...(credentials === undefined ? {} : { credentials }),
  }
}

/** A value of an endpoint, and where it comes from. */
export interface Sourced<T> {
  readonly value: T
  readonly origin: string
}

/** Where a store is. */
export interface Address {
  readonly endpointUrl: Sourced<string> | undefined
  readonly region: Sourced<string>
  readonly forcePathStyle: Sourced<boolean>
  /** What the provider's preset says of the store besides. */
  readonly store: Preset['store']
}

/** What is given, else what the provider's preset says, else the defaults of the contract. */
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
  return {
    endpointUrl,
    region: region ?? preferred(preset?.region) ?? { value: 'us-east-1', origin: 'default' },
    forcePathStyle: pathStyle ??
      preferred(preset?.forcePathStyle) ?? { value: endpointUrl !== undefined, origin: 'default' },
    store: preset?.store ?? {},
  }
}

function checked<T>(setting: Setting | undefined, check: (setting: Setting) => T): Sourced<T> | undefined {
  return setting && { value: check(setting), origin: setting.origin }
}

type NamedPreset = Preset & { readonly name: ProviderName; readonly origin: string }

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
    `The endpoint of ${title} cannot be told without it. Set it, for example ${prefixOf[side]}${variable}=${example}.`,
  )
}

function resolveCredentials(settings: Settings, side: Side): EndpointOptions['credentials'] {
  const names = {
    id: `${prefixOf[side]}ACCESS_KEY_ID`,
    secret: `${prefixOf[side]}SECRET_ACCESS_KEY`,
    token: `${prefixOf[side]}SESSION_TOKEN`,
  }
  const id = settings.variable(names.id)
  const secret = settings.variable(names.secret)
  const token = settings.variable(names.token)
  if (id === undefined && secret === undefined && token === undefined) return undefined
  const given = (token ?? id ?? secret)!.origin
  const absent = [id === undefined ? names.id : '', secret === undefined ? names.secret : ''].filter(Boolean)
  if (id === undefined || secret === undefined) {
    throw new CliError(
      'LAGOON_CLI_MISSING_SETTING',
      `${given} is set, but ${absent.join(' and ')} ${absent.length === 1 ? 'is' : 'are'} not`,
      "Set the access key and the secret together, or neither to use AWS's default credential chain.",
    )
  }
  return {
    accessKeyId: id.value.trim(),
    secretAccessKey: secret.value.trim(),
    ...(token === undefined ? {} : { sessionToken: token.value.trim() }),
  }
}

function invalid(origin: string, problem: string, hint: string): CliError {
  return new CliError('LAGOON_CLI_INVALID_VALUE', `${origin} ${problem}`, hint)
}

function checkBucket({ value, origin }: Setting): string {
  const bucket = value.trim()
  if (/^s3:\/\/|\//i.test(bucket)) {
    throw invalid(
      origin,
      `is ${show(bucket)}, which is not a bucket's name`,
      'Give the name alone, without s3:// and without a prefix.',
    )
  }
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{1,254}$/.test(bucket)) {
    throw invalid(
      origin,
      `is ${show(bucket)}, which cannot be a bucket's name`,
      'Allowed: 3 to 63 letters, digits, dots and hyphens, beginning with a letter or digit.',
    )
  }
  return bucket
}

/** It becomes part of a host name. */
function checkAccountId({ value, origin }: Setting): string {
  const account = value.trim()
  if (!/^[A-Za-z0-9-]+$/.test(account)) {
    throw invalid(
      origin,
      `is ${show(account)}, which is not the id of an account`,
      'Allowed: letters, digits and hyphens.',
    )
  }
  return account
}

function checkRegion({ value, origin }: Setting): string {
  const region = value.trim()
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(region)) {
    throw invalid(
      origin,
      `is ${show(region)}, which is not a region`,
      'Give a name such as us-east-1; stores without regions take any.',
    )
  }
  return region
}

/** An http or https URL with a host and without user, query and fragment. What it is never shows a password. */
function checkEndpointUrl({ value, origin }: Setting): string {
  const given = value.trim()
  const example = 'Give a URL such as https://s3.example.com or http://127.0.0.1:9000.'
  if (!/^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(given)) {
    throw invalid(
      origin,
      `is ${show(withoutUser(given))}, which has no scheme`,
      `Write http:// or https:// before it. ${example}`,
    )
  }
  const url = URL.canParse(given) ? new URL(given) : undefined
  if (url === undefined) throw invalid(origin, `is ${show(withoutUser(given))}, which is not a URL`, example)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw invalid(origin, `has the scheme ${show(url.protocol.slice(0, -1))}`, 'Allowed: http and https.')
  }
  if (url.username !== '' || url.password !== '') {
    const side = /source/i.test(origin) ? 'SOURCE' : 'DESTINATION'
    throw invalid(
      origin,
      'holds a user name or a password',
      `Remove them from the URL; credentials go into LAGOON_${side}_ACCESS_KEY_ID and LAGOON_${side}_SECRET_ACCESS_KEY.`,
    )
  }
  if (url.search !== '' || url.hash !== '')
    throw invalid(origin, 'has a query or a fragment', `Remove it. ${example}`)
  return given
}

/** A URL as it may be shown: what stands before an @ in it may hold a password. */
export function withoutUser(url: string): string {
  return url.replace(/^([A-Za-z][A-Za-z0-9+.-]*:\/\/)?.*@/s, '$1…@')
}

function show(value: string): string {
  return JSON.stringify(printable(value))
}

function refuseSameBucket(source: EndpointOptions, destination: EndpointOptions): void {
  if (!isSameBucket(source, destination)) return
  throw new CliError(
    'LAGOON_CLI_SAME_BUCKET',
    `source and destination are the same bucket, ${source.bucket} at ${source.endpointUrl ?? 'AWS'}`,
    'Set LAGOON_DESTINATION_BUCKET or LAGOON_DESTINATION_ENDPOINT_URL to where the copies should go.',
  )
}
