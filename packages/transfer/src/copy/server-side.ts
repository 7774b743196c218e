import type { Attempt, AttemptFailure } from '../contract/attempt.js'
import { documentRequest } from '../s3/control-request.js'
import { etagOfDocument } from '../s3/written-etag.js'
import { ObjectTags } from './object-tags.js'
import type { BadCopies } from './bad-copies.js'
import type { CopyResult } from '../contract/copier.js'
import { copyPlanned, locationOf, readTags, type JobWork, type Planning } from './execute-plan.js'
import type { Endpoint } from '../s3/endpoint.js'
import { parseEtag, sameEtag, unquoteEtag } from '../protocol/etag.js'
import { needsSourceParts, planInput } from './plan.js'
import { headSource } from '../s3/object-head.js'
import { skipped } from './skipped-result.js'
import type { Copied } from './verify-stored.js'
import { checksumMismatch } from '../failures/checksum-mismatch.js'
import { asSourceChanged } from '../failures/source-changed.js'
import type { SourceObject } from '../protocol/object-headers.js'
import { pushIfMatch, type ObjectLocation } from '../s3/object-request.js'
import { checksumsOfXml, compareChecksums, type Checksums } from '../protocol/stored-checksums.js'
import { pushWrittenHeaders } from '../options/destination-headers.js'

/**
 * Copies within one store: CopyObject, or UploadPartCopy for an object in parts. The bytes do not pass through this
 * machine.
 */
export class ServerSideCopy {
  readonly #planning: Planning
  #able = true

  constructor(planning: Planning) {
    this.#planning = planning
  }

  /** Undefined if the store refuses, or copies incorrectly, and the object has to be copied through this machine. */
  async copy(work: JobWork, unlessEtag: string | null, bad: BadCopies): Promise<CopyResult | undefined> {
    if (!this.#able) return undefined
    const { request, runner, signal } = work
    const { context, settings } = this.#planning
    const location = locationOf(this.#planning, request)
    const head = await runner.run((given) => headSource(location, given ?? signal))
    if (!head.ok) return head
    const object = head.value
    if (unlessEtag !== null && sameEtag(unquoteEtag(unlessEtag), object.etag))
      return skipped(object.etag, 'etag', head.attempts)

    const copySource = `${encodeSource(settings.source.bucket)}${sourceOf(location)}`
    const input = planInput({ ...object, etagIsDigest: true }, this.#planning.limits, settings.tuning)
    // CopyObject accepts the size of a single PUT, 5 GB: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
    if (needsSourceParts(input) || object.sizeBytes > this.#planning.limits.maxSinglePutBytes)
      return this.#copyParts(work, object, copySource, bad)

    const tags = new ObjectTags(settings.written.tags)
    // Only for a store that has not shown yet that it copies them along.
    const unread =
      context.destination.capabilities.keepsTags === true
        ? null
        : await readTags(tags, location, object, runner, signal)
    if (unread?.ok === false) return unread
    const headers = ['x-amz-copy-source', copySource]
    // A store copies tags by default.
    if (!settings.written.tags && (object.tagCount ?? 0) > 0)
      headers.push('x-amz-tagging-directive', 'REPLACE')
    pushIfMatch(context.source, headers, object.rawEtag, 'x-amz-copy-source-if-match')
    headers.push(...(context.source.customerKey?.copySource ?? []))
    pushWrittenHeaders(settings.written, object, '', headers)
    const run = await runner.run(async (given) => {
      const path = request.destinationPath
      const attempt = await copyObject(
        context.destination,
        path,
        headers,
        request.name,
        object,
        given ?? signal,
      )
      if (!attempt.ok) bad.observe(attempt.failure)
      if (!attempt.ok || !isOtherObject(attempt.value, object)) return attempt
      const { etag, versionId } = attempt.value
      bad.add({ etag, versionId })
      const message = `copy ${JSON.stringify(request.name)} within the store: stored with ETag ${etag}, the source has ${object.etag}`
      return { ok: false, failure: checksumMismatch('destination', message) }
    })
    if (run.ok) {
      const { etag, checksums } = run.value
      const sameChecksum = compareChecksums(checksums, object.checksums, {}) === 'as-reported'
      const verification = sameEtag(etag, object.etag) ? 'etag' : sameChecksum ? 'checksum' : 'server-side'
      const copied = {
        ok: true,
        bytes: object.sizeBytes,
        etag,
        verification,
        attempts: run.attempts,
      } as const
      return this.#withTags(tags, work, copied)
    }
    if (this.#declines(run.failure)) return undefined
    await bad.remove()
    return run
  }

  async #withTags(
    tags: ObjectTags,
    { request, destinationKey, runner }: JobWork,
    copied: Copied,
  ): Promise<CopyResult> {
    if (tags.value === '') return copied
    await tags.confirm(this.#planning.context.destination, request.destinationPath, destinationKey, runner)
    return tags.warning === null ? copied : { ...copied, warning: tags.warning }
  }

  async #copyParts(
    work: JobWork,
    object: SourceObject,
    copySource: string,
    bad: BadCopies,
  ): Promise<CopyResult | undefined> {
    const { tuning } = this.#planning.settings
    // No byte passes through here, so none can be hashed in order.
    const single = parseEtag(object.etag).kind !== 'parts'
    const tags = new ObjectTags(this.#planning.settings.written.tags)
    const conditions = { tuning, onlyIfMissing: false, bad, tags, inStore: copySource, whole: null }
    const source = single ? { ...object, etagIsDigest: false, checksums: {} } : object
    const result = await copyPlanned(this.#planning, work, source, conditions)
    if (result.ok) return this.#withTags(tags, work, result)
    if (result.again !== null || this.#declines(result.failure)) return undefined
    await bad.remove()
    return result
  }

  /**
   * An object that a store refuses to copy server-side may well be readable and writable. Only the caller's abort and
   * a busy store are not refusals.
   */
  #declines({ class: kind, code, status }: AttemptFailure): boolean {
    if (status === 501 || code === 'NotImplemented') this.#able = false
    if (code === 'SourceChanged') return true
    if (this.#planning.settings.serverSideCopy !== 'auto' || kind === 'aborted' || kind === 'throttle')
      return false
    return status !== undefined || code === 'ChecksumMismatch'
  }
}

/** What the store reports about its copy. */
interface StoreCopy {
  etag: string
  versionId: string | null
  checksums: Checksums
  /** True if its ETag is not a digest of the bytes. */
  isOpaque: boolean
}

/** True if the result had to have the source's MD5 or checksum, and has another one. */
function isOtherObject({ etag, checksums, isOpaque }: StoreCopy, object: SourceObject): boolean {
  if (compareChecksums(checksums, object.checksums, {}) === 'differs') return true
  if (isOpaque || !object.etagIsDigest || parseEtag(object.etag).kind !== 'md5') return false
  return parseEtag(etag).kind === 'md5' && !sameEtag(etag, object.etag)
}

async function copyObject(
  destination: Endpoint,
  path: string,
  headers: readonly string[],
  name: string,
  object: SourceObject,
  signal: AbortSignal | undefined,
): Promise<Attempt<StoreCopy>> {
  const request = { method: 'PUT' as const, path, query: '', headers: [...headers] }
  const what = `copy ${JSON.stringify(name)} within the store`
  const copied = await documentRequest(destination, request, ['CopyObjectResult'], what, signal)
  if (!copied.ok) return { ok: false, failure: asSourceChanged(copied.failure) }
  const { document, headers: responseHeaders } = copied.value
  const etag = await etagOfDocument(destination, document, { path, name: JSON.stringify(name) }, signal)
  if (!etag.ok) return etag
  const version = responseHeaders['x-amz-version-id']
  const value = {
    etag: etag.value,
    versionId: typeof version === 'string' ? version : null,
    checksums: checksumsOfXml(document),
    isOpaque: destination.capabilities.observeWrite(responseHeaders),
  }
  return { ...copied, value, bytes: object.sizeBytes }
}

function encodeSource(bucket: string): string {
  return `/${encodeURIComponent(bucket)}`
}

/** The key as it appears in the source's path, and its version. */
function sourceOf({ endpoint, path, query }: ObjectLocation): string {
  const key = path.slice(endpoint.settings.pathPrefix.length)
  return query === '' ? key : `${key}?${query}`
}
