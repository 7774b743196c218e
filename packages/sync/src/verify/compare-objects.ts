import type { InspectedObject } from '@lagoon/transfer'
import { meansTheSame } from './same-meaning.js'

/** What to compare beside size and ETag. */
export interface Comparison {
  /** Checksums that both stores keep of the whole object. */
  readonly checksums: boolean
  /** Content type, encoding, disposition and language, cache control, expiry, redirection, and user metadata. */
  readonly metadata: boolean
  /** Tags, which take one more request per object and side. */
  readonly tags: boolean
}

/** What proves the bytes equal: `size` if neither ETags nor checksums are comparable. */
export type Evidence = 'etag' | 'checksum' | 'size'

export type VerifyCode =
  | 'LAGOON_SYNC_VERIFY_SOURCE_MISSING'
  | 'LAGOON_SYNC_VERIFY_DESTINATION_MISSING'
  | 'LAGOON_SYNC_VERIFY_SIZE_DIFFERS'
  | 'LAGOON_SYNC_VERIFY_ETAG_DIFFERS'
  | 'LAGOON_SYNC_VERIFY_CHECKSUM_DIFFERS'
  | 'LAGOON_SYNC_VERIFY_METADATA_DIFFERS'
  | 'LAGOON_SYNC_VERIFY_TAGS_DIFFER'

type ComparisonVerdict =
  | { readonly same: true; readonly by: Evidence; readonly object: InspectedObject }
  | { readonly same: false; readonly code: VerifyCode; readonly message: string }

/** An ETag that is the MD5 of the object's bytes, as long as no encryption makes it something else. */
const MD5 = /^[0-9a-f]{32}$/i

/**
 * Compares an object with its copy by what both stores report; null for one that a store does not have. ETags must be equal if both are
 * MD5; ETags of multipart objects are equal only if the parts had the same boundaries, so a difference proves nothing.
 */
export function compareObjects(
  source: InspectedObject | null,
  destination: InspectedObject | null,
  { checksums, metadata, tags }: Comparison,
): ComparisonVerdict {
  if (source === null) return differs('SOURCE_MISSING', 'the object is not at the source')
  if (destination === null) return differs('DESTINATION_MISSING', 'the object is not at the destination')
  if (source.sizeBytes !== destination.sizeBytes) {
    return differs('SIZE_DIFFERS', sides('', source.sizeBytes, destination.sizeBytes, ' bytes'))
  }
  const sameEtag = source.etag !== '' && isSameEtag(source.etag, destination.etag)
  if (!sameEtag && hasMd5(source) && hasMd5(destination)) {
    return differs('ETAG_DIFFERS', sides('ETag ', source.etag, destination.etag))
  }
  let compared = false
  for (const algorithm of checksums ? Object.keys(source.checksums) : []) {
    const [ours, theirs] = [source.checksums[algorithm]!, destination.checksums[algorithm]]
    if (theirs === undefined) continue
    if (ours !== theirs) return differs('CHECKSUM_DIFFERS', sides(`${algorithm} `, ours, theirs))
    compared = true
  }
  const field = metadata ? differentField(source.headers, destination.headers) : null
  if (field !== null) return differs('METADATA_DIFFERS', field)
  if (tags && source.tags !== destination.tags)
    return differs('TAGS_DIFFER', sides('tags ', quoted(source.tags), quoted(destination.tags)))
  return { same: true, by: sameEtag ? 'etag' : compared ? 'checksum' : 'size', object: source }
}

/** Hexadecimal digits in either case; anything else letter by letter. */
function isSameEtag(one: string, other: string): boolean {
  const isHex = /^[0-9a-f]{32}(?:-\d+)?$/i
  return one === other || (isHex.test(one) && one.toLowerCase() === other.toLowerCase())
}

function hasMd5({ etag, etagIsDigest }: InspectedObject): boolean {
  return etagIsDigest && MD5.test(etag)
}

/** The values of the first header that differs between the sides; null if all are equal. */
function differentField(source: readonly string[], destination: readonly string[]): string | null {
  const [ours, theirs] = [fieldsOf(source), fieldsOf(destination)]
  for (const name of new Set([...ours.keys(), ...theirs.keys()])) {
    const [here, there] = [ours.get(name), theirs.get(name)]
    if (!meansTheSame(name, here, there)) return sides(`${name} `, quoted(here), quoted(there))
  }
  return null
}

function fieldsOf(headers: readonly string[]): Map<string, string> {
  const fields = new Map<string, string>()
  for (let i = 0; i + 1 < headers.length; i += 2) fields.set(headers[i]!, headers[i + 1]!)
  return fields
}

function quoted(value: string | undefined): string {
  return value === undefined ? 'nothing' : JSON.stringify(value)
}

function sides(before: string, source: unknown, destination: unknown, after = ''): string {
  return `${before}${source}${after} at the source, ${destination}${after === '' ? '' : after} at the destination`
}

function differs(what: string, message: string): ComparisonVerdict {
  return { same: false, code: `LAGOON_SYNC_VERIFY_${what}` as VerifyCode, message }
}
