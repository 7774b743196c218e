import type { Endpoint } from './endpoint.js'

/** Where a source object is. */
export interface SourcePlace {
  endpoint: Endpoint
  /** Encoded. */
  path: string
  /** `versionId=…` or ''. */
  query: string
  /** The key as people write it. */
  name: string
}
