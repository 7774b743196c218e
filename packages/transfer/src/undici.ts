import { createRequire } from 'node:module'
import type * as Undici from 'undici'

const require = createRequire(import.meta.url)

/**
 * What is used of undici, each by its own path. The package as a whole brings `fetch`, caches, WebSockets and mocks with it: 14 MB of memory, and
 * time at the start. undici is pinned, and a test holds these to be what the package exports.
 */
export const Pool = require('undici/lib/dispatcher/pool.js') as typeof Undici.Pool
export const buildConnector = require('undici/lib/core/connect.js') as typeof Undici.buildConnector

/** The whole package, where there is a proxy: its agents need more of it than their own files load. */
export function proxyAgents(): Pick<typeof Undici, 'ProxyAgent' | 'EnvHttpProxyAgent'> {
  return require('undici') as typeof Undici
}
