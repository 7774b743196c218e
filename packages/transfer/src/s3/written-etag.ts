import type { Attempt } from '../contract/attempt.js'
import { unquoteEtag } from '../protocol/etag.js'
import type { Endpoint } from './endpoint.js'
import { headObject, type HeadRequest } from './object-head.js'
import type { XmlElement } from '../protocol/xml.js'

/**
 * The ETag, without quotes, of an object that was just written. If the document has none, as with Ceph 16 after it
 * completes an upload, HEAD returns it.
 */
export async function etagOfDocument(
  endpoint: Endpoint,
  document: XmlElement,
  location: HeadRequest,
  signal: AbortSignal | undefined,
): Promise<Attempt<string>> {
  const etag = unquoteEtag(document.wordOf('ETag'))
  if (etag !== '') return { ok: true, value: etag, bytes: 0, ttfbMs: 0 }
  const head = await headObject(endpoint, location, signal)
  return head.ok ? { ...head, value: head.value.object.etag } : head
}
