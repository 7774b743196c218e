import type { Attempt } from '../attempt.js'
import { unquoteEtag } from '../verify/etag.js'
import type { Endpoint } from './endpoint.js'
import { headObject, type HeadRequest } from './object-head.js'
import { readSourceObject } from './object-headers.js'
import type { XmlElement } from './xml.js'

/**
 * The ETag, without quotes, that a document names of an object that was just written. Where it names none, as Ceph 16 does when it completes an
 * upload, HEAD tells it.
 */
export async function etagOfDocument(
  endpoint: Endpoint,
  document: XmlElement,
  place: HeadRequest,
  signal: AbortSignal | undefined,
): Promise<Attempt<string>> {
  const etag = unquoteEtag(document.wordOf('ETag'))
  if (etag !== '') return { ok: true, value: etag, bytes: 0, ttfbMs: 0 }
  const head = await headObject(endpoint, place, signal)
  return head.ok ? { ...head, value: readSourceObject(head.value).etag } : head
}
