import type { AttemptFailure } from '../attempt.js'
import type { Refusal } from '../failures/refusal.js'

/** A GET whose body has another length than its headers said. */
export function wrongLength(request: string, bytes: number, expected: number): AttemptFailure {
  const message = `${request}: ${bytes} of ${expected} bytes came`
  return { class: 'transient', side: 'source', code: 'ShortBody', message }
}

/** Every S3 store answers a PUT with an ETag; a page of something in between does not. */
export function answerWithoutEtag(request: string, status: number): AttemptFailure {
  const message = `${request}: answered ${status} without an ETag`
  return { class: 'transient', side: 'destination', code: 'MalformedAnswer', message, status }
}

/** A PUT has no body in its answer: an error document is what it says, anything else is not the store's. */
export function answerWithBody(refused: Refusal, request: string, status: number): AttemptFailure {
  const failure = refused.judge(request)
  if (failure.code !== `Http${status}`) return failure
  const message = `${request}: answered ${status} with something that is not S3`
  return { class: 'transient', side: 'destination', code: 'MalformedAnswer', message, status }
}

/** Praise for bytes that were not sent. */
export function earlyAnswer(request: string, status: number): AttemptFailure {
  const message = `${request}: answered ${status} before the whole body was sent`
  return { class: 'transient', side: 'destination', code: 'EarlyAnswer', message }
}
