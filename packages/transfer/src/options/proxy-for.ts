/**
 * The proxy that leads to a URL; null for none.
 *
 * @param option `none`, `environment` or a URL
 */
export function proxyFor(option: string, url: URL, env: NodeJS.ProcessEnv = process.env): URL | null {
  if (option === 'none') return null
  if (option !== 'environment') return new URL(option)
  const forHttp = env['http_proxy'] ?? env['HTTP_PROXY']
  const forHttps = env['https_proxy'] ?? env['HTTPS_PROXY']
  const proxy = (url.protocol === 'https:' && forHttps) || forHttp
  if (!proxy || isExempt(url, env['no_proxy'] ?? env['NO_PROXY'] ?? '')) return null
  return new URL(proxy)
}

/** `no_proxy`: names with all that is below them, `*.` for only what is below, addresses, each with a port if wanted; `*` for all. */
function isExempt({ hostname, port, protocol }: URL, exempt: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
  const ownPort = port || (protocol === 'https:' ? '443' : '80')
  return exempt
    .toLowerCase()
    .split(/[,\s]+/)
    .filter(Boolean)
    .some((entry) => {
      const [, bracketed, plain, entryPort] = /^(?:\[(.+)\]|([^:]*|.*:.*:.*))(?::(\d+))?$/.exec(entry) ?? []
      const name = bracketed ?? plain ?? entry
      if (entryPort !== undefined && entryPort !== ownPort) return false
      if (name === '*') return true
      const below = name.replace(/^\*?\./, '')
      return host.endsWith(`.${below}`) || (host === below && !name.startsWith('*.'))
    })
}
