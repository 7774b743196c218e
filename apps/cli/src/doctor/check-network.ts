import { lookup } from 'node:dns/promises'
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import { connect as connectTls, TLSSocket } from 'node:tls'
import { formatDuration } from '../output/format.js'
import type { Findings } from './check.js'

const timeoutMs = 10_000
const dayMs = 86_400_000

/** AWS refuses requests that are more than 15 minutes off (RequestTimeTooSkewed). */
const refusedSkewMs = 15 * 60_000
const doubtfulSkewMs = 5 * 60_000

/** Name, connection, certificate, clock. Answers whether the store can be talked to at all. */
export async function checkNetwork(endpointUrl: string, findings: Findings): Promise<boolean> {
  const url = new URL(endpointUrl)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) === 0 && !(await checkName(host, findings))) return false
  if (!(await checkConnection(url, host, findings))) return false
  await checkClock(url, findings)
  return true
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

async function checkConnection(url: URL, host: string, findings: Findings): Promise<boolean> {
  const secure = url.protocol === 'https:'
  const port = Number(url.port === '' ? (secure ? 443 : 80) : url.port)
  const startedAt = performance.now()
  try {
    const socket = await open(secure, host, port)
    const took = formatDuration(performance.now() - startedAt)
    if (socket instanceof TLSSocket) checkCertificate(socket, took, findings)
    else findings.ok('connection', `port ${port} answers in ${took}, without TLS`)
    socket.destroy()
    return true
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const fix = /CERT|SELF_SIGNED|UNABLE_TO/.test(code ?? '')
      ? 'The certificate is not trusted here: name its authority with NODE_EXTRA_CA_CERTS, or correct the endpoint.'
      : 'Check that the store runs there, and what lies between: firewall, proxy, VPN.'
    findings.failed(secure ? 'TLS' : 'connection', `${host}:${port}: ${code ?? message}`, fix)
    return false
  }
}

function open(secure: boolean, host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket: Socket = secure
      ? connectTls({ host, port, ...(isIP(host) === 0 ? { servername: host } : {}) }, () => resolve(socket))
      : connectTcp({ host, port }, () => resolve(socket))
    socket.once('error', reject)
    socket.setTimeout(timeoutMs, () =>
      socket.destroy(new Error(`no answer within ${timeoutMs / 1000} seconds`)),
    )
  })
}

function checkCertificate(socket: TLSSocket, took: string, findings: Findings): void {
  const endsAt = Date.parse(socket.getPeerCertificate().valid_to)
  const days = Math.floor((endsAt - Date.now()) / dayMs)
  const detail = `${socket.getProtocol() ?? 'TLS'} in ${took}, certificate valid for ${days} days`
  if (days < 14) findings.warning('TLS', detail, "Renew the store's certificate before it ends.")
  else findings.ok('TLS', detail)
}

async function checkClock(url: URL, findings: Findings): Promise<void> {
  const before = Date.now()
  let header: string | null
  try {
    const response = await fetch(url, {
      method: 'HEAD',
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    })
    header = response.headers.get('date')
  } catch {
    header = null
  }
  const serverMs = Date.parse(header ?? '')
  if (Number.isNaN(serverMs)) {
    findings.skipped('clock', 'the store does not tell its time')
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
