import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { StoreAgents } from '../options/agents.js'

const timeoutMs = 10_000

/** The port of a URL, which may be its scheme's own. */
export function portOf(url: URL): number {
  return Number(url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : url.port)
}

/** A socket that is connected, with TLS where it has that. */
export function open(connect: () => Socket): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect()
    socket.once(socket instanceof TLSSocket ? 'secureConnect' : 'connect', () => resolve(socket))
    socket.once('error', reject)
    socket.setTimeout(timeoutMs, () =>
      socket.destroy(new Error(`no response within ${timeoutMs / 1000} seconds`)),
    )
  })
}

/** The time that the store names; '' when it does not. */
export function dateOf(url: URL, { httpAgent, httpsAgent }: StoreAgents): Promise<string> {
  const secure = url.protocol === 'https:'
  return new Promise((resolve) => {
    const options = { method: 'HEAD', timeout: timeoutMs, agent: secure ? httpsAgent : httpAgent }
    const asked = (secure ? requestHttps : requestHttp)(url, options, (response) => {
      response.resume()
      resolve(response.headers.date ?? '')
    })
    asked.on('timeout', () => asked.destroy())
    asked.on('error', () => resolve(''))
    asked.end()
  }).finally(() => {
    httpAgent.destroy()
    httpsAgent.destroy()
  }) as Promise<string>
}
