import { malformed } from './errors.js'

/** Lower-case names, Latin-1 values; a list where a name came more than once. Inherits nothing. */
export type ResponseHeaders = Record<string, string | string[] | undefined>

/** How the end of a body is known (RFC 9112, section 6.3). */
export type BodyFraming = 'none' | 'length' | 'chunked' | 'close'

export interface ResponseHead {
  status: number
  headers: ResponseHeaders
  framing: BodyFraming
  /** Bytes of the body, where its framing is `length`. */
  lengthBytes: number
  /** False if the connection ends with this answer. */
  keepAlive: boolean
  /** How long the server says that it keeps an idle connection, in milliseconds; Infinity if it doesn't say. */
  keepAliveMs: number
}

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-5][0-9][0-9])(?: .*)?$/
/** Controls other than a tab, and a CR or LF that is no end of a line. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const BAD_BYTE = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)|(?<!\r)\n/
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const WHOLE_NUMBER = /^[0-9]{1,15}$/
const SPACE_AROUND = /^[ \t]+|[ \t]+$/g
const KEEP_ALIVE_TIMEOUT = /(?:^|[,\s])timeout=([0-9]{1,9})/i

const Headers = function () {} as unknown as { new (): ResponseHeaders; prototype: unknown }
Headers.prototype = Object.create(null)

/** Names as they came, checked and in lower case: stores send the same few again and again. */
const names = new Map<string, string>()
const MOST_NAMES = 500

/**
 * Reads the head of an answer. What could be read in more than one way is refused, never guessed: two lengths, a length beside chunks, a folded line, a
 * space before a colon, a stray control character.
 *
 * @param text the head, a character a byte, without the empty line at its end
 * @param method of the request
 * @throws Http1Error `HTTP1_MALFORMED`
 */
export function parseResponseHead(text: string, method: string): ResponseHead {
  if (BAD_BYTE.test(text)) throw malformed('a control character in its head')
  const end = text.indexOf('\r\n')
  const line = STATUS_LINE.exec(end < 0 ? text : text.slice(0, end))
  if (line === null) throw malformed('no HTTP/1 status line')
  const headers = end < 0 ? new Headers() : parseFields(text, end + 2)
  const head: ResponseHead = {
    status: Number(line[2]),
    headers,
    framing: 'close',
    lengthBytes: 0,
    keepAlive: line[1] === '1',
    keepAliveMs: Infinity,
  }
  readConnection(head)
  readFraming(head, method, line[1] === '1')
  return head
}

function parseFields(text: string, start: number): ResponseHeaders {
  const headers = new Headers()
  for (let from = start; from < text.length;) {
    const next = text.indexOf('\r\n', from)
    const to = next < 0 ? text.length : next
    const colon = text.indexOf(':', from)
    if (colon < 0 || colon >= to) throw malformed('a header without a colon')
    const name = nameOf(text.slice(from, colon))
    const value = valueOf(text, colon + 1, to)
    const known = headers[name]
    if (known === undefined) headers[name] = value
    else if (typeof known === 'string') headers[name] = [known, value]
    else known.push(value)
    from = to + 2
  }
  return headers
}

function nameOf(raw: string): string {
  const known = names.get(raw)
  if (known !== undefined) return known
  if (!NAME.test(raw)) throw malformed(`the header name ${JSON.stringify(raw)}`)
  const name = raw.toLowerCase()
  if (names.size < MOST_NAMES) names.set(raw, name)
  return name
}

/** Nearly all values stand behind one space. */
function valueOf(text: string, from: number, to: number): string {
  const value = text.charCodeAt(from) === 32 ? text.slice(from + 1, to) : text.slice(from, to)
  return SPACE_AROUND.test(value) ? value.replace(SPACE_AROUND, '') : value
}

function readConnection(head: ResponseHead): void {
  const { connection, 'keep-alive': terms } = head.headers
  if (connection !== undefined) {
    const options = String(connection).toLowerCase()
    if (/(?:^|[,\s])close(?:$|[,\s])/.test(options)) head.keepAlive = false
    else if (/(?:^|[,\s])keep-alive(?:$|[,\s])/.test(options)) head.keepAlive = true
  }
  const seconds = terms === undefined ? null : KEEP_ALIVE_TIMEOUT.exec(String(terms))
  if (seconds !== null) head.keepAliveMs = Number(seconds[1]) * 1000
}

function readFraming(head: ResponseHead, method: string, isHttp11: boolean): void {
  const { 'content-length': length, 'transfer-encoding': coding } = head.headers
  if (length !== undefined && (typeof length !== 'string' || !WHOLE_NUMBER.test(length)))
    throw malformed('its length is no one number')
  if (coding !== undefined) {
    if (length !== undefined) throw malformed('a length and a transfer coding')
    if (!isHttp11 || typeof coding !== 'string' || coding.toLowerCase() !== 'chunked')
      throw malformed(`the transfer coding ${JSON.stringify(coding)}`)
  }
  const { status } = head
  if (status < 200 || status === 204) {
    if (coding !== undefined || (length !== undefined && Number(length) !== 0))
      throw malformed(`a body with status ${status}`)
    head.framing = 'none'
  } else if (method === 'HEAD' || status === 304) head.framing = 'none'
  else if (coding !== undefined) head.framing = 'chunked'
  else if (length !== undefined) {
    head.lengthBytes = Number(length)
    head.framing = head.lengthBytes === 0 ? 'none' : 'length'
  }
  if (head.framing === 'close') head.keepAlive = false
}
