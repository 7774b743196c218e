import { lookup } from 'node:dns/promises'
import { connect as connectTcp, isIP } from 'node:net'
import { performance } from 'node:perf_hooks'
import { connect as connectTls, TLSSocket } from 'node:tls'
import { formatDuration } from '../text/format.js'
import type { EndpointOptions } from '@lagoon/sync'
import { agentsFor } from '../options/agents.js'
import { proxyOf } from '../options/proxy-of.js'
import type { Findings } from './check.js'
import { dateOf, open, portOf } from './reach.js'

const dayMs = 86_400_000

/** AWS refuses requests that are more than 15 minutes off (RequestTimeTooSkewed). */
const refusedSkewMs = 15 * 60_000
const doubtfulSkewMs = 5 * 60_000

/** Name, connection, certificate, clock. Returns whether the store can be reached at all. */
export async function checkNetwork(
  endpointUrl: string,
  endpoint: Pick<EndpointOptions, 'proxy' | 'certificateAuthority'>,
  findings: Findings,
): Promise<boolean> {
  const url = new URL(endpointUrl)
  const proxy = proxyOf(url, endpoint.proxy, process.env)
  // A proxy resolves the store's name and connects to it: from here, only the proxy can be checked.
  const nearest = proxy ?? url
  const host = nearest.hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) === 0 && !(await checkName(host, findings))) return false
  const reached =
    proxy === undefined
      ? await checkConnection(url, host, endpoint.certificateAuthority, findings)
      : await checkProxy(proxy, host, findings)
  if (reached) await checkClock(url, endpoint, findings)
  return reached
}

async function checkName(host: string, findings: Findings): Promise<boolean> {
  try {
    const addresses = await lookup(host, { all: true })
    findings.ok('name', `${host} is ${addresses.map(({ address }) => address).join(', ')}`)
    return true
  } catch (error) {
    const { code = 'failed' } = error as NodeJS.ErrnoException
    findings.failed(
      'name',
      `${host} cannot be resolved (${code})`,
      "Check the endpoint's host name and this machine's DNS.",
    )
    return false
  }
}

async function checkConnection(
  url: URL,
  host: string,
  ca: string | undefined,
  findings: Findings,
): Promise<boolean> {
  const secure = url.protocol === 'https:'
  const port = portOf(url)
  const startedAt = performance.now()
  try {
    const socket = await open(() =>
      secure
        ? connectTls({ host, port, ...(isIP(host) === 0 ? { servername: host } : {}), ...(ca && { ca }) })
        : connectTcp({ host, port }),
    )
    const took = formatDuration(performance.now() - startedAt)
    if (socket instanceof TLSSocket) checkCertificate(socket, took, findings)
    else findings.ok('connection', `port ${port} answers in ${took}, without TLS`)
    socket.destroy()
    return true
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const fix = /CERT|SELF_SIGNED|UNABLE_TO/.test(code ?? '')
      ? 'The certificate is not trusted: set …_CA_FILE of this side or NODE_EXTRA_CA_CERTS to its authority, or correct the endpoint.'
      : 'Check that the store is running, and any firewall, proxy or VPN in between.'
    findings.failed(secure ? 'TLS' : 'connection', `${host}:${port}: ${code ?? message}`, fix)
    return false
  }
}

async function checkProxy(proxy: URL, host: string, findings: Findings): Promise<boolean> {
  const port = portOf(proxy)
  try {
    const socket = await open(() => connectTcp({ host, port }))
    socket.destroy()
    findings.ok('proxy', `${host}:${port} answers; it connects to the store itself`)
    return true
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    findings.failed(
      'proxy',
      `${host}:${port}: ${code ?? message}`,
      'Correct HTTPS_PROXY, or …_PROXY of this side; exempt the store with NO_PROXY.',
    )
    return false
  }
}

function checkCertificate(socket: TLSSocket, took: string, findings: Findings): void {
  const endsAt = Date.parse(socket.getPeerCertificate().valid_to)
  const days = Math.floor((endsAt - Date.now()) / dayMs)
  const detail = `${socket.getProtocol() ?? 'TLS'} in ${took}, certificate valid for ${days} days`
  if (days < 14) findings.warning('TLS', detail, "Renew the store's certificate before it expires.")
  else findings.ok('TLS', detail)
}

async function checkClock(
  url: URL,
  endpoint: Pick<EndpointOptions, 'proxy' | 'certificateAuthority'>,
  findings: Findings,
): Promise<void> {
  const before = Date.now()
  const header = await dateOf(url, agentsFor({ ...endpoint, endpointUrl: url.href }))
  const serverMs = Date.parse(header)
  if (Number.isNaN(serverMs)) {
    findings.skipped('clock', 'the store does not report its time')
    return
  }
  const skewMs = serverMs + 500 - (before + Date.now()) / 2
  const size = Math.abs(skewMs)
  const detail =
    size < 2000
      ? 'agrees with this machine'
      : `${formatDuration(size)} ${skewMs > 0 ? 'ahead of' : 'behind'} this machine`
  const fix = "Set this machine's clock, for example with NTP."
  if (size >= refusedSkewMs) findings.failed('clock', detail, fix)
  else if (size >= doubtfulSkewMs) findings.warning('clock', detail, fix)
  else findings.ok('clock', detail)
}
