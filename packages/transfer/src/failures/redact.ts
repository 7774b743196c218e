import type { Credentials } from '../options/credentials.js'
import { encodeQueryValue } from '../protocol/encode-key.js'

/** Shorter secrets would blank out half of a message, and no store accepts them. */
const MIN_SECRET_LENGTH = 4
const SIGNATURE = /(Signature=)[0-9a-f]{64}/gi
const MARK = '[redacted]'
/** What follows the name of a header that carries a secret, whatever a store made of it. */
const SECRET_HEADER =
  /((?:x-amz-security-token|x-amz-s3session-token|server-side-encryption-customer-key|proxy-authorization)["'\]\s]*[:=][[\s"']*(?:basic\s+)?)[^\s"',;<&\]]{4,}/gi
/** So many characters of a secret that was cut are enough to know it by. */
const RECOGNISED = 16

/** What no message may contain. */
export interface Secrets {
  credentials: Credentials | undefined
  /** Base64. */
  customerKey: string | undefined
  /** With user and password, if it has any. */
  proxy: URL | null
}

/** Replaces secrets in a text, in all forms in which stores and proxies echo the headers that they received. */
export class Redactor {
  readonly #forms: readonly string[]

  constructor({ credentials, customerKey, proxy }: Secrets) {
    const forms = new Set<string>()
    const texts = [credentials?.secretAccessKey, credentials?.sessionToken, customerKey]
    if (customerKey !== undefined) texts.push(Buffer.from(customerKey, 'base64').toString('hex'))
    if (proxy !== null && proxy.password !== '') {
      const [username, password] = [proxy.username, proxy.password].map((part) => decodeURIComponent(part))
      texts.push(password, `${username}:${password}`)
    }
    for (const text of texts)
      if (text !== undefined && text.length >= MIN_SECRET_LENGTH)
        for (const form of formsOf(text)) forms.add(form)
    // The longest first: one form may contain another.
    this.#forms = [...forms].sort((a, b) => b.length - a.length)
  }

  redact(text: string): string {
    let redacted = text
    for (const form of this.#forms) redacted = redacted.replaceAll(form, MARK)
    for (const form of this.#forms) redacted = withoutBeginOf(form, redacted)
    return redacted.replace(SIGNATURE, `$1${MARK}`).replace(SECRET_HEADER, `$1${MARK}`)
  }
}

/** A store may cut what it shows: as much of a secret as is there goes. */
function withoutBeginOf(secret: string, text: string): string {
  const begin = secret.slice(0, RECOGNISED)
  const at = secret.length > RECOGNISED ? text.indexOf(begin) : -1
  if (at < 0) return text
  let length = RECOGNISED
  while (length < secret.length && text[at + length] === secret[length]) length++
  return text.slice(0, at) + MARK + withoutBeginOf(secret, text.slice(at + length))
}

function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret)
  const base64 = bytes.toString('base64')
  const hex = bytes.toString('hex')
  const plain = [
    secret,
    base64,
    base64.replace(/=+$/, ''),
    bytes.toString('base64url'),
    hex,
    hex.toUpperCase(),
  ]
  return plain.flatMap((text) => [
    text,
    encodeQueryValue(text),
    encodeQueryValue(encodeQueryValue(text)),
    encodeURIComponent(text),
    encodeQueryValue(text).replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    JSON.stringify(text).slice(1, -1),
    JSON.stringify(text).slice(1, -1).replaceAll('/', '\\/'),
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
    text.replaceAll('+', '&#43;').replaceAll('=', '&#61;').replaceAll('/', '&#47;'),
    text.replaceAll('+', '&#x2B;').replaceAll('=', '&#x3D;').replaceAll('/', '&#x2F;'),
    text.replaceAll('+', '\\u002b').replaceAll('=', '\\u003d').replaceAll('/', '\\u002f'),
  ])
}
