import type { Attempt, AttemptFailure, Side } from '../attempt.js'
import type { EndpointRequest } from '../s3/endpoint.js'
import { parseEtag, sameEtag, unquoteEtag } from '../verify/etag.js'
import { objectAt } from '../s3/object-at.js'
import { Relay } from '../relay/relay.js'
import type { RelayContext } from '../relay/context.js'
import { SentBody } from '../relay/sent-body.js'
import type { ResponseHeaders, SourceObject } from '../s3/object-headers.js'
import { isPage } from '../s3/store-marks.js'
import { fetchTagging } from '../s3/source-tags.js'
import { digestOf, pushDigestHeaders, type Verification } from '../verify/verification.js'
import type { BadCopies } from './bad-copies.js'
import { pushWrittenHeaders, type ResolvedWrittenObject } from '../s3/destination-headers.js'

/** A whole object to copy with one GET and one PUT. Keys are encoded. */
export interface ObjectRequest {
  /** The key as people write it, for messages. */
  name: string
  sourcePath: string
  /** Canonical query of the GET; '' or the version id. */
  sourceQuery: string
  destinationPath: string
}

/** What an attempt at a whole object is told besides. */
export interface ObjectTerms {
  /** Decides from the GET's headers whether one PUT is the way. */
  fitsSinglePut: (object: SourceObject) => boolean
  written: ResolvedWrittenObject
  /** ETag as a header has it: nothing is copied if the source still has it. */
  unlessEtag: string | null
  /** True if the PUT must not replace an object. */
  onlyIfMissing: boolean
  /** Takes what the destination stored, if it is not what the source has. */
  bad: BadCopies
}

/** What came of it: the object is there, or it is not one for a single PUT and the caller plans anew. */
export type ObjectOutcome =
  | { kind: 'copied'; bytes: number; etag: string; verification: Verification }
  | { kind: 'planned'; object: SourceObject; /** All bytes, of a small object. */ whole: Buffer | null }
  | { kind: 'same'; etag: string }

/** Code of a PUT that would have replaced an object and must not. */
export const ALREADY_THERE = 'AlreadyThere'

/** One attempt at copying a whole object: see {@link Relay}. */
export class CopyObject extends Relay<ObjectOutcome> {
  readonly #request: ObjectRequest
  readonly #terms: ObjectTerms
  #object: SourceObject | null = null
  #sent: SentBody | null = null
  #tagging = ''
  /** True if the body is kept, to be sent as the one part of an upload. */
  #isPart = false

  constructor(context: RelayContext, request: ObjectRequest, terms: ObjectTerms) {
    super(context)
    this.#request = request
    this.#terms = terms
  }

  protected override sourceRequest(): EndpointRequest {
    const { sourcePath, sourceQuery } = this.#request
    const headers: string[] = []
    if (this.#terms.unlessEtag !== null) headers.push('if-none-match', this.#terms.unlessEtag)
    headers.push('x-amz-checksum-mode', 'ENABLED')
    return { method: 'GET', path: sourcePath, query: sourceQuery, headers }
  }

  protected override acceptSource(status: number, headers: ResponseHeaders): number | AttemptFailure | null {
    const object = objectAt(this.context.source, headers)
    // Every S3 store names length and ETag; a page of something in between does not.
    if (status !== 200 || object.sizeBytes < 0 || object.etag === '') {
      const message = `${this.describe('source')}: answered ${status} without length or ETag`
      return { class: 'transient', side: 'source', code: 'MalformedAnswer', message, status }
    }
    if (isPage(this.context.source.capabilities, headers)) {
      const message = `${this.describe('source')}: answered ${status} with a page that is not S3`
      return { class: 'transient', side: 'source', code: 'MalformedAnswer', message, status }
    }
    this.#object = object
    const { unlessEtag } = this.#terms
    if (unlessEtag !== null && sameEtag(unquoteEtag(unlessEtag), object.etag)) {
      this.unwantedBytes = object.sizeBytes
      this.#same(object.etag)
      return null
    }
    if (this.#terms.fitsSinglePut(object)) return object.sizeBytes
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

  protected override acceptRefusal(status: number): boolean {
    if (status !== 304 || this.#terms.unlessEtag === null) return false
    this.unwantedBytes = 0
    this.#same(unquoteEtag(this.#terms.unlessEtag))
    return true
  }

  #same(etag: string): void {
    this.settle({ ok: true, value: { kind: 'same', etag }, ttfbMs: this.ttfbMs, side: 'source' }, false)
  }

  protected override prepareDestination(): Promise<AttemptFailure | null> | null {
    const { tags } = this.#terms.written
    return tags && this.#object!.tagCount > 0 && !this.#isPart ? this.#fetchTags() : null
  }

  async #fetchTags(): Promise<AttemptFailure | null> {
    const { sourcePath: path, sourceQuery: query, name } = this.#request
    const tags = await fetchTagging({ endpoint: this.context.source, path, query, name }, this.signal)
    if (!tags.ok) return tags.failure
    this.#tagging = tags.value
    return null
  }

  protected override destinationRequest(whole: Buffer | null): EndpointRequest | null {
    if (this.#isPart) {
      // A copy: the bytes are lent for as long as this attempt lasts.
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
    this.#sent = new SentBody(object, digest, capabilities)
    if (whole === null) this.watchers.push(...this.#sent.watchers())
    const { headers } = object
    pushWrittenHeaders(this.#terms.written, object, this.#tagging, headers)
    if (this.#terms.onlyIfMissing) headers.push('if-none-match', '*')
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
      this.#terms.bad.add({ etag, versionId: typeof versionId === 'string' ? versionId : null })
      const message = `${this.describe('destination')}: stored with ETag ${etag}, the source has ${object.etag}`
      return { attempt: { ok: false, failure: mismatch('destination', message) }, readWhole: false }
    }
    const bytes = object.sizeBytes
    return {
      attempt: { ok: true, value: { kind: 'copied', bytes, etag, verification }, bytes, ttfbMs: this.ttfbMs },
      readWhole: verification === 'etag',
    }
  }

  #failForBytes(): void {
    const message = `${this.describe('source')}: the bytes do not have the ETag ${this.#object!.etag}`
    this.fail(mismatch('source', message))
  }

  /** An object that came to be meanwhile stays: there is nothing to try again. */
  protected override refine(failure: AttemptFailure): AttemptFailure {
    const refused = this.#terms.onlyIfMissing && failure.side === 'destination' && failure.status === 412
    return refused ? { ...failure, class: 'permanent', code: ALREADY_THERE } : failure
  }

  protected override describe(side: Side): string {
    return `${side === 'source' ? 'GET' : 'PUT'} ${JSON.stringify(this.#request.name)}`
  }
}

/** Bodies up to here are kept for the upload of their one part, so that they are not asked for twice. */
const KEPT_BYTES = 64 * 1024

function isSmallPart({ etag, sizeBytes }: SourceObject): boolean {
  const parsed = parseEtag(etag)
  return parsed.kind === 'parts' && parsed.parts === 1 && sizeBytes > 0 && sizeBytes <= KEPT_BYTES
}

function mismatch(side: Side, message: string): AttemptFailure {
  return { class: 'transient', side, code: 'ChecksumMismatch', message }
}
