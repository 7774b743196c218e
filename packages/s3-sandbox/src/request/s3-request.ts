import type { IncomingHttpHeaders } from 'node:http'
import type { FaultAction } from '../faults/fault-rule.js'
import type { Operation } from '../s3/operation.js'

/** A parsed request with a valid signature. */
export interface S3Request {
  id: string
  method: string
  operation: Operation
  /** As sent, still escaped; for error responses. */
  rawPath: string
  /** Empty if the operation has none. */
  bucket: string
  key: string
  query: ReadonlyMap<string, string>
  headers: IncomingHttpHeaders
  /** The payload without framing; its signed hash is checked at its end. */
  body: AsyncIterable<Uint8Array>
  /** The faults that apply. */
  faults: readonly FaultAction[]
  /** Trailers of an `aws-chunked` body, by lower-case name; complete once the body has been read. */
  trailers: ReadonlyMap<string, string>
  /** Length of the payload without framing; null if unknown. */
  sizeBytes: number | null
}

/** A header's value, by lower-case name. */
export function header(request: Pick<S3Request, 'headers'>, name: string): string | undefined {
  const value = request.headers[name]
  return typeof value === 'string' ? value : value?.[0]
}
