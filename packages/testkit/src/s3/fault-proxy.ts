import { startFaultProxy as startProxy, type FaultProxy, type FaultProxyOptions } from '@lagoon/s3-sandbox'
import type { StoreEndpoint } from './store-endpoint.js'

export type StoreFaultProxyOptions = Omit<FaultProxyOptions, 'upstream'>

/** A proxy, and the endpoint at which clients reach the store through it. */
export interface StoreFaultProxy extends FaultProxy {
  readonly endpoint: StoreEndpoint
}

/**
 * Puts a proxy in front of a store such as MinIO: with `faults`, `hold`, `setShape` and the request log of `@lagoon/s3-sandbox`. Same
 * credentials; signatures stay valid because requests pass byte for byte.
 */
export async function startFaultProxy(
  store: StoreEndpoint,
  options: StoreFaultProxyOptions = {},
): Promise<StoreFaultProxy> {
  const proxy = await startProxy({ ...options, upstream: store.url })
  return { ...proxy, endpoint: { ...store, url: proxy.url } }
}
