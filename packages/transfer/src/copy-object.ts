import { createHash, type Hash } from 'node:crypto'
import type { Attempt, AttemptFailure, Side } from './attempt.js'
import type { EndpointRequest } from './endpoint.js'
import { Relay, type RelayContext } from './relay.js'
import { readSourceObject, type ResponseHeaders, type SourceObject } from './source-object.js'
import { digestOf, judgeAnswer, pushDigestHeaders, type Digest, type Verification } from './verification.js'

/** A whole object to copy with one GET and one PUT. Keys are encoded. */
export interface ObjectRequest {
  /** The key as people write it, for messages. */
  name: string
  sourcePath: string
  /** Canonical query of the GET; '' or the version id. */
  sourceQuery: string
  destinationPath: string
}

/** What came of it: the object is there, or it is not one for a single PUT and the caller plans anew. */
export type ObjectOutcome =
  | { kind: 'copied'; bytes: number; etag: string; verification: Verification }
  | { kind: 'planned'; object: SourceObject }

/** Decides from the GET's headers whether one PUT is the way. */
export type SinglePutRule = (object: SourceObject) => boolean

/** One attempt at copying a whole object: see {@link Relay}. */
export class CopyObject extends Relay<ObjectOutcome> {
  readonly #request: ObjectRequest
  readonly #fitsSinglePut: SinglePutRule
  #object: SourceObject | null = null
  #digest: Digest | null = null
  /** MD5 of a streamed body of which the source tells no digest. */
  #sent: Hash | null = null

  constructor(context: RelayContext, request: ObjectRequest, fitsSinglePut: SinglePutRule) {
    super(context)
    this.#request = request
    this.#fitsSinglePut = fitsSinglePut
  }

  protected override sourceRequest(): EndpointRequest {
    const { sourcePath, sourceQuery } = this.#request
    return { method: 'GET', path: sourcePath, query: sourceQuery, headers: [] }
  }

  protected override acceptSource(status: number, headers: ResponseHeaders): number | AttemptFailure | null {
    const object = readSourceObject(headers)
    // Every S3 store names length and ETag; a page of something in between does not.
    if (status !== 200 || object.sizeBytes < 0 || object.etag === '') {
      const message = `${this.describe('source')}: answered ${status} without length or ETag`
      return { class: 'transient', side: 'source', code: 'MalformedAnswer', message, status }
    }
    this.#object = object
    if (this.context.source.settings.etags === 'opaque') object.etagIsDigest = false
    if (this.#fitsSinglePut(object)) return object.sizeBytes
    this.unwantedBytes = object.sizeBytes
    this.settle({ ok: true, value: { kind: 'planned', object }, bytes: 0, ttfbMs: this.ttfbMs }, false)
    return null
  }

  protected override destinationRequest(whole: Buffer | null): EndpointRequest | null {
    const object = this.#object!
    this.#digest = digestOf(object, whole)
    if (this.#digest === null) {
      this.fail(
        mismatch('source', `${this.describe('source')}: the bytes do not have the ETag ${object.etag}`),
      )
      return null
    }
    if (whole === null && this.#digest.md5 === null) this.watchers.push((this.#sent = createHash('md5')))
    const { headers } = object
    pushDigestHeaders(this.#digest, object, headers)
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
    const { etags } = this.context.destination.settings
    if (this.#sent !== null) this.#digest!.md5 = this.#sent.digest('hex')
    const verification = judgeAnswer(this.#digest!, object, etag, headers, etags)
    if (verification === null) {
      const message = `${this.describe('destination')}: stored with ETag ${etag}, the source has ${object.etag}`
      return { attempt: { ok: false, failure: mismatch('destination', message) }, readWhole: false }
    }
    const bytes = object.sizeBytes
    return {
      attempt: { ok: true, value: { kind: 'copied', bytes, etag, verification }, bytes, ttfbMs: this.ttfbMs },
      readWhole: verification === 'etag',
    }
  }

  protected override describe(side: Side): string {
    return `${side === 'source' ? 'GET' : 'PUT'} ${JSON.stringify(this.#request.name)}`
  }
}

function mismatch(side: Side, message: string): AttemptFailure {
  return { class: 'transient', side, code: 'ChecksumMismatch', message }
}
