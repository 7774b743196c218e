import { S3Error } from './s3-error.js'

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Decodes percent escapes once, byte for byte: nothing is folded, merged or normalised, and a plus stays a plus.
 *
 * @throws {S3Error} `InvalidURI` if an escape is malformed or the bytes are not UTF-8
 */
export function decodeUri(text: string): string {
  if (!text.includes('%') && isAscii(text)) return text
  try {
    // A request target is read as latin1, so raw bytes above 0x7F are single characters.
    if (isAscii(text)) return decodeURIComponent(text)
    const escaped = text.replaceAll(/[\u0080-\u00FF]/g, (char) => `%${char.charCodeAt(0).toString(16)}`)
    return decodeURIComponent(escaped)
  } catch {
    throw new S3Error('InvalidURI')
  }
}

/** AWS's UriEncode: every byte but A–Z a–z 0–9 - . _ ~ becomes %XX; a slash is kept on request. */
export function encodeUri(text: string, keepSlash: boolean): string {
  if (/^[A-Za-z0-9\-._~]*$/.test(text)) return text
  const encoded = encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return keepSlash ? encoded.replaceAll('%2F', '/') : encoded
}

/** The encoding of keys in listings with encoding-type=url: as in forms (space becomes plus), slashes kept. */
export function encodeListed(text: string): string {
  return encodeURIComponent(text)
    .replaceAll(/[!'()~]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')
    .replaceAll('%2F', '/')
}

/** UTF-8 bytes to text, or null if they are not UTF-8. */
export function utf8(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes)
  } catch {
    return null
  }
}

function isAscii(text: string): boolean {
  // oxlint-disable-next-line no-control-regex
  return /^[\u0000-\u007F]*$/.test(text)
}
