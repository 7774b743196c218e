import type { ResolvedEndpoint } from '../options/endpoint-options.js'
import { type ResponseHeaders, hasStoreMark } from '../protocol/response-headers.js'

const AWS = /\.amazonaws\.com(?:\.cn)?$/
/** https://cloud.google.com/storage/docs/transcoding */
const GOOGLE = /(?:^|\.)storage\.googleapis\.com(?::\d+)?$/

const PAGE = /^(?:text\/html|application\/xhtml)/i

/** What an answer can show. */
type ObservedCapabilities = Partial<
  Omit<Capabilities, 'isAws' | 'wantsCrc64' | 'observe' | 'observeWrite' | 'isPage'>
>

/**
 * What is known about a store's responses, from its address and from the responses so far: whether the ETags of what
 * is written are digests, whether it reports a CRC-64/NVME without being asked, as AWS does, and whether its
 * responses show that they come from the store. Source:
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html (ChecksumCRC64NVME)
 */
export class Capabilities {
  readonly isAws: boolean
  /** True if the ETags of what is written are not digests. */
  readonly opaqueEtags: boolean
  /** True if a CRC-64/NVME is reported unasked. */
  readonly reportsCrc64: boolean
  /** Whether answers carry headers that only stores send; undefined until one has shown it. */
  readonly sendsMarks: boolean | undefined
  /** False once a store refused `x-amz-checksum-mode`, as some refuse every header they don't know. */
  readonly asksChecksums: boolean = true
  /** False once the store did not know an ETag again that it had given. */
  readonly honoursIfMatch: boolean = true
  /** The same for `x-amz-checksum-*` of a write. */
  readonly takesChecksums: boolean = true
  /** True if the store decompresses an object stored as gzip for clients that don't accept gzip. */
  readonly unpacksGzip: boolean
  /** True if every write needs a digest: by configuration, or because the store asked for one. */
  readonly needsDigests: boolean
  /** True if an object without `x-amz-tagging-count` has no tags; undefined until a response has shown it. */
  readonly countsTags: boolean | undefined
  /** False once the store refused to show tags. */
  readonly showsTags: boolean = true
  /** True if written tags were found again. */
  readonly keepsTags: boolean | undefined

  constructor({ etags, sseCustomerKey, host, requireDigests }: ResolvedEndpoint) {
    this.unpacksGzip = GOOGLE.test(host)
    this.needsDigests = requireDigests
    this.opaqueEtags = etags === 'opaque' || sseCustomerKey !== undefined
    this.isAws = AWS.test(host)
    this.reportsCrc64 = this.isAws
  }

  /** Remembers what a response has shown of this store. Fields are changed in no other way. */
  observe(facts: ObservedCapabilities): void {
    Object.assign(this, facts)
  }

  /**
   * True if an answer about an object is most likely a page of something in between, whatever ETag it has: HTML without the time of a change, or without a
   * mark of the store, unless the store is known to send none.
   */
  isPage(headers: ResponseHeaders): boolean {
    const { 'content-type': type, 'last-modified': changed } = headers
    if (typeof type !== 'string' || !PAGE.test(type)) {
      if (this.sendsMarks === undefined && changed !== undefined)
        this.observe({ sendsMarks: hasStoreMark(headers) })
      return false
    }
    if (changed === undefined) return true
    return this.sendsMarks !== false && !hasStoreMark(headers)
  }

  /** Observes the response to a write of an object, a part or a new upload. True if the ETags that belong to it are not digests. */
  observeWrite(headers: ResponseHeaders): boolean {
    if (headers['x-amz-checksum-crc64nvme'] !== undefined) this.observe({ reportsCrc64: true })
    if (isEncryptedByKey(headers)) this.observe({ opaqueEtags: true })
    return this.opaqueEtags
  }

  /** Whether it is worth computing a CRC-64/NVME of what is sent: nothing cheaper shows what was stored. */
  get wantsCrc64(): boolean {
    return this.opaqueEtags && this.reportsCrc64
  }
}

/** True if a response names a kind of encryption with which an ETag is not the MD5 of the bytes. */
function isEncryptedByKey(headers: ResponseHeaders): boolean {
  const encryption = headers['x-amz-server-side-encryption']
  if (encryption !== undefined && String(encryption).toUpperCase() !== 'AES256') return true
  return (
    headers['x-amz-server-side-encryption-customer-algorithm'] !== undefined ||
    headers['x-goog-encryption-kms-key-name'] !== undefined
  )
}
