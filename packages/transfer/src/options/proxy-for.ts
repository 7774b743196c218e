import { BlockList, isIP } from 'node:net'

/** Which proxies lead where. */
export interface ProxySettings {
  /** For URLs of either scheme; the one for `https:` falls back to the other. */
  readonly http: string | undefined
  readonly https: string | undefined
  /** Hosts that are reached without one, as `no_proxy` lists them. */
  readonly exempt: string
}

/**
 * What an option says of proxies, with the variables of an environment where it leaves it to them.
 *
 * @param option `none`, `environment` or a URL
 */
export function resolveProxy(
  option: string,
  environment: Readonly<Record<string, string | undefined>>,
): ProxySettings {
  if (option === 'none') return { http: undefined, https: undefined, exempt: '' }
  if (option !== 'environment') return { http: option, https: option, exempt: '' }
  const all = environment['all_proxy'] ?? environment['ALL_PROXY']
  // Desktops set it for SOCKS, which other programs use for everything but HTTP.
  const other = all && /^https?:/i.test(all) ? all : undefined
  return {
    http: environment['http_proxy'] ?? environment['HTTP_PROXY'] ?? other,
    https: environment['https_proxy'] ?? environment['HTTPS_PROXY'] ?? other,
    exempt: environment['no_proxy'] ?? environment['NO_PROXY'] ?? '',
  }
}

/** The proxy for a URL; null for none. */
export function proxyFor({ http, https, exempt }: ProxySettings, url: URL): URL | null {
  const proxy = (url.protocol === 'https:' && https) || http
  return !proxy || isExempt(url, exempt) ? null : new URL(proxy)
}

/**
 * `no_proxy`: names including their subdomains, `*.` for subdomains only, addresses, each with an optional port;
 * networks as `10.0.0.0/8`; `*` for all.
 */
function isExempt({ hostname, port, protocol }: URL, exempt: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
  const ownPort = port || (protocol === 'https:' ? '443' : '80')
  return exempt
    .toLowerCase()
    .split(/[,\s]+/)
    .filter(Boolean)
    .some((entry) => {
      if (entry.includes('/')) return isInNetwork(host, entry)
      const [, bracketed, plain, entryPort] = /^(?:\[(.+)\]|([^:]*|.*:.*:.*))(?::(\d+))?$/.exec(entry) ?? []
      const name = bracketed ?? plain ?? entry
      if (entryPort !== undefined && entryPort !== ownPort) return false
      if (name === '*') return true
      const below = name.replace(/^\*?\./, '')
      return host.endsWith(`.${below}`) || (host === below && !name.startsWith('*.'))
    })
}

function isInNetwork(host: string, network: string): boolean {
  const [address = '', bits = ''] = network.replace(/^\[(.*)\]/, '$1').split('/')
  const family = isIP(address)
  if (
    family === 0 ||
    isIP(host) !== family ||
    !/^\d{1,3}$/.test(bits) ||
    Number(bits) > (family === 4 ? 32 : 128)
  )
    return false
  const list = new BlockList()
  const type = family === 4 ? 'ipv4' : 'ipv6'
  list.addSubnet(address, Number(bits), type)
  return list.check(host, type)
}
