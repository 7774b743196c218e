import type { ResolvedEndpoint } from '../options/endpoint-options.js'
import type { ResponseHeaders } from './object-headers.js'

/**
 * What is known of how a store answers, from its address and from the answers so far: whether the ETags of what is written are
 * digests, whether it tells a CRC-64/NVME without being asked for one, as AWS does, and whether its answers show who gave them.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html (ChecksumCRC64NVME)
 */
export class Capabilities {
  opaqueEtags: boolean
  reportsCrc64: boolean
  /** See `StoreMarks`. */
  sendsMarks: boolean | undefined

  constructor({ etags, sseCustomerKey, host }: ResolvedEndpoint) {
    this.opaqueEtags = etags === 'opaque' || sseCustomerKey !== undefined
    this.reportsCrc64 = /\.amazonaws\.com(?:\.cn)?$/.test(host)
  }

  /** Takes in the answer to a write of an object, a part or a new upload. True if the ETags that belong to it are no digests. */
  learn(headers: ResponseHeaders): boolean {
    if (headers['x-amz-checksum-crc64nvme'] !== undefined) this.reportsCrc64 = true
    if (isEncryptedByKey(headers)) this.opaqueEtags = true
    return this.opaqueEtags
  }

  /** Whether computing a CRC-64/NVME of what is sent is worth it: nothing cheaper will tell what was stored. */
  get wantsCrc64(): boolean {
    return this.opaqueEtags && this.reportsCrc64
  }
}

/** True where an answer names a kind of encryption with which an ETag is not the MD5 of the bytes. */
export function isEncryptedByKey(headers: ResponseHeaders): boolean {
  const encryption = headers['x-amz-server-side-encryption']
  if (encryption !== undefined && encryption !== 'AES256') return true
  return headers['x-amz-server-side-encryption-customer-algorithm'] !== undefined
}
