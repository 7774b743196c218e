import type { IncomingHttpHeaders } from 'node:http'
import type { Operation } from '../s3/operation.js'

/** How a request ended: with a full response, cut by the client, or cut by a fault. */
export type RequestEnd = 'answered' | 'aborted' | 'cut'

/** One request as the server saw it. Later fields are set as it progresses. */
export interface RequestRecord {
  /** Sent back as `x-amz-request-id`. */
  readonly id: string
  /** Counts from 1. */
  readonly sequence: number
  /** `Unknown` if the target could not be parsed. */
  operation: Operation | 'Unknown'
  readonly method: string
  /** As sent. */
  readonly target: string
  bucket: string | null
  key: string | null
  query: ReadonlyMap<string, string>
  readonly headers: IncomingHttpHeaders
  /** `performance.now()` at arrival. */
  readonly startedAt: number
  /** Null until it has ended. */
  durationMs: number | null
  status: number | null
  /** S3's error code, if the response is an error. */
  code: string | null
  /** Types of the faults that were applied. */
  faults: string[]
  /** Body bytes read and written. */
  bytesReceived: number
  bytesSent: number
  end: RequestEnd | null
}
