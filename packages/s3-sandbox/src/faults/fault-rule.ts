import type { RequestMatch } from '../log/request-match.js'
import type { RequestRecord } from '../log/request-record.js'

/** A text, or a function of the request that returns one. */
export type FaultText = string | ((request: RequestRecord) => string)

/** For responses that replace the operation's. */
interface Instead {
  /** True: the operation takes effect, and only its response is lost. Default false. */
  applied?: boolean
}

/**
 * A fault. Byte positions count the bytes of the body on the wire, from 0; for a request with `aws-chunked`, including framing.
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
  /** Any response instead of the operation. */
  | ({
      type: 'answer'
      status: number
      headers?: Record<string, string>
      body?: string | Uint8Array
    } & Instead)
  /** A proxy's HTML page instead of the operation; status default 502. */
  | ({ type: 'html'; status?: number; headers?: Record<string, string> } & Instead)
  /** Truncated XML instead of the operation; status default 200. */
  | ({ type: 'garbage-xml'; status?: number } & Instead)
  /** The bucket lives in another region: 301 PermanentRedirect (or the status given) with `x-amz-bucket-region`. */
  | { type: 'redirect'; region: string; status?: number; endpoint?: string }
  /** 200 with an error in the body, as CopyObject, UploadPartCopy and CompleteMultipartUpload may return. */
  | ({ type: 'error-in-body'; code?: string; message?: string } & Instead)
  /** Headers that replace those of the operation; null removes one. */
  | { type: 'headers'; set: Record<string, string | null> }
  /** An ETag, in the header or the document, that differs from the object's; null removes it. */
  | { type: 'etag'; value: string | null }
  /** CompleteMultipartUpload builds the object without a part, or with two of them swapped, and returns its ETag. Numbers from 1. */
  | { type: 'assemble'; drop?: number; swap?: readonly [number, number] }
  /**
   * Reads another range than the requested one; null reads the whole. Content-Range tells what is sent (`honest`, default), or what was
   * requested (`asked`).
   */
  | {
      type: 'other-range'
      range: string | null | ((asked: string | undefined) => string | null)
      contentRange?: 'honest' | 'asked'
    }
  /** A listing returns its first page whatever marker is sent, and claims that it is truncated. `tokens`: default `same`. */
  | { type: 'repeat-page'; tokens?: 'same' | 'fresh' }
  /** The connection is reset after this many bytes of the response's body; `headers` (default) before anything is sent. */
  | { type: 'reset-response'; atByte?: number | 'headers' }
  /** The connection is reset after this many bytes of the request's body were read. */
  | { type: 'reset-request'; atByte: number }
  /**
   * The response's body ends early. `kept` (default): the headers announce the whole and the connection is closed; `shortened`:
   * Content-Length is the length that is sent, so that only an ETag, a checksum or Content-Range can reveal it.
   */
  | { type: 'truncate'; atByte: number; contentLength?: 'kept' | 'shortened' }
  /**
   * One byte is changed (XOR with `mask`, default 1): of the response's body (default), of the request's, or of what a server-side copy
   * writes.
   */
  | { type: 'flip'; atByte: number; side?: 'response' | 'request' | 'copy'; mask?: number }
  /** The exchange stalls after this many bytes of the response's body (default: before its headers) or of the request's. */
  | { type: 'stall'; atByte?: number | 'headers'; side?: 'response' | 'request' }
  /**
   * The response's body (default) or head is sent `bytes` (default 1) at a time, `everyMs` apart. `endless`: blanks after the body, or
   * headers after the head, are sent without end.
   */
  | { type: 'drip'; everyMs: number; bytes?: number; part?: 'body' | 'head'; endless?: boolean }
  /** Interim responses (status default 102), `everyMs` apart, before the response: this many, or without end. */
  | { type: 'interim'; everyMs: number; status?: number; count?: number }
  /** The request waits this long before it is processed. */
  | { type: 'delay'; ms: number }

/** A condition and a fault. */
export interface FaultRule extends RequestMatch {
  action: FaultAction
  /** Only the nth matching request, counted from 1; or several of them. */
  nth?: number | readonly number[]
  /** The first matching requests to leave alone; default 0. */
  after?: number
  /** Only this many times; default without end. */
  times?: number
  /** Only with this probability, from the sandbox's seeded generator; default 1. */
  probability?: number
}

/** An active rule. */
export interface Fault {
  readonly rule: FaultRule
  /** Requests that matched so far. */
  readonly matched: number
  /** Requests that the action was applied to. */
  readonly applied: number
  /** Removes the rule. Requests that it stalls continue. */
  remove(): void
}
