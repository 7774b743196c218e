import { isSameBucket, type EndpointOptions } from '@lagoon/sync'
import { CliError } from '../errors.js'
import { printable } from '../output/printable.js'
import { parseBoolean } from './parse-value.js'
import { missingSetting, type Setting, type Settings } from './settings.js'
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
  if (missing.length > 0) throw missingSetting(missing)
  const source = resolveEndpoint(settings, 'source')
  const destination = resolveEndpoint(settings, 'destination')
  refuseSameBucket(source, destination)
  return { source, destination }
}

/** One store. Its bucket is required; everything else has the defaults of the contract. */
export function resolveEndpoint(settings: Settings, side: Side): EndpointOptions {
  const read = (name: EndpointSetting) => settings.variable(`${prefixOf[side]}${name}`)
  const bucket = read('BUCKET')
  if (bucket === undefined) throw missingSetting([`${prefixOf[side]}BUCKET`])
  const endpoint = read('ENDPOINT_URL')
  const region = read('REGION')
  const pathStyle = read('FORCE_PATH_STYLE')
  const credentials = resolveCredentials(settings, side)
  return {
    bucket: checkBucket(bucket),
    region: region === undefined ? 'us-east-1' : checkRegion(region),
    ...(endpoint === undefined ? {} : { endpointUrl: checkEndpointUrl(endpoint) }),
    forcePathStyle: pathStyle === undefined ? endpoint !== undefined : parseBoolean(pathStyle),
    ...(credentials === undefined ? {} : { credentials }),
  }
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
    const side = origin.includes('SOURCE') ? 'SOURCE' : 'DESTINATION'
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

function withoutUser(url: string): string {
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
