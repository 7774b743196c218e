import { connect as connectTcp, isIP, type Socket } from 'node:net'
import {
  connect as connectTls,
  createSecureContext,
  DEFAULT_CIPHERS,
  getCACertificates,
  type ConnectionOptions,
  type SecureContext,
} from 'node:tls'
import type { ConnectCallback } from './connection-pool.js'
import { Http1Error } from './errors.js'
import type { readInto } from './shared-window.js'

/** Where to connect to. */
export interface ConnectTarget {
  protocol: string
  /** Name or address, an IPv6 address without brackets. */
  hostname: string
  port: string
}

export interface ConnectorOptions {
  /** Until the connection is ready for a request, the handshake included. */
  timeoutMs: number
  authorities: TrustedAuthorities
  onread?: ReturnType<typeof readInto> | undefined
}

/**
 * Opens a connection; the callback is called once.
 *
 * @param through a socket that leads to the target already, through a tunnel
 */
type Connector = (target: ConnectTarget, callback: ConnectCallback, through?: Socket) => Socket

/** AES-128 before AES-256: the processors of servers compute both, and the first with two thirds of the rounds. */
const CIPHERS = `TLS_AES_128_GCM_SHA256:${DEFAULT_CIPHERS}`
const KEEP_ALIVE_PROBE_MS = 60_000
/** The certificate is not signed by a trusted authority: X509_verify_cert(3ssl). */
const UNKNOWN_AUTHORITY = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
])

/** A way to connect. Each handshake after the first resumes the newest session. */
export function createConnector({ timeoutMs, authorities, onread }: ConnectorOptions): Connector {
  let session: Buffer | undefined
  return (target, callback, through) => {
    const { protocol, hostname, port } = target
    let socket: Socket
    if (protocol === 'https:') {
      const options: ConnectionOptions & { onread?: ReturnType<typeof readInto> } = {
        secureContext: authorities.context,
        // RFC 6066, section 3: an address is no server name.
        servername: isIP(hostname) === 0 ? hostname.replace(/\.$/, '') : '',
        ALPNProtocols: ['http/1.1'],
        ...(session !== undefined && { session }),
        ...(through === undefined ? { host: hostname, port: Number(port) } : { socket: through }),
        ...(onread !== undefined && { onread }),
      }
      socket = connectTls(options).on('session', (newest) => (session = newest))
    } else {
      socket = connectTcp({ host: hostname, port: Number(port), ...(onread !== undefined && { onread }) })
    }
    socket.setKeepAlive(true, KEEP_ALIVE_PROBE_MS).setNoDelay(true)
    settleOnce(socket, protocol === 'https:' ? 'secureConnect' : 'connect', timeoutMs, target, callback)
    return socket
  }
}

function settleOnce(
  socket: Socket,
  ready: 'connect' | 'secureConnect',
  timeoutMs: number,
  { hostname, port }: ConnectTarget,
  callback: ConnectCallback,
): void {
  const timer = setTimeout(() => {
    const message = `no connection to ${hostname}:${port} within ${timeoutMs} ms`
    socket.destroy(new Http1Error('HTTP1_CONNECT_TIMEOUT', message))
  }, timeoutMs)
  let settled = false
  const settle = (error: Error | null): void => {
    if (settled) return
    settled = true
    clearTimeout(timer)
    if (error === null) callback(null, socket)
    else callback(error)
  }
  socket
    .once(ready, () => settle(null))
    .on('error', settle)
    // A socket that was destroyed without an error.
    .once('close', () => settle(new Http1Error('HTTP1_CLOSED', 'the connection was closed')))
}

/**
 * Whom a connection trusts. Node's own authorities come first, the system's are added for a certificate that those do not cover: reading them
 * takes longer than a short command does.
 */
export class TrustedAuthorities {
  readonly #given: string | undefined
  #context: SecureContext | null = null
  #complete: boolean

  /** @param given PEM of the authorities to trust instead of all others */
  constructor(given: string | undefined) {
    this.#given = given
    this.#complete = given !== undefined
  }

  /** Parsed once for all connections. */
  get context(): SecureContext {
    const ca = this.#given
    return (this.#context ??= createSecureContext({ ciphers: CIPHERS, ...(ca !== undefined && { ca }) }))
  }

  /** Adds the system's authorities. True if that is news, and a connection refused with this error is worth another try. */
  extendFor(error: Error): boolean {
    if (this.#complete || !('code' in error) || !UNKNOWN_AUTHORITY.has(String(error.code))) return false
    this.#complete = true
    const known = new Set(getCACertificates('default'))
    const added = getCACertificates('system').filter((authority) => !known.has(authority))
    for (const authority of added) this.context.context.addCACert(authority)
    return added.length > 0
  }
}
