import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import type { EndpointOptions } from '@lagoon/sync'
import { AWS } from './environment-proxy.js'
import { proxyVariables } from './proxy-of.js'

/** Connections to a store as a copier makes them: through its proxy, with its authority. */
export interface StoreAgents {
  readonly httpAgent: HttpAgent
  readonly httpsAgent: HttpsAgent
}

export function agentsFor({
  endpointUrl,
  proxy,
  certificateAuthority: ca,
}: Pick<EndpointOptions, 'endpointUrl' | 'proxy' | 'certificateAuthority'>): StoreAgents {
  const proxyEnv = proxyVariables(new URL(endpointUrl ?? AWS), proxy, process.env)
  const options = { keepAlive: true, proxyEnv }
  return {
    httpAgent: new HttpAgent(options),
    httpsAgent: new HttpsAgent({ ...options, ...(ca === undefined ? {} : { ca }) }),
  }
}
