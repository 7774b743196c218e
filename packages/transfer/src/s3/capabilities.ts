import type { ResolvedEndpoint } from '../options/endpoint-options.js'
import type { ResponseHeaders } from './object-headers.js'

const AWS = /\.amazonaws\.com(?:\.cn)?$/
/** https://cloud.google.com/storage/docs/transcoding */
const GOOGLE = /(?:^|\.)storage\.googleapis\.com(?::\d+)?$/

/**
 * What is known of how a store answers, from its address and from the answers so far: whether the ETags of what is written are
 * digests, whether it tells a CRC-64/NVME without being asked for one, as AWS does, and whether its answers show who gave them.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html (ChecksumCRC64NVME)
 */
export class Capabilities {
  readonly isAws: boolean
  opaqueEtags: boolean
  reportsCrc64: boolean
  /** See `StoreMarks`. */
  sendsMarks: boolean | undefined
  /** False once a store refused `x-amz-checksum-mode`, as those do that refuse all headers they don't know. */
  asksChecksums = true
  /** The same of `x-amz-checksum-*` of a write. */
  takesChecksums = true
  /** True where an object stored as gzip is unpacked for whoever does not take gzip. */
  unpacksGzip: boolean
  /** True where every write needs a digest: it was said so, or the store asked for one. */
  needsDigests: boolean
  /** True if an object without `x-amz-tagging-count` has no tags; undefined until an answer has shown it. */
  countsTags: boolean | undefined
  /** False once the store refused to show tags. */
  showsTags = true
  /** True if tags that were written were found again. */
  keepsTags: boolean | undefined

  constructor({ etags, sseCustomerKey, host, requireDigests }: ResolvedEndpoint) {
    this.unpacksGzip = GOOGLE.test(host)
    this.needsDigests = requireDigests
    this.opaqueEtags = etags === 'opaque' || sseCustomerKey !== undefined
    this.isAws = AWS.test(host)
    this.reportsCrc64 = this.isAws
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
