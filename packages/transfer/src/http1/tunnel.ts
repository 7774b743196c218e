import type { Socket } from 'node:net'
import { Http1Error } from './errors.js'

const MAX_HEAD_BYTES = 16 * 1024
const TUNNEL_OPEN = /^HTTP\/1\.[01] 2[0-9][0-9][ \r]/
const HEAD_END = '\r\n\r\n'

/**
 * Asks a proxy for a tunnel to a host (RFC 9110, section 9.3.6). When it is open, the socket leads there.
 *
 * @param socket to the proxy
 * @param timeoutMs until the proxy answers
 */
export function openTunnel(
  socket: Socket,
  { hostname, port }: { hostname: string; port: string },
  proxy: URL,
  timeoutMs: number,
  callback: (error: Error | null) => void,
): void {
  let answer = ''
  const timer = setTimeout(() => socket.destroy(timedOut(proxy)), timeoutMs)
  const finish = (error: Error | null): void => {
    clearTimeout(timer)
    socket.off('data', read).off('error', finish).off('close', ended)
    if (error !== null) socket.destroy()
    callback(error)
  }
  const ended = (): void => finish(refusal(proxy, 'the connection was closed'))
  const read = (bytes: Buffer): void => {
    answer += bytes.toString('latin1')
    const end = answer.indexOf(HEAD_END)
    if (end < 0 && answer.length < MAX_HEAD_BYTES) return
    const isOpen = TUNNEL_OPEN.test(answer) && end === answer.length - HEAD_END.length
    finish(isOpen ? null : refusal(proxy, answer.slice(0, 100).split('\r\n')[0]!))
  }
  socket.on('data', read).on('error', finish).on('close', ended)
  const target = `${hostname.includes(':') ? `[${hostname}]` : hostname}:${port}`
  socket.write(`CONNECT ${target} HTTP/1.1\r\nhost: ${target}\r\n${authorization(proxy)}\r\n`, 'latin1')
}

function authorization({ username, password }: URL): string {
  if (username === '' && password === '') return ''
  const account = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return `proxy-authorization: Basic ${Buffer.from(account).toString('base64')}\r\n`
}

function refusal({ host }: URL, why: string): Http1Error {
  return new Http1Error('HTTP1_TUNNEL_REFUSED', `the proxy ${host} opened no tunnel: ${why}`)
}

function timedOut({ host }: URL): Error {
  return Object.assign(new Error(`the proxy ${host} did not answer in time`), { code: 'ETIMEDOUT' })
}
