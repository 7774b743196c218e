import type { EndpointOptions } from '@lagoon/sync'
// Separate from the rest of the package: a command that copies nothing, or a wrong setting, loads no copying code.
import { refuseSameBucket } from '@lagoon/transfer/store-identity'
import { CliError } from '../errors/cli-error.js'
import { checkBucket } from './check-endpoint.js'
import { checkEnvironmentProxy } from './environment-proxy.js'
import { missingSetting, type Settings } from './settings.js'
import { prefixOf, resolveAddress, type Side } from './store-address.js'
import { resolveStoreSettings } from './store-settings.js'
import type { EndpointSetting } from './variables.js'

const ANOTHER_DESTINATION =
  'Set LAGOON_DESTINATION_BUCKET or LAGOON_DESTINATION_ENDPOINT_URL to where the copies should go.'

/** Both stores from the environment. Throws the first problem of either. */
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
  refuseSameBucket(source, destination, ANOTHER_DESTINATION)
  return { source, destination }
}

/** One store. Its bucket is required; everything else comes from its provider's preset or the defaults. */
export function resolveEndpoint(settings: Settings, side: Side): EndpointOptions {
  const read = (name: EndpointSetting) => settings.variable(`${prefixOf[side]}${name}`)
  const bucket = read('BUCKET')
  if (bucket === undefined) throw missingSetting([`${prefixOf[side]}BUCKET`], settings)
  const { endpointUrl, region, forcePathStyle, store } = resolveAddress(settings, side)
  const credentials = resolveCredentials(settings, side)
  const endpoint = {
    bucket: checkBucket(bucket),
    region: region.value,
    ...(endpointUrl === undefined ? {} : { endpointUrl: endpointUrl.value }),
    // Left to the copier unless it is set, because the copier knows the bucket's name.
    ...(forcePathStyle.origin === 'default' ? {} : { forcePathStyle: forcePathStyle.value }),
    ...store,
    ...resolveStoreSettings((name) => read(name) ?? sharedWithAws(settings, name)),
    ...(credentials === undefined ? {} : { credentials }),
  }
  checkEnvironmentProxy(endpoint, side, process.env)
  return endpoint
}

/** AWS's own tools name certificate authorities once for all stores: https://docs.aws.amazon.com/sdkref/latest/guide/feature-gen-config.html */
function sharedWithAws(settings: Settings, name: EndpointSetting) {
  return name === 'CA_FILE' ? settings.variable('AWS_CA_BUNDLE') : undefined
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
