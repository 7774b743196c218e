import type { Endpoint } from './endpoint.js'

/** Where an object is. */
export interface ObjectLocation {
  endpoint: Endpoint
  /** Encoded. */
  path: string
  /** `versionId=…` or ''. */
  query: string
  /** The key in readable form. */
  name: string
}
