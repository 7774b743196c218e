import type { Socket } from 'node:net'
import { ConnectionPool, type Connect } from './connection-pool.js'
import { readInto } from './shared-window.js'
import type { ResolvedEndpoint } from '../options/endpoint-options.js'
import { proxyFor } from '../options/proxy-for.js'
import { openTunnel } from './tunnel.js'
import { buildConnector, type ConnectorOptions, type ConnectTarget } from './connect.js'

/** Bytes that one read takes from the kernel at most. One buffer for all connections of a thread. */
const WINDOW_BYTES = 128 * 1024
/** So many connections of an endpoint read the whole window at once; the others enough for an object of 32 KiB with its headers. */
const WIDE_CONNECTIONS = 64
const NARROW_BYTES = 36 * 1024
let window: Buffer | null = null

/**
 * HTTP/1.1 keep-alive connections to one endpoint, opened as they are needed. A request has a connection to itself: a slow answer
 * never holds up another object.
 */
export function openConnections(settings: ResolvedEndpoint, limit: number): ConnectionPool {
  const { host, origin, firstByteTimeoutMs, idleTimeoutMs } = settings
  const proxy = proxyFor(settings.proxy, new URL(origin))
  const connect = proxy === null ? direct(settings) : tunnelled(settings, proxy)
  return new ConnectionPool({ connect, host, limit, firstByteTimeoutMs, idleTimeoutMs })
}

function direct(settings: ResolvedEndpoint): Connect {
  window ??= Buffer.allocUnsafeSlow(WINDOW_BYTES)
  const options = connectorOptions(settings)
  const wide = buildConnector({ ...options, onread: readInto(window) })
  const narrow = buildConnector({ ...options, onread: readInto(window.subarray(0, NARROW_BYTES)) })
  const target = targetOf(new URL(settings.origin))
  let open = 0
  return (callback) => {
    const connector = open < WIDE_CONNECTIONS ? wide : narrow
    open += 1
    const socket = connector(target, callback) as Socket
    socket.once('close', () => (open -= 1))
    return () => socket.destroy()
  }
}

/** Through a tunnel for http too: a proxy that forwards would rewrite the target, and odd keys with it. */
function tunnelled(settings: ResolvedEndpoint, proxy: URL): Connect {
  const { timeout } = connectorOptions(settings)
  const toProxy = buildConnector({ timeout, allowH2: false })
  const toStore = buildConnector(connectorOptions(settings))
  const origin = new URL(settings.origin)
  const target = targetOf(origin)
  return (callback) => {
    let current = toProxy(targetOf(proxy), (error, socket) => {
      if (error !== null) return callback(error)
      openTunnel(socket!, target, proxy, timeout, (refused) => {
        if (refused !== null) return callback(refused)
        if (target.protocol === 'http:') return callback(null, socket)
        current = toStore({ ...target, httpSocket: socket! }, callback)
      })
    })
    return () => current.destroy()
  }
}

function connectorOptions({
  connectTimeoutMs,
  certificateAuthority: ca,
}: ResolvedEndpoint): ConnectorOptions {
  return { timeout: connectTimeoutMs, allowH2: false, ...(ca !== undefined && { ca }) }
}

function targetOf({ protocol, host, hostname, port }: URL): ConnectTarget {
  const address = hostname.replace(/^\[|\]$/g, '')
  return { protocol, host, hostname: address, port: port || (protocol === 'https:' ? '443' : '80') }
}
