import type { Operation } from '../s3/operation.js'
import type { RequestRecord } from './request-record.js'

/** Selects requests; all given conditions must match, and without any, all requests do. */
export interface RequestMatch {
  operation?: Operation | readonly Operation[]
  bucket?: string
  /** Exactly this key. */
  key?: string
  keyPrefix?: string
  keyPattern?: RegExp
  /** Any other condition. */
  where?: (request: RequestRecord) => boolean
}

export function matchesRequest(match: RequestMatch, request: RequestRecord): boolean {
  const { operation, bucket, key, keyPrefix, keyPattern, where } = match
  if (operation !== undefined && !isOneOf(operation, request.operation)) return false
  if (bucket !== undefined && bucket !== request.bucket) return false
  if (key !== undefined && key !== request.key) return false
  if (keyPrefix !== undefined && !request.key?.startsWith(keyPrefix)) return false
  if (keyPattern !== undefined && (request.key === null || request.key.search(keyPattern) === -1))
    return false
  return where === undefined || where(request)
}

function isOneOf(wanted: Operation | readonly Operation[], operation: Operation | 'Unknown'): boolean {
  return typeof wanted === 'string' ? wanted === operation : (wanted as readonly string[]).includes(operation)
}
