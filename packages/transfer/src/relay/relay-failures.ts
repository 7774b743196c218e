import type { AttemptFailure } from '../attempt.js'
import type { Refusal } from '../failures/refusal.js'
import type { ResponseHeaders } from '../http1/response-head.js'

/** A GET whose body has another length than its headers said. */
export function wrongLength(request: string, bytes: number, expected: number): AttemptFailure {
  const message = `${request}: ${bytes} of ${expected} bytes came`
  return { class: 'transient', side: 'source', code: 'ShortBody', message }
}

/** The answer to a PUT. */
export interface PutAnswer {
  status: number
  headers: ResponseHeaders
  /** The answer with its body, if it is no success or has one. */
  refused: Refusal | null
  /** True if the whole body was sent before it came. */
  wasSent: boolean
}

/** What is wrong with the answer to a PUT; null for nothing. Every S3 store answers with an ETag and without a body; a page of something in between does not. */
export function judgePut(
  request: string,
  { status, headers, refused, wasSent }: PutAnswer,
): AttemptFailure | null {
  const failed = (code: string, how: string): AttemptFailure => {
    const message = `${request}: answered ${status} ${how}`
    return { class: 'transient', side: 'destination', code, message, status }
  }
  if (refused !== null) {
    const failure = refused.judge(request)
    const isPage = status < 300 && failure.code === `Http${status}`
    return isPage ? failed('MalformedAnswer', 'with something that is not S3') : failure
  }
  if (typeof headers['etag'] !== 'string') return failed('MalformedAnswer', 'without an ETag')
  return wasSent ? null : failed('EarlyAnswer', 'before the whole body was sent')
}
