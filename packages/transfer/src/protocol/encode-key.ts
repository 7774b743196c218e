const PLAIN = /^[A-Za-z0-9\-_.~/]*$/
const LEFT_BY_ENCODE_URI = /[!'()*]/g

/**
 * A key as the path of a request and of its signature: every byte of its UTF-8 form percent-encoded except the
 * unreserved characters and `/`. Nothing is folded or normalised, so `a//b`, `../x` and `%2F` stay themselves.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html (UriEncode)
 *
 * @throws URIError if the key holds a lone surrogate, which no UTF-8 key can
 */
export function encodeKey(key: string): string {
  if (PLAIN.test(key)) return key
  return encodeURIComponent(key).replaceAll('%2F', '/').replace(LEFT_BY_ENCODE_URI, percent)
}

/** A query value as the path of a request and of its signature; unlike in a key, `/` is encoded too. */
export function encodeQueryValue(value: string): string {
  return encodeURIComponent(value).replace(LEFT_BY_ENCODE_URI, percent)
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`
}

/** Decodes the encoding of a listing, which writes a space as `+`. Bytes that are not UTF-8 stay encoded. */
export function decodeListed(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
