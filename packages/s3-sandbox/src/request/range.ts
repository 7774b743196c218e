import { S3Error } from '../s3/s3-error.js'

export interface ByteRange {
  start: number
  /** Exclusive. */
  end: number
}

/**
 * The range that a `Range` header requests, or null for the whole object: without a header, or if S3 ignores it (another unit, several
 * ranges, malformed).
 *
 * @throws {S3Error} `InvalidRange` if no byte of it lies within the object
 */
export function parseRange(header: string | undefined, sizeBytes: number): ByteRange | null {
  if (header === undefined) return null
  const match = /^bytes=(\d*)-(\d*)$/.exec(header.trim())
  if (match === null || (match[1] === '' && match[2] === '')) return null
  if (match[1] === '') {
    const length = Math.min(Number(match[2]), sizeBytes)
    if (length === 0) throw invalidRange(header, sizeBytes)
    return { start: sizeBytes - length, end: sizeBytes }
  }
  const start = Number(match[1])
  const last = match[2] === '' ? Number.POSITIVE_INFINITY : Number(match[2])
  if (last < start) return null
  if (start >= sizeBytes) throw invalidRange(header, sizeBytes)
  return { start, end: Math.min(last + 1, sizeBytes) }
}

function invalidRange(header: string, sizeBytes: number): S3Error {
  return new S3Error('InvalidRange', { fields: { RangeRequested: header, ActualObjectSize: sizeBytes } })
}
