import { createRequire } from 'node:module'
import type { Socket } from 'node:net'
import type { buildConnector as Build } from 'undici'
import type { ConnectCallback } from './connection-pool.js'
import type { readInto } from './shared-window.js'

const require = createRequire(import.meta.url)

/** Where to connect to, and over what if not a socket of its own. */
export type ConnectTarget = Pick<Build.Options, 'protocol' | 'host' | 'hostname' | 'port' | 'httpSocket'>

export interface ConnectorOptions {
  /** Milliseconds. */
  timeout: number
  allowH2: false
  ca?: string | Buffer
  onread?: ReturnType<typeof readInto>
}

type Connector = (target: ConnectTarget, callback: ConnectCallback) => Socket

/**
 * Sockets, with time to connect, names of servers and sessions of TLS. It is loaded by its own path: undici as a whole brings `fetch`, caches, WebSockets and
 * mocks with it, 14 MB of memory, and time at the start. undici is pinned, and a test holds this to be what the package exports.
 */
export const buildConnector = require('undici/lib/core/connect.js') as (
  options: ConnectorOptions,
) => Connector
