import type { Endpoint } from '../s3/endpoint.js'
import type { BufferPool } from './buffer-pool.js'

/** What a relay works with; shared by all attempts of a copier. */
export interface RelayContext {
  source: Endpoint
  destination: Endpoint
  buffers: BufferPool
}
