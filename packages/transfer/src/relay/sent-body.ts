import { checksumsOfHeaders } from '../protocol/stored-checksums.js'
import { createHash, type Hash } from 'node:crypto'
import type { Capabilities } from '../s3/capabilities.js'
import { parseEtag } from '../protocol/etag.js'
import { startChecksum, type RunningChecksum } from '../verify/running-checksum.js'
import type { ResponseHeaders } from '../protocol/response-headers.js'
import type { SourceObject } from '../protocol/object-headers.js'
import { judgeAnswer, type Digest, type Verification } from '../verify/verification.js'

/** The body of one PUT: what is known of it beforehand, what is computed as it streams, and what the answer makes of both. */
export class SentBody {
  readonly #digest: Digest
  readonly #object: SourceObject
  readonly #capabilities: Capabilities
  /** MD5 of a streamed body that is sent without Content-MD5. */
  #md5: Hash | null = null
  /** Of a streamed body. */
  #checksum: RunningChecksum | null = null

  constructor(object: SourceObject, digest: Digest, capabilities: Capabilities) {
    this.#object = object
    this.#digest = digest
    this.#capabilities = capabilities
  }

  /** What has to see every byte of a body that streams: it computes what the destination cannot check, and what the source reports. */
  watchers(): { update(chunk: Uint8Array): unknown }[] {
    const { sendsMd5, checksum } = this.#digest
    if (sendsMd5) return []
    this.#md5 = createHash('md5')
    const algorithm = checksum?.algorithm ?? (this.#capabilities.wantsCrc64 ? 'crc64nvme' : null)
    if (algorithm === null) return [this.#md5]
    this.#checksum = startChecksum(algorithm)
    return [this.#md5, this.#checksum]
  }

  /** How strongly the answer to the PUT verifies the copy; null if it contradicts it. */
  judge(etag: string, headers: ResponseHeaders): Verification | null {
    const digest = this.#digest
    const sent = this.#md5?.digest('hex') ?? null
    if (sent !== null) {
      if (digest.fromSource && digest.md5 !== sent) return null
      digest.md5 = sent
    }
    if (this.#checksum !== null) digest.computed[this.#checksum.algorithm] = this.#checksum.base64()
    const parsed = this.#capabilities.observeWrite(headers) ? null : parseEtag(etag)
    const md5 = parsed?.kind === 'md5' ? parsed.md5 : null
    return judgeAnswer(digest, this.#object, { md5, checksums: checksumsOfHeaders(headers) })
  }
}
