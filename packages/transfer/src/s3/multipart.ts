import { checksumsOfXml } from '../verify/answered-checksums.js'
import type { Attempt } from '../attempt.js'
import { controlRequest } from './control-request.js'
import { encodeQueryValue } from './encode-key.js'
import type { Endpoint } from './endpoint.js'
import { element } from '../failures/error-body.js'
import { unquoteEtag } from '../verify/etag.js'
import { readSourceObject } from './object-headers.js'
import type { Checksums } from '../verify/stored-checksums.js'

/** A part that the destination has. */
export interface StoredPart {
  number: number
  /** Without quotes. */
  etag: string
  sizeBytes: number
}

/** An upload that was begun. */
export interface CreatedUpload {
  uploadId: string
  /** True if the ETags of its parts are no digests of their bytes. */
  opaqueEtags: boolean
}

/** The object that an upload became. */
export interface CompletedUpload {
  /** Without quotes. */
  etag: string
  versionId: string | null
  checksums: Checksums
}

/** The calls around an upload in parts, each as one attempt. Paths are encoded. */
export class MultipartUpload {
  readonly #destination: Endpoint
  readonly #path: string
  readonly #name: string

  /** @param name the key as people write it */
  constructor(destination: Endpoint, path: string, name: string) {
    this.#destination = destination
    this.#path = path
    this.#name = JSON.stringify(name)
  }

  /** @param headers what describes the object, byte for byte */
  async create(headers: string[], signal: AbortSignal | undefined): Promise<Attempt<CreatedUpload>> {
    const created = await this.#send('POST', 'uploads=', [...headers], 'create the upload of', signal)
    if (!created.ok) return created
    const uploadId = element(created.value.body.toString(), 'UploadId')
    const opaqueEtags = this.#destination.habits.learn(created.value.headers)
    if (uploadId !== '') return { ...created, value: { uploadId, opaqueEtags } }
    return malformed(`create the upload of ${this.#name}: the answer names no upload`)
  }

  /**
   * Gives the object that came to be. An upload that is gone may have been completed by a request whose answer was lost: then the
   * object has the ETag that was predicted.
   */
  async complete(
    uploadId: string,
    parts: readonly { number: number; etag: string }[],
    predicted: string | null,
    headers: string[],
    signal: AbortSignal | undefined,
  ): Promise<Attempt<CompletedUpload>> {
    const completed = await this.#complete(uploadId, parts, headers, signal)
    if (completed.ok || completed.failure.code !== 'NoSuchUpload' || predicted === null) return completed
    const head = await this.#send('HEAD', '', [], 'HEAD', signal)
    if (!head.ok || readSourceObject(head.value.headers).etag !== predicted) return completed
    return { ...head, value: { etag: predicted, versionId: null, checksums: {} } }
  }

  async #complete(
    uploadId: string,
    parts: readonly { number: number; etag: string }[],
    headers: string[],
    signal: AbortSignal | undefined,
  ): Promise<Attempt<CompletedUpload>> {
    const listed = parts.map(
      ({ number, etag }) => `<Part><PartNumber>${number}</PartNumber><ETag>"${etag}"</ETag></Part>`,
    )
    const body = `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${listed.join('')}</CompleteMultipartUpload>`
    const query = `uploadId=${encodeQueryValue(uploadId)}`
    const completed = await this.#send(
      'POST',
      query,
      [...headers, 'content-type', 'application/xml'],
      'complete the upload of',
      signal,
      body,
    )
    if (!completed.ok) return completed
    const { body: answer, headers: told } = completed.value
    const xml = answer.toString()
    const etag = unquoteEtag(element(xml, 'ETag'))
    const versionId = typeof told['x-amz-version-id'] === 'string' ? told['x-amz-version-id'] : null
    const checksums = checksumsOfXml(xml)
    if (checksums['crc64nvme'] !== undefined) this.#destination.habits.reportsCrc64 = true
    if (etag !== '') return { ...completed, value: { etag, versionId, checksums } }
    return malformed(`complete the upload of ${this.#name}: the answer names no ETag`)
  }

  async abort(uploadId: string, signal: AbortSignal | undefined): Promise<Attempt<null>> {
    const query = `uploadId=${encodeQueryValue(uploadId)}`
    const aborted = await this.#send('DELETE', query, [], 'abort the upload of', signal)
    if (!aborted.ok && aborted.failure.code !== 'NoSuchUpload') return aborted
    return { ok: true, value: null, bytes: 0, ttfbMs: 0 }
  }

  /** All parts that the destination has, by their number. */
  async listParts(
    uploadId: string,
    signal: AbortSignal | undefined,
  ): Promise<Attempt<Map<number, StoredPart>>> {
    const parts = new Map<number, StoredPart>()
    let marker = ''
    for (;;) {
      const after = marker === '' ? '' : `&part-number-marker=${encodeQueryValue(marker)}`
      const query = `max-parts=1000${after}&uploadId=${encodeQueryValue(uploadId)}`
      const page = await this.#send('GET', query, [], 'list the parts of', signal)
      if (!page.ok) return page
      const xml = page.value.body.toString()
      for (const [part] of xml.matchAll(/<Part>.*?<\/Part>/gs)) {
        const number = Number(element(part, 'PartNumber'))
        const etag = unquoteEtag(element(part, 'ETag'))
        parts.set(number, { number, etag, sizeBytes: Number(element(part, 'Size')) })
      }
      const next = element(xml, 'NextPartNumberMarker')
      if (element(xml, 'IsTruncated') !== 'true' || next === '' || next === marker)
        return { ...page, value: parts }
      marker = next
    }
  }

  #send(
    method: 'GET' | 'HEAD' | 'POST' | 'DELETE',
    query: string,
    headers: string[],
    what: string,
    signal: AbortSignal | undefined,
    body?: string,
  ) {
    const request = { method, path: this.#path, query, headers, ...(body !== undefined && { body }) }
    return controlRequest(this.#destination, 'destination', request, `${what} ${this.#name}`, signal)
  }
}

function malformed(message: string): Attempt<never> {
  return { ok: false, failure: { class: 'transient', side: 'destination', code: 'MalformedAnswer', message } }
}
