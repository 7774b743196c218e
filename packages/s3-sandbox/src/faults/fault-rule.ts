import type { RequestMatch } from '../log/request-match.js'
import type { RequestRecord } from '../log/request-record.js'

/** A text, or a function of the request that makes one. */
export type FaultText = string | ((request: RequestRecord) => string)

/** For what answers instead of the operation. */
interface Instead {
  /** True: the operation took effect nevertheless, and only its response is lost. Default false. */
  applied?: boolean
}

/**
 * What goes wrong. Byte positions count bytes of the body, from 0, as they travel: of a request with `aws-chunked`, framing
 * included.
 */
export type FaultAction =
  /** An S3 error instead of the operation: status (default by the code, else 500), message, `Retry-After`. */
  | ({
      type: 'error'
      code: FaultText
      status?: number
      message?: FaultText
      retryAfterSeconds?: number
    } & Instead)
  /** Any answer instead of the operation. */
  | ({
      type: 'answer'
      status: number
      headers?: Record<string, string>
      body?: string | Uint8Array
    } & Instead)
  /** A proxy's HTML page instead of the operation; status default 502. */
  | ({ type: 'html'; status?: number; headers?: Record<string, string> } & Instead)
  /** XML that ends in the middle instead of the operation; status default 200. */
  | ({ type: 'garbage-xml'; status?: number } & Instead)
  /** The bucket lives in another region: 301 PermanentRedirect (or the status given) with `x-amz-bucket-region`. */
  | { type: 'redirect'; region: string; status?: number; endpoint?: string }
  /** 200 with an error in the body, as CopyObject, UploadPartCopy and CompleteMultipartUpload may answer. */
  | ({ type: 'error-in-body'; code?: string; message?: string } & Instead)
  /** Other headers in the answer than the operation gave; null leaves one out. */
  | { type: 'headers'; set: Record<string, string | null> }
  /** Another ETag in the response, in its header or its document, than that of the object; null leaves it out. */
  | { type: 'etag'; value: string | null }
  /** CompleteMultipartUpload makes the object without a part, or with two of them swapped, and answers its ETag. Numbers from 1. */
  | { type: 'assemble'; drop?: number; swap?: readonly [number, number] }
  /**
   * Another range is read than the one asked for; null reads the whole. Content-Range tells what came (`honest`, default), or what was
   * asked for (`asked`).
   */
  | {
      type: 'other-range'
      range: string | null | ((asked: string | undefined) => string | null)
      contentRange?: 'honest' | 'asked'
    }
  /** A listing answers its first page whatever marker is sent, and says that there is more. `tokens`: default `same`. */
  | { type: 'repeat-page'; tokens?: 'same' | 'fresh' }
  /** The connection is reset after so many bytes of the response's body; `headers` (default) before anything is sent. */
  | { type: 'reset-response'; atByte?: number | 'headers' }
  /** The connection is reset after so many bytes of the request's body were read. */
  | { type: 'reset-request'; atByte: number }
  /**
   * The response's body ends early. `kept` (default): the headers promise the whole and the connection is closed; `shortened`:
   * Content-Length says what is sent, so that only an ETag, a checksum or Content-Range can tell.
   */
  | { type: 'truncate'; atByte: number; contentLength?: 'kept' | 'shortened' }
  /** One byte is changed (by XOR with `mask`, default 1): of the response's body (default), of the request's, or of what a copy within the store writes. */
  | { type: 'flip'; atByte: number; side?: 'response' | 'request' | 'copy'; mask?: number }
  /** Nothing continues after so many bytes of the response's body (default: before its headers) or of the request's. */
  | { type: 'stall'; atByte?: number | 'headers'; side?: 'response' | 'request' }
  /**
   * The response's body (default) or head comes `bytes` (default 1) at a time, `everyMs` apart. `endless`: what follows never ends:
   * blanks after the body, headers after the head.
   */
  | { type: 'drip'; everyMs: number; bytes?: number; part?: 'body' | 'head'; endless?: boolean }
  /** Interim answers (status default 102), `everyMs` apart, before the response: so many, or without end. */
  | { type: 'interim'; everyMs: number; status?: number; count?: number }
  /** The request waits so long before anything happens. */
  | { type: 'delay'; ms: number }

/** When, and what. */
export interface FaultRule extends RequestMatch {
  action: FaultAction
  /** Only the nth request that matches, counted from 1; or several of them. */
  nth?: number | readonly number[]
  /** The first so many requests that match are spared; default 0. */
  after?: number
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
  /** Takes the rule back. Requests stalled by it continue. */
  remove(): void
}
