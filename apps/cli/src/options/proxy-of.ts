type Variables = Readonly<Record<string, string | undefined>>

const names = ['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'] as const

/** `environment` obeys the variables, `none` goes direct, a URL stands for both of them. */
export function proxyVariables(proxy: string | undefined, environment: Variables): Record<string, string> {
  if (proxy === 'none') return {}
  if (proxy !== undefined && proxy !== 'environment') return { HTTP_PROXY: proxy, HTTPS_PROXY: proxy }
  return Object.fromEntries(names.flatMap((name) => (environment[name] ? [[name, environment[name]]] : [])))
}

/** Host and port of the proxy that requests to the URL go through, if they do; never what stands before the host. */
export function proxyOf(url: URL, proxy: string | undefined, environment: Variables): URL | undefined {
  const variables = proxyVariables(proxy, environment)
  const scheme = url.protocol === 'https:' ? 'https' : 'http'
  const found = variables[`${scheme}_proxy`] ?? variables[`${scheme.toUpperCase()}_PROXY`]
  if (found === undefined || !URL.canParse(found)) return undefined
  return isExempt(url.hostname, variables.no_proxy ?? variables.NO_PROXY ?? '') ? undefined : new URL(found)
}

/** `*`, a host, or the end of one. */
function isExempt(host: string, list: string): boolean {
  return list
    .split(/[\s,]+/)
    .filter(Boolean)
    .map((entry) => entry.replace(/:\d+$/, '').replace(/^\*?\./, ''))
    .some((entry) => entry === '*' || host === entry || host.endsWith(`.${entry}`))
}
