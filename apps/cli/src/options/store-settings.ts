import { readFileSync } from 'node:fs'
import type { EndpointOptions, StoreAliases } from '@lagoon/sync'
import { CliError } from '../errors/cli-error.js'
import { printable } from '../text/printable.js'
import type { Flag } from './flags/flag.js'
import { given } from './given.js'
import { parseBoolean, parseChoice, parseNumber } from './parse-value.js'
import type { Setting } from './setting.js'

const seconds = { kind: 'number', minimum: 0.1, maximum: 86_400 } as const

/** Settings of a store beyond where it is and whose keys open it, as data: variables, configuration file and documentation are made from them. */
export const storeSettings = {
  ANONYMOUS: { kind: 'boolean', describe: 'Send requests unsigned, for a public bucket' },
  AWS_PROFILE: {
    kind: 'text',
    valueName: 'NAME',
    describe: 'Profile of the shared AWS files for this store',
    defaultText: 'AWS_PROFILE, else default',
  },
  ROLE_ARN: {
    kind: 'text',
    valueName: 'ARN',
    describe: 'Role to assume with the credentials of this store',
  },
  REQUESTER_PAYS: { kind: 'boolean', describe: 'Accept requester-pays charges' },
  DUALSTACK: { kind: 'boolean', describe: "AWS's dual-stack endpoint, which has IPv6 addresses" },
  FIPS: { kind: 'boolean', describe: "AWS's FIPS endpoint" },
  CA_FILE: {
    kind: 'text',
    valueName: 'FILE',
    describe: 'PEM file of certificate authorities to trust instead of the system’s',
    defaultText: 'AWS_CA_BUNDLE, else the system’s and those of NODE_EXTRA_CA_CERTS',
  },
  PROXY: {
    kind: 'text',
    valueName: 'PROXY',
    describe: 'environment uses HTTPS_PROXY, HTTP_PROXY and NO_PROXY; none connects directly; or a URL',
    defaultText: 'environment',
  },
  CONNECT_TIMEOUT_S: {
    ...seconds,
    describe: 'Longest time to open a connection, seconds',
    defaultText: '10',
  },
  FIRST_BYTE_TIMEOUT_S: {
    ...seconds,
    describe: 'Longest wait for the first byte of a response, seconds',
    defaultText: '60',
  },
  IDLE_TIMEOUT_S: {
    ...seconds,
    describe: 'Longest wait between bytes of a body, seconds',
    defaultText: '60',
  },
  ETAGS: {
    kind: 'choice',
    choices: ['md5', 'opaque'],
    describe: 'opaque for a store whose ETags look like MD5s but are not',
    defaultText: 'md5',
  },
  REQUIRE_DIGESTS: {
    kind: 'boolean',
    describe: 'Send a checksum with every write from the start, as object lock requires',
  },
  ALIAS: {
    kind: 'text',
    valueName: 'NAME',
    describe: 'Name of the store in the state, so that it stays the same under another endpoint',
    defaultText: 'its endpoint',
  },
  SSE_C_KEY: {
    kind: 'text',
    valueName: 'KEY',
    describe: 'Customer-provided encryption key (SSE-C), 32 bytes in base64',
  },
} as const satisfies Record<string, Flag>

export type StoreSetting = keyof typeof storeSettings

/** True for a setting of the table. */
export function isStoreSetting(name: string): name is StoreSetting {
  return Object.hasOwn(storeSettings, name)
}

/** The names that stores have in the state, where they have some. Throws for one that can't be. */
export function resolveAliases(settings: {
  variable(name: string): Setting | undefined
}): StoreAliases | undefined {
  const read = (side: 'source' | 'destination'): string | undefined => {
    const setting = settings.variable(`LAGOON_${side.toUpperCase()}_ALIAS`)
    const alias = setting?.value.trim()
    if (setting === undefined || /^[\w.-]{1,64}$/.test(alias!)) return alias
    throw new CliError(
      'LAGOON_CLI_INVALID_VALUE',
      `${setting.origin} is ${JSON.stringify(printable(setting.value))}`,
      'Allowed: up to 64 letters, digits, and the signs . _ -.',
    )
  }
  const [source, destination] = [read('source'), read('destination')]
  if (source === undefined && destination === undefined) return undefined
  return {
    ...(source === undefined ? {} : { source }),
    ...(destination === undefined ? {} : { destination }),
  }
}

/** What is given of these settings, checked. Throws the first thing that is wrong. */
export function resolveStoreSettings(
  read: (name: StoreSetting) => Setting | undefined,
): Partial<EndpointOptions> {
  const parsed = <T>(name: StoreSetting, parse: (setting: Setting) => T): T | undefined => {
    const setting = read(name)
    return setting && parse(setting)
  }
  const milliseconds = (name: StoreSetting): number | undefined =>
    parsed(name, (setting) => Math.round(parseNumber(setting, seconds) * 1000))
  const all: { [K in keyof EndpointOptions]?: EndpointOptions[K] | undefined } = {
    anonymous: parsed('ANONYMOUS', parseBoolean),
    awsProfile: parsed('AWS_PROFILE', ({ value }) => value.trim()),
    roleArn: parsed('ROLE_ARN', ({ value }) => value.trim()),
    requesterPays: parsed('REQUESTER_PAYS', parseBoolean),
    useDualstackEndpoint: parsed('DUALSTACK', parseBoolean),
    useFipsEndpoint: parsed('FIPS', parseBoolean),
    certificateAuthority: parsed('CA_FILE', readAuthority),
    proxy: parsed('PROXY', parseProxy),
    connectTimeoutMs: milliseconds('CONNECT_TIMEOUT_S'),
    firstByteTimeoutMs: milliseconds('FIRST_BYTE_TIMEOUT_S'),
    idleTimeoutMs: milliseconds('IDLE_TIMEOUT_S'),
    etags: parsed('ETAGS', (setting) => parseChoice(setting, storeSettings.ETAGS.choices)),
    requireDigests: parsed('REQUIRE_DIGESTS', parseBoolean),
    sseCustomerKey: parsed('SSE_C_KEY', parseCustomerKey),
  }
  return given(all)
}

function readAuthority({ value, origin }: Setting): string {
  const path = value.trim()
  const name = `${origin}: ${printable(path)}`
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException
    throw new CliError('LAGOON_CLI_FILE', `${name} cannot be read (${code})`, 'Use a PEM file.', { cause })
  }
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text
  throw new CliError('LAGOON_CLI_FILE', `${name} contains no certificate`, 'Use a PEM file of certificates.')
}

/** What it says of a URL never shows the password in it. */
function parseProxy({ value, origin }: Setting): string {
  const proxy = value.trim()
  const word = proxy.toLowerCase()
  if (word === 'environment' || word === 'none') return word
  if (/^https?:\/\//i.test(proxy) && URL.canParse(proxy)) return proxy
  if (/^socks/i.test(proxy)) {
    throw new CliError(
      'LAGOON_CLI_INVALID_VALUE',
      `${origin} is a SOCKS proxy, but only HTTP proxies are supported`,
      'Use an HTTP proxy such as http://proxy.example.com:3128, or none.',
    )
  }
  throw new CliError(
    'LAGOON_CLI_INVALID_VALUE',
    `${origin} is not a proxy`,
    'Allowed: environment, none, or a URL such as http://proxy.example.com:3128.',
  )
}

function parseCustomerKey({ value, origin }: Setting): string {
  const key = value.trim()
  const bytes = Buffer.from(key, 'base64')
  if (bytes.length === 32 && bytes.toString('base64') === key) return key
  throw new CliError(
    'LAGOON_CLI_INVALID_VALUE',
    `${origin} is not 32 bytes in base64`,
    'Create a key with: openssl rand -base64 32',
  )
}
