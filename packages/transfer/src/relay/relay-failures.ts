import type { AttemptFailure } from '../contract/attempt.js'
import type { Refusal } from '../s3/refusal.js'
import { type ResponseHeaders, hasStoreMark } from '../protocol/response-headers.js'
import { EMPTY_MD5 } from '../protocol/object-headers.js'
import { unquoteEtag } from '../protocol/etag.js'

/** A GET whose body has another length than its headers said. */
export function wrongLength(request: string, bytes: number, expected: number): AttemptFailure {
  const message = `${request}: ${bytes} of ${expected} bytes came`
  return { class: 'transient', side: 'source', code: 'ShortBody', message }
}

/** The answer to a PUT. */
interface PutAnswer {
  status: number
  /** See {@link writtenEtag}. */
  etag: string | null
  /** The answer with its body, if it is no success or has one. */
  refused: Refusal | null
  /** True if the whole body was sent before it came. */
  wasSent: boolean
}

/** The ETag that an answer to a PUT names, without quotes; that of no bytes where a store names none of an empty object; null for none. */
export function writtenEtag(headers: ResponseHeaders, sizeBytes: number): string | null {
  const etag = typeof headers['etag'] === 'string' ? unquoteEtag(headers['etag']) : ''
  if (etag !== '') return etag
  return sizeBytes === 0 && hasStoreMark(headers) ? EMPTY_MD5 : null
}

/** What is wrong with the answer to a PUT; null for nothing. Every S3 store answers with an ETag and without a body; a page of something in between does not. */
export function judgePut(
  request: string,
  { status, etag, refused, wasSent }: PutAnswer,
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
  if (etag === null) return failed('MalformedAnswer', 'without an ETag')
  return wasSent ? null : failed('EarlyAnswer', 'before the whole body was sent')
}
