import type { Sessions } from '../auth/sessions.js'
import type { Dialect } from '../dialect/dialect.js'
import type { Limits } from '../limits.js'
import type { ObjectStore } from '../store/object-store.js'
import type { S3Response } from '../message/s3-response.js'
import type { S3Request } from './s3-request.js'

/** What an operation needs besides its request. */
export interface ServerContext {
  store: ObjectStore
  /** The region of buckets without one. */
  region: string
  limits: Limits
  sessions: Sessions
  /** The store's present dialect. */
  dialect(): Dialect
  /** Unix milliseconds by the server's clock. */
  now(): number
}

export type Handler = (request: S3Request, context: ServerContext) => S3Response | Promise<S3Response>
