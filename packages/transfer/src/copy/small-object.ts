import type { Attempt, AttemptFailure, Side } from '../contract/attempt.js'
import type { EndpointRequest } from '../s3/endpoint.js'
import { parseEtag, sameEtag, unquoteEtag } from '../protocol/etag.js'
import { Relay } from '../relay/relay.js'
import type { RelayContext } from '../relay/context.js'
import { SentBody } from '../relay/sent-body.js'
import { objectAt, type SourceObject } from '../protocol/object-headers.js'
import { otherVersion, type ResponseHeaders } from '../protocol/response-headers.js'
import { checksumMismatch } from '../failures/checksum-mismatch.js'
import { isFailedCondition } from '../failures/source-changed.js'
import { adaptToRefusal, NO_DIGESTS } from './digest-demand.js'
import type { ObjectTags } from './object-tags.js'
import { md5OfStored } from '../s3/read-back.js'
import { isEmptyFolder } from '../s3/object-head.js'
import { pushChecksumMode, pushStoredForm, withoutChecksumMode } from '../s3/object-request.js'
import { digestOf, pushDigestHeaders, type Verification } from '../verify/verification.js'
import type { BadCopies } from './bad-copies.js'
import { pushWrittenHeaders, type ResolvedWrittenObject } from '../options/destination-headers.js'

/** A whole object to copy with one GET and one PUT. Keys are encoded. */
export interface ObjectRequest {
  /** The key in readable form, for messages. */
  name: string
  sourcePath: string
  /** Canonical query of the GET; '' or the version id. */
  sourceQuery: string
  destinationPath: string
  /** Called for each piece of a body that streams. */
  onBytes?: ((bytes: number) => void) | undefined
}

/** Further input of an attempt at a whole object. */
export interface WriteConditions {
  /** Decides from the GET's headers whether a single PUT is right. */
  readonly fitsSinglePut: (object: SourceObject) => boolean
  readonly written: ResolvedWrittenObject
  /** ETag as in a header: nothing is copied if the source still has it. */
  readonly unlessEtag: string | null
  /** True if the PUT must not replace an object. */
  readonly onlyIfMissing: boolean
  /** Receives what the destination stored if it differs from the source. */
  readonly bad: BadCopies
  readonly tags: ObjectTags
  /** Bytes of the object if the GET does not say; null if unknown. */
  readonly sizeBytes: number | null
}

/** The result: the object is there, or it does not fit a single PUT and the caller plans again. */
export type ObjectOutcome =
  | { kind: 'copied'; bytes: number; etag: string; verification: Verification }
  | { kind: 'planned'; object: SourceObject; /** All bytes, of a small object. */ whole: Buffer | null }
  | { kind: 'same'; etag: string }
  | { kind: 'unsized' }

/** Code of a PUT that must not replace an object and would have. */
export const ALREADY_THERE = 'AlreadyThere'

/** One attempt at copying a whole object: see {@link Relay}. */
export class SmallObjectRelay extends Relay<ObjectOutcome> {
  readonly #request: ObjectRequest
  readonly #conditions: WriteConditions
  #object: SourceObject | null = null
  #sent: SentBody | null = null
  /** MD5 of the source's bytes, if they were read before. */
  #md5: string | null = null
  #askedForChecksums = false
  #sentDigests = NO_DIGESTS
  /** True if the body is kept, to be sent as the only part of an upload. */
  #isPart = false

  constructor(context: RelayContext, request: ObjectRequest, conditions: WriteConditions) {
    super(context)
    this.#request = request
    this.#conditions = conditions
  }

  protected override sourceRequest(): EndpointRequest {
    const { sourcePath, sourceQuery } = this.#request
    const headers: string[] = []
    if (this.#conditions.unlessEtag !== null) headers.push('if-none-match', this.#conditions.unlessEtag)
    pushStoredForm(this.context.source, headers)
    this.#askedForChecksums = pushChecksumMode(this.context.source, headers)
    return { method: 'GET', path: sourcePath, query: sourceQuery, headers }
  }

  protected override acceptSource(status: number, headers: ResponseHeaders): number | AttemptFailure | null {
    const object = objectAt(this.context.source, headers)
    // Every S3 store sends an ETag; a page from something in between does not.
    const isNamed = object.etag !== '' || isEmptyFolder(this.#request.sourcePath, headers)
    if (status !== 200 || !isNamed || this.context.source.capabilities.isPage(headers)) {
      const what = isNamed ? 'with a page that is not S3' : 'without an ETag'
      const message = `${this.describe('source')}: answered ${status} ${what}`
      return { class: 'transient', side: 'source', code: 'MalformedAnswer', message, status }
    }
    const wrongVersion = otherVersion(this.#request.sourceQuery, headers)
    if (wrongVersion !== null) {
      const message = `${this.describe('source')}: answered with version ${wrongVersion}`
      return { class: 'transient', side: 'source', code: 'MalformedAnswer', message, status }
    }
    if (object.sizeBytes < 0) object.sizeBytes = object.etag === '' ? 0 : (this.#conditions.sizeBytes ?? -1)
    this.#object = object
    if (object.sizeBytes < 0) {
      this.settle({ ok: true, value: { kind: 'unsized' }, side: 'source' }, false)
      return null
    }
    const { unlessEtag } = this.#conditions
    if (unlessEtag !== null && sameEtag(unquoteEtag(unlessEtag), object.etag)) {
      this.unwantedBytes = object.sizeBytes
      this.#same(object.etag)
      return null
    }
    if (this.#conditions.fitsSinglePut(object)) return object.sizeBytes
    if (isSmallPart(object)) {
      this.#isPart = true
      return object.sizeBytes
    }
    this.unwantedBytes = object.sizeBytes
    this.#planned(null)
    return null
  }

  #planned(whole: Buffer | null): void {
    const value = { kind: 'planned', object: this.#object!, whole } as const
    this.settle({ ok: true, value, ttfbMs: this.ttfbMs, side: 'source' }, false)
  }

  protected override acceptRefusal(status: number, { etag }: ResponseHeaders): boolean {
    if (status !== 304 || this.#conditions.unlessEtag === null) return false
    const unchanged = unquoteEtag(this.#conditions.unlessEtag)
    if (etag !== undefined && !sameEtag(unquoteEtag(String(etag)), unchanged)) return false
    this.unwantedBytes = 0
    this.#same(unchanged)
    return true
  }

  #same(etag: string): void {
    this.settle({ ok: true, value: { kind: 'same', etag }, ttfbMs: this.ttfbMs, side: 'source' }, false)
  }

  protected override prepareDestination(whole: Buffer | null): Promise<AttemptFailure | null> | null {
    if (this.#isPart) return null
    const { source, destination } = this.context
    const { tags } = this.#conditions
    const asks = tags.isToBeAsked(source, this.#object!)
    const reads = destination.capabilities.needsDigests && !this.#isDigestKnown(whole)
    return asks || reads ? this.#prepare(asks, reads) : null
  }

  async #prepare(asks: boolean, reads: boolean): Promise<AttemptFailure | null> {
    const { sourcePath: path, sourceQuery: query, name } = this.#request
    const location = { endpoint: this.context.source, path, query, name }
    const object = this.#object!
    const failure = asks ? await this.#conditions.tags.fetch(location, object, this.signal) : null
    if (failure !== null || !reads) return failure
    const md5 = await md5OfStored({ ...location, ...object }, this.signal)
    if (!md5.ok) return md5.failure
    this.#md5 = md5.value
    return null
  }

  /** True if a digest of the body is known before it is sent. */
  #isDigestKnown(whole: Buffer | null): boolean {
    if (whole !== null) return true
    const digest = digestOf(this.#object!, null, true)
    return digest!.sendsMd5 || digest!.checksum !== null
  }

  protected override destinationRequest(whole: Buffer | null): EndpointRequest | null {
    if (this.#isPart) {
      // A copy: the bytes are lent only for the duration of this attempt.
      this.#planned(whole === null ? null : Buffer.from(whole))
      return null
    }
    const object = this.#object!
    const { settings, capabilities } = this.context.destination
    const digest = digestOf(object, whole, !settings.directoryBucket)
    if (digest === null) {
      this.#failForBytes()
      return null
    }
    if (this.#md5 !== null && !digest.sendsMd5) Object.assign(digest, { md5: this.#md5, sendsMd5: true })
    if (!capabilities.takesChecksums) digest.checksum = null
    const hasChecksum = digest.checksum !== null
    this.#sentDigests = { any: digest.sendsMd5 || hasChecksum, checksum: hasChecksum }
    this.#sent = new SentBody(object, digest, capabilities)
    if (whole === null) this.watchers.push(...this.#sent.watchers())
    const { onBytes } = this.#request
    if (whole === null && onBytes) this.watchers.push({ update: ({ length }) => onBytes(length) })
    const { headers } = object
    pushWrittenHeaders(this.#conditions.written, object, this.#conditions.tags.value, headers)
    if (this.#conditions.onlyIfMissing) headers.push('if-none-match', '*')
    pushDigestHeaders(digest, object.headers)
    return { method: 'PUT', path: this.#request.destinationPath, query: '', headers }
  }

  protected override finish(
    etag: string,
    headers: ResponseHeaders,
  ): {
    attempt: Attempt<ObjectOutcome>
    readWhole: boolean
  } {
    const object = this.#object!
    const verification = this.#sent!.judge(etag, headers)
    if (verification === null) {
      const versionId = headers['x-amz-version-id']
      this.#conditions.bad.add({ etag, versionId: typeof versionId === 'string' ? versionId : null })
      const message = `${this.describe('destination')}: stored with ETag ${etag}, the source has ${object.etag}`
      return { attempt: { ok: false, failure: checksumMismatch('destination', message) }, readWhole: false }
    }
    const bytes = object.sizeBytes
    return {
      attempt: { ok: true, value: { kind: 'copied', bytes, etag, verification }, bytes, ttfbMs: this.ttfbMs },
      readWhole: verification === 'etag',
    }
  }

  protected override settle(attempt: Attempt<ObjectOutcome>, readWhole: boolean): void {
    if (!attempt.ok) this.#conditions.bad.observe(attempt.failure)
    super.settle(attempt, readWhole)
  }

  #failForBytes(): void {
    const message = `${this.describe('source')}: the bytes do not have the ETag ${this.#object!.etag}`
    this.fail(checksumMismatch('source', message))
  }

  /** An object that was created in the meantime stays: a retry cannot help. */
  protected override refine(failure: AttemptFailure): AttemptFailure {
    if (failure.side === 'source')
      return withoutChecksumMode(this.context.source, failure, this.#askedForChecksums)
    const adapted = adaptToRefusal(this.context.destination, failure, this.#sentDigests)
    if (adapted !== null) return adapted
    const refused = this.#conditions.onlyIfMissing && isFailedCondition(failure)
    if (refused) return { ...failure, class: 'permanent', code: ALREADY_THERE }
    return this.#conditions.tags.asRefused(failure)
  }

  protected override describe(side: Side): string {
    return `${side === 'source' ? 'GET' : 'PUT'} ${JSON.stringify(this.#request.name)}`
  }
}

/** Bodies up to this size are kept for the upload of their only part, so that they are not requested twice. */
const KEPT_BYTES = 64 * 1024

function isSmallPart({ etag, sizeBytes }: SourceObject): boolean {
  const parsed = parseEtag(etag)
  return parsed.kind === 'parts' && parsed.parts === 1 && sizeBytes > 0 && sizeBytes <= KEPT_BYTES
}
