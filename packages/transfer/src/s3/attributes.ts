import type { Attempt } from '../contract/attempt.js'
import { documentRequest } from './control-request.js'
import { sameEtag, unquoteEtag } from '../protocol/etag.js'
import type { SourceObject } from '../protocol/object-headers.js'
import type { ObjectLocation } from './object-request.js'

/**
 * What a store says about an object's parts: their sizes; nothing, although it knows the question; or that it does
 * not know it, or may not answer.
 */
type ListedParts = { kind: 'listed'; sizes: number[] } | { kind: 'unlisted' } | { kind: 'refused' }

/**
 * Lists the parts of an object with GetObjectAttributes, 1,000 per request. AWS lists them for objects with checksums
 * and in directory buckets, and requires the permission s3:GetObjectAttributes. Source:
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAttributes.html
 */
export async function listParts(
  location: ObjectLocation,
  object: SourceObject,
  signal: AbortSignal | undefined,
): Promise<Attempt<ListedParts>> {
  const sizes: number[] = []
  for (;;) {
    const page = await askForPage(location, sizes.length, signal)
    if (!page.ok) return refusal(page)
    const { document } = page.value
    if (!sameEtag(unquoteEtag(document.wordOf('ETag')), object.etag)) return succeeded({ kind: 'unlisted' })
    const parts = document.child('ObjectParts')
    const before = sizes.length
    for (const part of parts?.all('Part') ?? []) {
      const size = part.countOf('Size')
      if (part.countOf('PartNumber') === sizes.length + 1 && !Number.isNaN(size)) sizes.push(size)
    }
    if (sizes.length === before) return succeeded({ kind: 'unlisted' })
    if (parts?.isTrue('IsTruncated') !== true) return succeeded({ kind: 'listed', sizes })
  }
}

function askForPage(location: ObjectLocation, marker: number, signal: AbortSignal | undefined) {
  const { path, query: version, endpoint, name } = location
  const query = version === '' ? 'attributes=' : `attributes=&${version}`
  const headers = ['x-amz-object-attributes', 'ETag,ObjectParts', 'x-amz-max-parts', '1000']
  if (marker > 0) headers.push('x-amz-part-number-marker', String(marker))
  const request = { method: 'GET' as const, path, query, headers }
  const what = `GET the parts of ${JSON.stringify(name)}`
  return documentRequest(endpoint, request, ['GetObjectAttributesResponse'], what, signal)
}

/** A temporary failure is worth another request. Any other means that parts cannot be listed in this way. */
function refusal(refused: Extract<Attempt<unknown>, { ok: false }>): Attempt<ListedParts> {
  const { class: kind, code, status } = refused.failure
  // A store that does not know the question returns the object itself.
  if (code === 'MalformedAnswer') return succeeded({ kind: 'refused' })
  if (kind === 'throttle' || kind === 'aborted' || (status !== undefined && status >= 500 && status !== 501))
    return refused
  const final = status !== undefined && status !== 404 && kind !== 'missing'
  return succeeded({ kind: final ? 'refused' : 'unlisted' })
}

function succeeded(value: ListedParts): Attempt<ListedParts> {
  return { ok: true, value }
}
