import type { RequestMatch } from '../log/request-match.js'

/**
 * What goes wrong. Byte positions count bytes of the body, from 0, as they travel: of a request with `aws-chunked`, framing
 * included.
 */
export type FaultAction =
  /** An S3 error instead of the operation: status (default by the code, else 500), message, `Retry-After`. */
  | { type: 'error'; code: string; status?: number; message?: string; retryAfterSeconds?: number }
  /** Any answer instead of the operation. */
  | { type: 'answer'; status: number; headers?: Record<string, string>; body?: string | Uint8Array }
  /** A proxy's HTML page instead of the operation; status default 502. */
  | { type: 'html'; status?: number }
  /** XML that ends in the middle instead of the operation; status default 200. */
  | { type: 'garbage-xml'; status?: number }
  /** The bucket lives in another region: 301 PermanentRedirect (or the status given) with `x-amz-bucket-region`. */
  | { type: 'redirect'; region: string; status?: number; endpoint?: string }
  /**
   * 200 with an error in the body, as CopyObject, UploadPartCopy and CompleteMultipartUpload may answer. `applied` (default
   * false): the operation took effect nevertheless.
   */
  | { type: 'error-in-body'; code?: string; message?: string; applied?: boolean }
  /** The connection is reset after so many bytes of the answer's body; `headers` (default) before anything is sent. */
  | { type: 'reset-response'; atByte?: number | 'headers' }
  /** The connection is reset after so many bytes of the request's body were read. */
  | { type: 'reset-request'; atByte: number }
  /**
   * The answer's body ends early. `kept` (default): the headers promise the whole and the connection is closed; `shortened`:
   * Content-Length says what is sent, so that only an ETag, a checksum or Content-Range can tell.
   */
  | { type: 'truncate'; atByte: number; contentLength?: 'kept' | 'shortened' }
  /** One byte is changed (by XOR with `mask`, default 1), of the answer's body (default) or of the request's. */
  | { type: 'flip'; atByte: number; side?: 'response' | 'request'; mask?: number }
  /** Nothing goes on after so many bytes of the answer's body (default: before its headers) or of the request's. */
  | { type: 'stall'; atByte?: number | 'headers'; side?: 'response' | 'request' }
  /** The request waits so long before anything happens. */
  | { type: 'delay'; ms: number }

/** When, and what. */
export interface FaultRule extends RequestMatch {
  action: FaultAction
  /** Only the nth request that matches, counted from 1; or several of them. */
  nth?: number | readonly number[]
  /** Only so many times; default without end. */
  times?: number
  /** Only with this probability, by the seeded generator of the sandbox; default 1. */
  probability?: number
}

/** A rule that is in force. */
export interface Fault {
  readonly rule: FaultRule
  /** Requests that matched so far. */
  readonly matched: number
  /** Requests to which the action was applied. */
  readonly applied: number
  /** Takes the rule back. Requests stalled by it go on. */
  remove(): void
}
