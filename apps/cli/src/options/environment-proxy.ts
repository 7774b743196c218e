import type { EndpointOptions } from '@lagoon/sync'
import { CliError } from '../errors/cli-error.js'
import { proxyOf } from './proxy-of.js'
import { withoutUser } from './check-endpoint.js'

const names = ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY'] as const

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
  const found = proxyOf(new URL(endpointUrl ?? 'https://s3.amazonaws.com'), proxy, environment)
  if (found === undefined || /^https?:/.test(found.protocol)) return
  const name =
    names.find((candidate) => environment[candidate] === found.href.replace(/\/$/, '')) ?? 'HTTPS_PROXY'
  throw new CliError(
    'LAGOON_CLI_INVALID_VALUE',
    `${name} is ${withoutUser(found.href)}, but only HTTP proxies are supported`,
    `Use an HTTP proxy, add the store to NO_PROXY, or set LAGOON_${side.toUpperCase()}_PROXY=none.`,
  )
}
