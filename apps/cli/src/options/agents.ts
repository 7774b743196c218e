import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import type { EndpointOptions } from '@lagoon/sync'
import { proxyVariables } from './proxy-of.js'

/** Connections to a store as a copier makes them: through its proxy, with its authority. */
export interface StoreAgents {
  readonly httpAgent: HttpAgent
  readonly httpsAgent: HttpsAgent
}

export function agentsFor({
  proxy,
  certificateAuthority: ca,
}: Pick<EndpointOptions, 'proxy' | 'certificateAuthority'>): StoreAgents {
  const options = { keepAlive: true, proxyEnv: proxyVariables(proxy, process.env) }
  return {
    httpAgent: new HttpAgent(options),
    httpsAgent: new HttpsAgent({ ...options, ...(ca === undefined ? {} : { ca }) }),
  }
}
