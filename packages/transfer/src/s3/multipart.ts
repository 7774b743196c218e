import type { Attempt } from '../contract/attempt.js'
import { malformedAnswer } from '../failures/make-failure.js'
import { isFailedCondition } from '../failures/source-changed.js'
import { isBefore } from '../protocol/key-order.js'
import { controlRequest, documentRequest, type DocumentAnswer } from './control-request.js'
import { escapeXml } from '../protocol/xml.js'
import { encodeQueryValue, decodeListed } from '../protocol/encode-key.js'
import type { Endpoint, EndpointRequest } from './endpoint.js'
import { sameEtag, unquoteEtag } from '../protocol/etag.js'
import { readSourceObject } from '../protocol/object-headers.js'
import { etagOfDocument } from './written-etag.js'
import { checksumsOfXml, type Checksums } from '../protocol/stored-checksums.js'

/** A part that the destination has. */
interface StoredPart {
  number: number
  /** Without quotes. */
  etag: string
  sizeBytes: number
}

/** An upload that was created. */
interface CreatedUpload {
  uploadId: string
  /** True if the ETags of its parts are not digests of their bytes. */
  opaqueEtags: boolean
}

/** The object that an upload became. */
interface CompletedUpload {
  /** Without quotes. */
  etag: string
  versionId: string | null
  checksums: Checksums
}

/** The calls around a multipart upload, each as one attempt. Paths are encoded. */
export class MultipartUpload {
  readonly #destination: Endpoint
  readonly #path: string
  readonly #name: string

  /** @param name the key in readable form */
  constructor(destination: Endpoint, path: string, name: string) {
    this.#destination = destination
    this.#path = path
    this.#name = JSON.stringify(name)
  }

  /** @param headers what describes the object, byte for byte */
  async create(headers: string[], signal: AbortSignal | undefined): Promise<Attempt<CreatedUpload>> {
    const what = `create the upload of ${this.#name}`
    const request = this.#request('POST', 'uploads=', [...headers])
    const roots = ['InitiateMultipartUploadResult', 'CreateMultipartUploadResult']
    const created = await documentRequest(this.#destination, request, roots, what, signal)
    if (!created.ok) return created
    const uploadId = created.value.document.wordOf('UploadId')
    const opaqueEtags = this.#destination.capabilities.observeWrite(created.value.headers)
    if (uploadId !== '') return { ...created, value: { uploadId, opaqueEtags } }
    return this.#malformed(`${what}: the response has no upload id`)
  }

  /**
   * Returns the object that was created. If the upload no longer exists, or an object violates the condition, an
   * earlier request whose response was lost may be the reason: then the object has the predicted ETag.
   */
  async complete(
    uploadId: string,
    parts: readonly { number: number; etag: string }[],
    predicted: string | null,
    headers: string[],
    signal: AbortSignal | undefined,
  ): Promise<Attempt<CompletedUpload>> {
    const completed = await this.#complete(uploadId, parts, headers, signal)
    if (completed.ok || predicted === null) return completed
    const isRefused = isFailedCondition(completed.failure)
    if (completed.failure.code !== 'NoSuchUpload' && !isRefused) return completed
    const what = `HEAD ${this.#name}`
    const head = await controlRequest(this.#destination, this.#request('HEAD', '', []), what, signal)
    if (!head.ok || !sameEtag(readSourceObject(head.value.headers).etag, predicted)) return completed
    if (isRefused) await this.abort(uploadId, signal)
    return { ...head, value: { etag: predicted, versionId: null, checksums: {} } }
  }

  async #complete(
    uploadId: string,
    parts: readonly { number: number; etag: string }[],
    headers: string[],
    signal: AbortSignal | undefined,
  ): Promise<Attempt<CompletedUpload>> {
    const listed = parts.map(
      ({ number, etag }) =>
        `<Part><PartNumber>${number}</PartNumber><ETag>"${escapeXml(etag)}"</ETag></Part>`,
    )
    const body = `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${listed.join('')}</CompleteMultipartUpload>`
    const query = `uploadId=${encodeQueryValue(uploadId)}`
    const what = `complete the upload of ${this.#name}`
    const given = [...headers, 'content-type', 'application/xml']
    const completed = await documentRequest(
      this.#destination,
      { ...this.#request('POST', query, given), body },
      ['CompleteMultipartUploadResult'],
      what,
      signal,
    )
    if (!completed.ok) return completed
    const { document, headers: responseHeaders } = completed.value
    const location = { path: this.#path, name: this.#name }
    const etag = await etagOfDocument(this.#destination, document, location, signal)
    if (!etag.ok) return etag
    const versionId =
      typeof responseHeaders['x-amz-version-id'] === 'string' ? responseHeaders['x-amz-version-id'] : null
    const checksums = checksumsOfXml(document)
    if (checksums['crc64nvme'] !== undefined) this.#destination.capabilities.observe({ reportsCrc64: true })
    return { ...completed, value: { etag: etag.value, versionId, checksums } }
  }

  async abort(uploadId: string, signal: AbortSignal | undefined): Promise<Attempt<null>> {
    const request = this.#request('DELETE', `uploadId=${encodeQueryValue(uploadId)}`, [])
    const what = `abort the upload of ${this.#name}`
    const aborted = await controlRequest(this.#destination, request, what, signal)
    if (!aborted.ok && aborted.failure.code !== 'NoSuchUpload') return aborted
    return { ok: true, value: null }
  }

  /** All parts at the destination, by number. A page that says more follows, but has no new part, is a failure. */
  async listParts(
    uploadId: string,
    signal: AbortSignal | undefined,
  ): Promise<Attempt<Map<number, StoredPart>>> {
    const parts = new Map<number, StoredPart>()
    const what = `list the parts of ${this.#name}`
    let last = 0
    for (;;) {
      const after = last === 0 ? '' : `&part-number-marker=${last}`
      const query = `max-parts=1000${after}&uploadId=${encodeQueryValue(uploadId)}`
      const request = this.#request('GET', query, [])
      const page = await documentRequest(this.#destination, request, ['ListPartsResult'], what, signal)
      if (!page.ok) return page
      const { document } = page.value
      const before = last
      for (const part of document.all('Part')) {
        const number = part.countOf('PartNumber')
        const sizeBytes = part.countOf('Size')
        if (Number.isNaN(number + sizeBytes)) return this.#malformed(`${what}: a part without number or size`)
        parts.set(number, { number, etag: unquoteEtag(part.wordOf('ETag')), sizeBytes })
        last = Math.max(last, number)
      }
      if (!document.isTrue('IsTruncated')) return { ...page, value: parts }
      const next = document.countOf('NextPartNumberMarker')
      if (next > last) last = next
      if (last === before) return this.#malformed(`${what}: the list is truncated but names no next part`)
    }
  }

  /**
   * Open uploads of this key that were created at or after a time, by the store's clock, in ms since the epoch. Needs
   * `s3:ListBucketMultipartUploads`. Reads pages until they are past the key: they also list the uploads of longer ones.
   */
  async listOpen(since: number, signal: AbortSignal | undefined): Promise<Attempt<string[]>> {
    const what = `list the open uploads of ${this.#name}`
    const key = JSON.parse(this.#name) as string
    const open: string[] = []
    let after = { key: '', id: '' }
    for (;;) {
      const page = await this.#listUploads(key, after, what, signal)
      if (!page.ok) return page
      const { document } = page.value
      const decode = document.wordOf('EncodingType').toLowerCase() === 'url' ? decodeListed : String
      const uploads = document.all('Upload').map((upload) => ({
        key: decode(upload.textOf('Key')),
        id: upload.wordOf('UploadId'),
        initiated: Date.parse(upload.wordOf('Initiated')),
      }))
      for (const upload of uploads) if (upload.key === key && upload.initiated >= since) open.push(upload.id)
      const last = uploads.at(-1)
      const next = {
        key: decode(document.textOf('NextKeyMarker')) || (last?.key ?? ''),
        id: document.wordOf('NextUploadIdMarker') || (last?.id ?? ''),
      }
      if (!document.isTrue('IsTruncated') || isBefore(key, next.key))
        return { ...page, value: [...new Set(open)] }
      if (next.key === '' || (next.key === after.key && next.id === after.id))
        return this.#malformed(`${what}: the list is truncated but names no next upload`)
      after = next
    }
  }

  #listUploads(
    prefix: string,
    after: { key: string; id: string },
    what: string,
    signal: AbortSignal | undefined,
  ): Promise<Attempt<DocumentAnswer>> {
    const { key, id } = after
    const markers = { 'key-marker': key, prefix, 'upload-id-marker': key === '' ? '' : id }
    const query = Object.entries(markers)
      .filter(([, value]) => value !== '')
      .map(([name, value]) => `${name}=${encodeQueryValue(value)}`)
      .join('&')
    const request = {
      method: 'GET' as const,
      path: this.#destination.bucketPath,
      query: `encoding-type=url&${query}&uploads=`,
      headers: [],
    }
    return documentRequest(this.#destination, request, ['ListMultipartUploadsResult'], what, signal)
  }

  #request(
    method: 'GET' | 'HEAD' | 'POST' | 'DELETE',
    query: string,
    headers: string[],
  ): EndpointRequest & { method: typeof method } {
    return { method, path: this.#path, query, headers }
  }

  #malformed(message: string): Attempt<never> {
    return { ok: false, failure: malformedAnswer(this.#destination, message) }
  }
}
