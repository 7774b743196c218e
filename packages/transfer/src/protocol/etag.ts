/**
 * What an ETag proves. After a plain PUT without SSE-KMS, SSE-C or DSSE it is the MD5 of the bytes; after a multipart
 * upload it is the MD5 of the parts' MD5s and their number; anything else only shows that two responses concern the
 * same version. Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html
 */
type Etag = { kind: 'md5'; md5: string } | { kind: 'parts'; md5: string; parts: number } | { kind: 'opaque' }

const MD5 = /^[0-9a-f]{32}$/i
const PARTS = /^([0-9a-f]{32})-([1-9][0-9]{0,4})$/i
const OPAQUE: Etag = { kind: 'opaque' }

/** Drops the quotes, and the `W/` of a weak ETag, that a header has around the value. */
export function unquoteEtag(header: string): string {
  let value = header
  if (value.startsWith('W/')) value = value.slice(2)
  return value.length >= 2 && value.charCodeAt(0) === 34 && value.endsWith('"') ? value.slice(1, -1) : value
}

/** Reads an ETag without quotes. Digests come out in lower case, though some stores write them in upper case. */
export function parseEtag(etag: string): Etag {
  if (etag.length === 32) return MD5.test(etag) ? { kind: 'md5', md5: etag.toLowerCase() } : OPAQUE
  const parts = PARTS.exec(etag)
  return parts === null ? OPAQUE : { kind: 'parts', md5: parts[1]!.toLowerCase(), parts: Number(parts[2]) }
}

/** True if two ETags without quotes name the same version: digests in any case, others character by character. */
export function sameEtag(one: string, other: string): boolean {
  if (one === other) return true
  return (
    one.length === other.length &&
    parseEtag(one).kind !== 'opaque' &&
    one.toLowerCase() === other.toLowerCase()
  )
}
