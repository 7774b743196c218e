import type { EndpointOptions } from '@lagoon/sync'
import { CliError } from '../errors/cli-error.js'
import { proxyOf } from './proxy-of.js'
import { withoutUser } from './check-endpoint.js'

const names = ['http_proxy', 'https_proxy', 'all_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'] as const

/** Where requests go without an endpoint, as far as the choice of a proxy is concerned. */
export const AWS = 'https://s3.amazonaws.com'

/** `HTTP_PROXY=proxy.example.com:3128`, as curl takes it: a proxy without a scheme is an HTTP proxy. */
export function completeProxies(environment: Record<string, string | undefined>): void {
  for (const name of names) {
    const value = environment[name]?.trim()
    if (value && !value.includes('://')) environment[name] = `http://${value}`
  }
}

/**
 * Refuses a proxy of the environment that requests to the store would have to go through and cannot.
 * @throws CliError LAGOON_CLI_INVALID_VALUE
 */
export function checkEnvironmentProxy(
  { endpointUrl, proxy }: Pick<EndpointOptions, 'endpointUrl' | 'proxy'>,
  side: string,
  environment: Readonly<Record<string, string | undefined>>,
): void {
  if (proxy !== undefined && proxy !== 'environment') return
  const broken = names.find((name) => environment[name] && !URL.canParse(environment[name]))
  const found = broken ? undefined : proxyOf(new URL(endpointUrl ?? AWS), proxy, environment)
  if (!broken && (found === undefined || /^https?:/.test(found.protocol))) return
  const name =
    broken ??
    names.find(
      (candidate) => environment[candidate]?.replace(/\/$/, '') === found?.href.replace(/\/$/, ''),
    ) ??
    'HTTPS_PROXY'
  const problem = broken
    ? 'is not a URL'
    : `is ${withoutUser(found!.href)}, but only HTTP proxies are supported`
  throw new CliError(
    'LAGOON_CLI_INVALID_VALUE',
    `${name} ${problem}`,
    `Use an HTTP proxy, add the store to NO_PROXY, or set LAGOON_${side.toUpperCase()}_PROXY=none.`,
  )
}
