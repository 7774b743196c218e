import type { CopiedPart, PartWatch, PlannedPart } from '../verify/part-digests.js'
import { createHash, type Hash, hash } from 'node:crypto'
import type { Attempt, AttemptFailure, Side } from '../contract/attempt.js'
import type { EndpointRequest, Endpoint } from '../s3/endpoint.js'
import { parseContentRange } from '../protocol/content-range.js'
import { parseEtag, sameEtag, unquoteEtag } from '../protocol/etag.js'
import { Relay } from '../relay/relay.js'
import type { RelayContext } from '../relay/context.js'
import { startChecksum, type RunningChecksum, checksumOf } from '../verify/running-checksum.js'
import { startCrc, type CrcAlgorithm, type RunningCrc } from '../verify/crc.js'
import type { ResponseHeaders } from '../protocol/response-headers.js'
import type { SourceObject } from '../protocol/object-headers.js'
import { checksumMismatch } from '../failures/checksum-mismatch.js'
import { malformedAnswer } from '../failures/make-failure.js'
import { adaptToRefusal, NO_DIGESTS } from './digest-demand.js'
import { md5OfStored } from '../s3/read-back.js'
import { pushIfMatch, pushStoredForm, type ObjectLocation } from '../s3/object-request.js'
import { asSourceChanged } from '../failures/source-changed.js'
import { controlRequest } from '../s3/control-request.js'

/** What the parts of one object have in common. */
export interface PartRequest {
  location: ObjectLocation
  object: SourceObject
  destinationPath: string
  /** Encoded for a query. */
  uploadId: string
  watch: PartWatch
  /** True if the destination's ETags of parts are not digests. */
  opaqueEtags: boolean
  /** Value of `x-amz-copy-source` if the store copies the parts server-side. */
  inStore: string | null
  /** All bytes of an object in one part, if available. */
  whole: Buffer | null
}

/** One attempt at copying a part: a ranged GET of the planned version, and an UploadPart. */
export class PartRelay extends Relay<CopiedPart> {
  readonly #request: PartRequest
  readonly #part: PlannedPart
  readonly #md5: Hash | null
  readonly #crcs: [CrcAlgorithm, RunningCrc][]
  readonly #checksum: RunningChecksum | null
  /** MD5 in base64 of the part, if it was read before. */
  #md5Header: string | null = null
  #sentDigests = NO_DIGESTS

  /** @param running hash of the object up to this part, which this attempt extends; not shared with another attempt */
  constructor(context: RelayContext, request: PartRequest, part: PlannedPart, running: Hash | null) {
    super(context)
    this.#request = request
    this.#part = part
    const { watch } = request
    this.#md5 = watch.md5 ? createHash('md5') : null
    this.#crcs = watch.crcs.map((algorithm) => [algorithm, startCrc(algorithm)])
    for (const watcher of [this.#md5, running]) if (watcher !== null) this.watchers.push(watcher)
    for (const [, crc] of this.#crcs) this.watchers.push(crc)
    this.#checksum = watch.checksum === null ? null : startChecksum(watch.checksum)
    if (this.#checksum !== null) this.watchers.push(this.#checksum)
  }

  protected override sourceRequest(): EndpointRequest {
    const { location, object } = this.#request
    const headers: string[] = []
    pushIfMatch(location.endpoint, headers, object.rawEtag)
    pushStoredForm(location.endpoint, headers)
    if (!this.#isWhole()) headers.push('range', `bytes=${this.#part.start}-${this.#part.end - 1}`)
    return { method: 'GET', path: location.path, query: location.query, headers }
  }

  protected override acceptSource(status: number, headers: ResponseHeaders): number | AttemptFailure {
    const { start, end } = this.#part
    const { 'content-range': range, 'content-length': length, etag } = headers
    const { sizeBytes } = this.#request.object
    const given = parseContentRange(range)
    const isUnsized = length === undefined
    const size = this.#isWhole() ? Number(length ?? sizeBytes) : (given?.total ?? sizeBytes)
    const isRange = status === 206 && given?.first === start && given.last === end - 1
    const agrees = this.#isWhole() ? status === 200 : isRange
    const message = `${this.describe('source')}: answered ${status} with ${length} bytes, range ${range}`
    // The same version cannot change its size: the planned size was wrong.
    if (agrees && size !== sizeBytes)
      return { class: 'permanent', side: 'source', code: 'SourceChanged', message, status }
    // A store that ignores If-Match returns another version's bytes.
    if (agrees && !(typeof etag === 'string' && sameEtag(unquoteEtag(etag), this.#request.object.etag)))
      return {
        class: 'permanent',
        side: 'source',
        code: 'SourceChanged',
        message: `${message}, ETag ${etag}`,
        status,
      }
    if (agrees && (isUnsized || length === String(end - start))) return end - start
    return { class: 'transient', side: 'source', code: 'WrongRange', message, status }
  }

  protected override destinationRequest(): EndpointRequest {
    const { destinationPath, uploadId } = this.#request
    const query = `partNumber=${this.#part.number}&uploadId=${uploadId}`
    this.#sentDigests = { any: this.#md5Header !== null, checksum: false }
    const headers = this.#md5Header === null ? [] : ['content-md5', this.#md5Header]
    return { method: 'PUT', path: destinationPath, query, headers }
  }

  /** A store that requires a digest with every part gets one of bytes that were read once before. */
  protected override prepareDestination(): Promise<AttemptFailure | null> | null {
    return this.context.destination.capabilities.needsDigests ? this.#readBefore() : null
  }

  async #readBefore(): Promise<AttemptFailure | null> {
    const { location, object } = this.#request
    const md5 = await md5OfStored({ ...location, ...object }, this.signal, this.#part)
    if (!md5.ok) return md5.failure
    this.#md5Header = Buffer.from(md5.value, 'hex').toString('base64')
    return null
  }

  protected override finish(etag: string): { attempt: Attempt<CopiedPart>; readWhole: boolean } {
    const md5 = this.#md5?.digest('hex') ?? null
    const parsed = parseEtag(etag)
    const digest = this.#request.opaqueEtags || parsed.kind !== 'md5' ? null : parsed.md5
    if (md5 !== null && digest !== null && digest !== md5)
      return { attempt: { ok: false, failure: this.#mismatch(etag, md5) }, readWhole: false }
    const crcs: CopiedPart['crcs'] = {}
    for (const [algorithm, crc] of this.#crcs) crcs[algorithm] = crc.value()
    const bytes = this.#part.end - this.#part.start
    const value = { etag, md5, crcs, checksum: this.#checksum?.base64() ?? null }
    const attempt = { ok: true, value, bytes, ttfbMs: this.ttfbMs } as const
    return { attempt, readWhole: md5 !== null && md5 === digest }
  }

  protected override refine(failure: AttemptFailure): AttemptFailure {
    if (failure.side === 'source') return asSourceChanged(failure)
    return adaptToRefusal(this.context.destination, failure, this.#sentDigests) ?? failure
  }

  protected override describe(side: Side): string {
    const name = JSON.stringify(this.#request.location.name)
    return `${side === 'source' ? 'GET' : 'upload'} part ${this.#part.number} of ${name}`
  }

  #isWhole(): boolean {
    return this.#part.start === 0 && this.#part.end === this.#request.object.sizeBytes
  }

  #mismatch(etag: string, md5: string): AttemptFailure {
    const message = `${this.describe('destination')}: stored with ETag ${etag}, the MD5 of the part is ${md5}`
    return checksumMismatch('destination', message)
  }
}

/**
 * One attempt at sending a part whose bytes are in memory. What is computed of them is compared with the source's
 * ETag, as for any other part.
 */
export async function sendPart(
  destination: Endpoint,
  { location, destinationPath, uploadId, watch }: PartRequest,
  { number }: PlannedPart,
  bytes: Buffer,
  signal: AbortSignal | undefined,
): Promise<Attempt<CopiedPart>> {
  const query = `partNumber=${number}&uploadId=${uploadId}`
  const headers = ['content-length', String(bytes.length)]
  const any = destination.capabilities.needsDigests
  if (any) headers.push('content-md5', hash('md5', bytes, 'base64'))
  const request = { method: 'PUT' as const, path: destinationPath, query, headers, body: bytes }
  const what = `upload part ${number} of ${JSON.stringify(location.name)}`
  const sent = await controlRequest(destination, request, what, signal)
  if (!sent.ok)
    return {
      ok: false,
      failure: adaptToRefusal(destination, sent.failure, { any, checksum: false }) ?? sent.failure,
    }
  const { etag } = sent.value.headers
  if (typeof etag !== 'string')
    return { ok: false, failure: malformedAnswer(destination, `${what}: the response has no ETag`) }
  const md5 = watch.md5 ? hash('md5', bytes, 'hex') : null
  const checksum = watch.checksum === null ? null : checksumOf(watch.checksum, bytes)
  const value = { etag: unquoteEtag(etag), md5, crcs: {}, checksum }
  return { ...sent, value, bytes: bytes.length }
}
