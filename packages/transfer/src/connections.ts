import type { Dispatcher } from 'undici'
import { directConnector } from './direct-read.js'
import type { ResolvedEndpoint } from './options.js'
import { Pool, proxyAgents } from './undici.js'

/**
 * HTTP/1.1 keep-alive connections to one endpoint, opened as they are needed. A request has a connection to itself: a slow answer
 * never holds up another object.
 */
export function createDispatcher(settings: ResolvedEndpoint, connections: number): Dispatcher {
  const options = {
    connections,
    pipelining: 1,
    allowH2: false,
    headersTimeout: settings.firstByteTimeoutMs,
    bodyTimeout: settings.idleTimeoutMs,
  }
  const tls = settings.certificateAuthority === undefined ? {} : { ca: settings.certificateAuthority }
  const connect = { timeout: settings.connectTimeoutMs, allowH2: false, ...tls }
  const direct = (): Dispatcher =>
    new Pool(settings.origin, { ...options, connect: directConnector(connect) })
  if (settings.proxy === 'none') return direct()
  // Through a tunnel for http too: a proxy that forwards would rewrite the target, and odd keys with it.
  const proxied = {
    ...options,
    proxyTunnel: true,
    connectTimeout: settings.connectTimeoutMs,
    requestTls: tls,
  }
  if (settings.proxy === 'environment' && !hasProxyInEnvironment()) return direct()
  const { ProxyAgent, EnvHttpProxyAgent } = proxyAgents()
  if (settings.proxy !== 'environment') return new ProxyAgent({ ...proxied, uri: settings.proxy })
  return new EnvHttpProxyAgent({ ...proxied, connect })
}

function hasProxyInEnvironment(): boolean {
  const { env } = process
  return Boolean(env['http_proxy'] ?? env['HTTP_PROXY'] ?? env['https_proxy'] ?? env['HTTPS_PROXY'])
}
