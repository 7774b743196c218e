import { proxyFor, resolveProxy } from '@lagoon/transfer/proxy-for'

type Variables = Readonly<Record<string, string | undefined>>

/**
 * The proxy that requests to the URL go through, if they do, chosen as a copier chooses it.
 * @throws {TypeError} for a proxy that is not a URL
 */
export function proxyOf(url: URL, proxy: string | undefined, environment: Variables): URL | undefined {
  return proxyFor(resolveProxy(proxy ?? 'environment', environment), url) ?? undefined
}

/** The same as variables for Node's agents. */
export function proxyVariables(
  url: URL,
  proxy: string | undefined,
  environment: Variables,
): Record<string, string> {
  const found = proxyOf(url, proxy, environment)
  return found === undefined ? {} : { HTTP_PROXY: found.href, HTTPS_PROXY: found.href }
}
