import type { IncomingHttpHeaders } from 'node:http'
import type { FaultAction } from '../faults/fault-rule.js'
import type { Operation } from '../s3/operation.js'

/** A request that was understood and whose signature was checked. */
export interface S3Request {
  id: string
  method: string
  operation: Operation
  /** As sent, still escaped; for error responses. */
  rawPath: string
  /** Empty where the operation has none. */
  bucket: string
  key: string
  query: ReadonlyMap<string, string>
  headers: IncomingHttpHeaders
  /** The payload, framing taken off and the signed hash checked at its end. */
  body: AsyncIterable<Uint8Array>
  /** What is to go wrong. */
  faults: readonly FaultAction[]
  /** Trailers of an `aws-chunked` body, by lower-case name; complete once the body was read. */
  trailers: ReadonlyMap<string, string>
  /** Of the payload without framing; null when the client didn't say. */
  sizeBytes: number | null
}

/** A header's value, by lower-case name. */
export function header(request: Pick<S3Request, 'headers'>, name: string): string | undefined {
  const value = request.headers[name]
  return typeof value === 'string' ? value : value?.[0]
}
