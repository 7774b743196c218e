import { S3Error } from '../s3/s3-error.js'
import type { ObjectRecord } from '../store/object-record.js'

/** Conditions by header name without a prefix: `if-match`, `if-none-match`, `if-modified-since`, `if-unmodified-since`. */
export type ConditionHeader = (name: string) => string | undefined

type Validators = Pick<ObjectRecord, 'etag' | 'lastModified'>

/**
 * Checks a read's conditions (RFC 9110, section 13.2.2). Returns true if the response is 304 Not Modified.
 *
 * @throws {S3Error} `PreconditionFailed`
 */
export function notModified(record: Validators, condition: ConditionHeader): boolean {
  const ifMatch = condition('if-match')
  if (ifMatch !== undefined) {
    if (!matches(ifMatch, record.etag)) throw preconditionFailed('If-Match')
  } else {
    const since = dateOf(condition('if-unmodified-since'))
    if (since !== null && seconds(record.lastModified) > since)
      throw preconditionFailed('If-Unmodified-Since')
  }
  const ifNoneMatch = condition('if-none-match')
  if (ifNoneMatch !== undefined) return matches(ifNoneMatch, record.etag)
  const since = dateOf(condition('if-modified-since'))
  return since !== null && seconds(record.lastModified) <= since
}

/**
 * Checks a write's conditions against the present object.
 *
 * @throws {S3Error} `PreconditionFailed`; `NoSuchKey` if `If-Match` finds nothing
 */
export function checkWriteConditions(
  current: Validators | undefined,
  key: string,
  condition: ConditionHeader,
): void {
  const ifNoneMatch = condition('if-none-match')
  if (ifNoneMatch !== undefined && current !== undefined && matches(ifNoneMatch, current.etag)) {
    throw preconditionFailed('If-None-Match')
  }
  const ifMatch = condition('if-match')
  if (ifMatch === undefined) return
  if (current === undefined) throw new S3Error('NoSuchKey', { fields: { Key: key } })
  if (!matches(ifMatch, current.etag)) throw preconditionFailed('If-Match')
}

/** The conditions on a copy's source: a 304 of a read is a failure here. */
export function checkCopyConditions(record: Validators, condition: ConditionHeader): void {
  if (notModified(record, (name) => condition(`x-amz-copy-source-${name}`))) {
    throw preconditionFailed('x-amz-copy-source-If-None-Match')
  }
}

function preconditionFailed(condition: string): S3Error {
  return new S3Error('PreconditionFailed', { fields: { Condition: condition } })
}

function matches(list: string, etag: string): boolean {
  return list.split(',').some((item) => {
    const wanted = item.trim().replace(/^W\//, '').replaceAll('"', '')
    return wanted === '*' || wanted === etag
  })
}

function dateOf(value: string | undefined): number | null {
  const time = value === undefined ? Number.NaN : Date.parse(value)
  return Number.isNaN(time) ? null : Math.floor(time / 1000)
}

function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000)
}
