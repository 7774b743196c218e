import { hash } from 'node:crypto'
import { invalid } from '../contract/check-options.js'

/** Bytes of an AES-256 key. */
const KEY_BYTES = 32

/**
 * A customer-provided key (SSE-C) as the headers that carry it; flat lists. Source:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerSideEncryptionCustomerKeys.html
 */
export interface CustomerKeyHeaders {
  /** For a request that reads or writes an object. */
  readonly object: readonly string[]
  /** For a request that makes the store read an object to copy it. */
  readonly copySource: readonly string[]
}

/**
 * @param key base64 of 32 bytes
 * @throws TransferError `LAGOON_TRANSFER_INVALID_OPTION`; the message does not contain the key
 */
export function customerKeyHeaders(key: string): CustomerKeyHeaders {
  const bytes = Buffer.from(key, 'base64')
  if (bytes.length !== KEY_BYTES || bytes.toString('base64') !== key)
    throw invalid('sseCustomerKey is not 32 bytes in base64', 'Create one with: openssl rand -base64 32')
  const md5 = hash('md5', bytes, 'base64')
  return {
    object: headersOf('x-amz-server-side-encryption-customer', key, md5),
    copySource: headersOf('x-amz-copy-source-server-side-encryption-customer', key, md5),
  }
}

function headersOf(prefix: string, key: string, md5: string): string[] {
  return [`${prefix}-algorithm`, 'AES256', `${prefix}-key`, key, `${prefix}-key-md5`, md5]
}

/** Requests about a key that do not touch encrypted content, by a parameter of their query. */
const WITHOUT_KEY = /(?:^|&)tagging=/

/**
 * True if a request reads or writes an object's content or its metadata: then it has to carry the key. Listing the
 * parts of an upload, deleting and tagging do not.
 */
export function needsCustomerKey(method: string, query: string, hasKey: boolean): boolean {
  if (!hasKey || method === 'DELETE' || WITHOUT_KEY.test(query)) return false
  return method !== 'GET' || !query.includes('uploadId=')
}
