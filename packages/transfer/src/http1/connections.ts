import { ConnectionPool, type Connect } from './connection-pool.js'
import { readInto } from './shared-window.js'
import type { ResolvedEndpoint } from '../options/endpoint-options.js'
import { proxyFor } from '../options/proxy-for.js'
import { openTunnel } from './tunnel.js'
import { createConnector, TrustedAuthorities, type ConnectorOptions, type ConnectTarget } from './connect.js'

/** Bytes that one read takes from the kernel at most. One buffer for all connections of a thread. */
const WINDOW_BYTES = 128 * 1024
/** So many connections of an endpoint read the whole window at once; the others enough for an object of 32 KiB with its headers. */
const WIDE_CONNECTIONS = 64
const NARROW_BYTES = 36 * 1024
/** Safe to share: what is read into it is taken before the next read. */
let window: Buffer | null = null

/**
 * HTTP/1.1 keep-alive connections to one endpoint, opened as they are needed. A request has a connection to itself: a slow answer
 * never holds up another object.
 */
export function openConnections(settings: ResolvedEndpoint, limit: number): ConnectionPool {
  const { host, origin, certificateAuthority, firstByteTimeoutMs, idleTimeoutMs } = settings
  const proxy = proxyFor(settings.proxy, new URL(origin))
  const authorities = new TrustedAuthorities(certificateAuthority)
  const options = { timeoutMs: settings.connectTimeoutMs, authorities }
  const target = targetOf(new URL(origin))
  const open = proxy === null ? direct(target, options) : tunnelled(target, options, proxy)
  const connect = tryAgainIf((error) => authorities.extendFor(error), open)
  return new ConnectionPool({ connect, host, limit, firstByteTimeoutMs, idleTimeoutMs })
}

/** Connects once more after a failure that calls for it. */
function tryAgainIf(worthIt: (error: Error) => boolean, connect: Connect): Connect {
  return (callback) => {
    let giveUp = connect((error, socket) => {
      if (error !== null && worthIt(error)) giveUp = connect(callback)
      else if (error !== null) callback(error)
      else callback(null, socket)
    })
    return () => giveUp()
  }
}

function direct(target: ConnectTarget, options: ConnectorOptions): Connect {
  window ??= Buffer.allocUnsafeSlow(WINDOW_BYTES)
  const wide = createConnector({ ...options, onread: readInto(window) })
  const narrow = createConnector({ ...options, onread: readInto(window.subarray(0, NARROW_BYTES)) })
  let open = 0
  return (callback) => {
    const connector = open < WIDE_CONNECTIONS ? wide : narrow
    open += 1
    const socket = connector(target, callback)
    socket.once('close', () => (open -= 1))
    return () => socket.destroy()
  }
}

/** Through a tunnel for http too: a proxy that forwards would rewrite the target, and odd keys with it. */
function tunnelled(target: ConnectTarget, options: ConnectorOptions, proxy: URL): Connect {
  const toProxy = createConnector(options)
  const toStore = createConnector(options)
  return (callback) => {
    let current = toProxy(targetOf(proxy), (error, socket) => {
      if (error !== null) return callback(error)
      openTunnel(socket!, target, proxy, options.timeoutMs, (refused) => {
        if (refused !== null) return callback(refused)
        if (target.protocol === 'http:') return callback(null, socket)
        current = toStore(target, callback, socket)
      })
    })
    return () => current.destroy()
  }
}

function targetOf({ protocol, hostname, port }: URL): ConnectTarget {
  const address = hostname.replace(/^\[|\]$/g, '')
  return { protocol, hostname: address, port: port || (protocol === 'https:' ? '443' : '80') }
}
