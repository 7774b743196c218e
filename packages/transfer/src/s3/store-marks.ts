import type { ResponseHeaders } from '../http1/response-head.js'

const MARK = /^x-(?:amz|amzn|goog|minio|rgw|obs|oss|cos)-/
const PAGE = /^(?:text\/html|application\/xhtml)/i

/** Whether a store's answers carry headers that only stores send. */
export interface StoreMarks {
  /** Undefined until an answer has shown it. */
  sendsMarks: boolean | undefined
}

/** True if an answer carries a header that only a store sends, such as `x-amz-request-id`. */
export function hasStoreMark(headers: ResponseHeaders): boolean {
  for (const name in headers) if (MARK.test(name)) return true
  return false
}

/**
 * True if an answer about an object is most likely a page of something in between, whatever ETag it has: HTML without the time of a change, or without a
 * mark of the store, unless the store is known to send none.
 */
export function isPage(known: StoreMarks, headers: ResponseHeaders): boolean {
  const type = headers['content-type']
  if (typeof type !== 'string' || !PAGE.test(type)) {
    if (known.sendsMarks === undefined && headers['last-modified'] !== undefined)
      known.sendsMarks = hasStoreMark(headers)
    return false
  }
  if (headers['last-modified'] === undefined) return true
  return known.sendsMarks !== false && !hasStoreMark(headers)
}
