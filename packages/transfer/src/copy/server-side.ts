import { checksumsOfXml } from '../verify/answered-checksums.js'
import type { Attempt, AttemptFailure } from '../attempt.js'
import { controlRequest } from '../s3/control-request.js'
import type { CopyResult } from '../contract.js'
import { copyPlanned, placeOf, planInput, type JobWork, type Planning } from './execute-plan.js'
import type { Endpoint } from '../s3/endpoint.js'
import { element } from '../failures/error-body.js'
import { parseEtag, unquoteEtag } from '../verify/etag.js'
import { needsSourceParts } from './plan.js'
import { headSource } from '../s3/head-source.js'
import { skipped } from './skipped-result.js'
import { asSourceChanged } from '../failures/source-changed.js'
import type { SourceObject } from '../s3/object-headers.js'
import type { SourcePlace } from '../s3/object-location.js'
import { compareChecksums, type Checksums } from '../verify/stored-checksums.js'
import { pushWrittenHeaders } from '../s3/destination-headers.js'

/** Refusals that say that the store will not copy by itself, not that the object is bad. */
const REFUSED = new Set(['AccessDenied', 'NotImplemented', 'MethodNotAllowed', 'InvalidRequest'])

/**
 * Copies within one store: CopyObject, or UploadPartCopy for an object in parts. No byte of the object comes through this machine.
 */
export class StoreCopier {
  readonly #planning: Planning
  #able = true

  constructor(planning: Planning) {
    this.#planning = planning
  }

  /** Undefined if the store will not, and the object has to be copied through this machine. */
  async copy(work: JobWork, unlessEtag: string | null): Promise<CopyResult | undefined> {
    if (!this.#able) return undefined
    const { request, runner, signal } = work
    const { context, settings } = this.#planning
    const place = placeOf(this.#planning, request)
    const head = await runner.run((given) => headSource(place, given ?? signal))
    if (!head.ok) return head
    const object = head.value
    if (unlessEtag !== null && unquoteEtag(unlessEtag) === object.etag)
      return skipped(object.etag, 'etag', head.attempts)

    const copySource = `${encodeSource(settings.source.bucket)}${sourceOf(place)}`
    const input = planInput(this.#planning, { ...object, etagIsDigest: true }, settings.tuning)
    // CopyObject takes what a single PUT may have, 5 GB: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
    if (needsSourceParts(input) || object.sizeBytes > this.#planning.limits.maxSinglePutBytes)
      return this.#copyParts(work, object, copySource)

    const headers = ['x-amz-copy-source', copySource, 'x-amz-copy-source-if-match', object.rawEtag]
    headers.push(...(context.source.customerKey?.copySource ?? []))
    pushWrittenHeaders(settings.written, object, '', headers)
    const run = await runner.run((given) =>
      copyObject(
        context.destination,
        request.destinationPath,
        headers,
        request.name,
        object,
        given ?? signal,
      ),
    )
    if (run.ok) {
      const { etag, checksums } = run.value
      const sameChecksum = compareChecksums(checksums, object.checksums, {}) === 'as-reported'
      const verification = etag === object.etag ? 'etag' : sameChecksum ? 'checksum' : 'server-side'
      return { ok: true, bytes: object.sizeBytes, etag, verification, attempts: run.attempts }
    }
    return run.failure.code === 'SourceChanged' || this.#declines(run.failure) ? undefined : run
  }

  async #copyParts(work: JobWork, object: SourceObject, copySource: string): Promise<CopyResult | undefined> {
    const { tuning } = this.#planning.settings
    // No byte passes here, so none can be hashed in order.
    const single = parseEtag(object.etag).kind !== 'parts'
    const terms = { tuning, onlyIfMissing: false, inStore: copySource, whole: null }
    const source = single ? { ...object, etagIsDigest: false, checksums: {} } : object
    const result = await copyPlanned(this.#planning, work, source, terms)
    if (result.ok) return result
    return result.again !== 'no' || this.#declines(result.failure) ? undefined : result
  }

  #declines(failure: AttemptFailure): boolean {
    if (failure.status === 501 || failure.code === 'NotImplemented') this.#able = false
    return this.#planning.settings.serverSideCopy === 'auto' && REFUSED.has(failure.code)
  }
}

async function copyObject(
  destination: Endpoint,
  path: string,
  headers: readonly string[],
  name: string,
  object: SourceObject,
  signal: AbortSignal | undefined,
): Promise<Attempt<{ etag: string; checksums: Checksums }>> {
  const request = { method: 'PUT' as const, path, query: '', headers: [...headers] }
  const what = `copy ${JSON.stringify(name)} within the store`
  const copied = await controlRequest(destination, 'destination', request, what, signal)
  if (!copied.ok) return { ok: false, failure: asSourceChanged(copied.failure) }
  const xml = copied.value.body.toString()
  const etag = unquoteEtag(element(xml, 'ETag'))
  if (etag !== '')
    return { ...copied, value: { etag, checksums: checksumsOfXml(xml) }, bytes: object.sizeBytes }
  const message = `${what}: the answer names no ETag`
  return { ok: false, failure: { class: 'transient', side: 'destination', code: 'MalformedAnswer', message } }
}

function encodeSource(bucket: string): string {
  return `/${encodeURIComponent(bucket)}`
}

/** The key as it stands in the source's path, and its version. */
function sourceOf({ endpoint, path, query }: SourcePlace): string {
  const key = path.slice(endpoint.settings.pathPrefix.length)
  return query === '' ? key : `${key}?${query}`
}
