import type { Attempt } from '../attempt.js'
import { controlRequest } from './control-request.js'
import { element } from '../failures/error-body.js'
import { unquoteEtag } from '../verify/etag.js'
import type { SourceObject } from './object-headers.js'
import type { SourcePlace } from './object-location.js'

/** A page of 1,000 parts with a checksum each is 200 KB. A store that does not know the question may answer with the object itself. */
const LONGEST_PAGE_BYTES = 1024 * 1024

/** What a store says of an object's parts: their sizes; nothing, though it knows the question; or that it does not know it, or may not answer. */
export type ListedParts = { kind: 'listed'; sizes: number[] } | { kind: 'unlisted' } | { kind: 'refused' }

/**
 * Asks for the parts of an object by GetObjectAttributes, 1,000 with each request. AWS lists them for objects with checksums and in directory buckets; it
 * wants the permission s3:GetObjectAttributes.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAttributes.html
 */
export async function listParts(
  place: SourcePlace,
  object: SourceObject,
  signal: AbortSignal | undefined,
): Promise<Attempt<ListedParts>> {
  const sizes: number[] = []
  for (;;) {
    const page = await askForPage(place, sizes.length, signal)
    if (!page.ok) return refusal(page)
    const xml = page.value.body.toString()
    if (!xml.includes('<GetObjectAttributesRes')) return told({ kind: 'refused' })
    if (unquoteEtag(element(xml, 'ETag')) !== object.etag) return told({ kind: 'unlisted' })
    const before = sizes.length
    for (const [part] of xml.matchAll(/<Part>.*?<\/Part>/gs)) {
      if (Number(element(part, 'PartNumber')) === sizes.length + 1) sizes.push(Number(element(part, 'Size')))
    }
    if (sizes.length === before) return told({ kind: 'unlisted' })
    if (element(xml, 'IsTruncated') !== 'true') return told({ kind: 'listed', sizes })
  }
}

function askForPage(place: SourcePlace, marker: number, signal: AbortSignal | undefined) {
  const { path, query: version, endpoint, name } = place
  const query = version === '' ? 'attributes=' : `attributes=&${version}`
  const headers = ['x-amz-object-attributes', 'ETag,ObjectParts', 'x-amz-max-parts', '1000']
  if (marker > 0) headers.push('x-amz-part-number-marker', String(marker))
  const request = { method: 'GET' as const, path, query, headers }
  const what = `GET the parts of ${JSON.stringify(name)}`
  return controlRequest(endpoint, 'source', request, what, signal, LONGEST_PAGE_BYTES)
}

/** What may pass is worth asking again. Anything else says that parts are not to be had in this way. */
function refusal(refused: Extract<Attempt<unknown>, { ok: false }>): Attempt<ListedParts> {
  const { class: kind, status } = refused.failure
  if (kind === 'throttle' || kind === 'aborted' || (status !== undefined && status >= 500 && status !== 501))
    return refused
  const final = status !== undefined && status !== 404 && kind !== 'missing'
  return told({ kind: final ? 'refused' : 'unlisted' })
}

function told(value: ListedParts): Attempt<ListedParts> {
  return { ok: true, value, bytes: 0, ttfbMs: 0 }
}
