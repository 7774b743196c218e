import { malformed } from './errors.js'

/** Lower-case names, Latin-1 values; a list where a name came more than once. Inherits nothing, and has no {@link UNREAD} header. */
export type ResponseHeaders = Record<string, string | string[] | undefined>

/** How the end of a body is known (RFC 9112, section 6.3). */
type BodyFraming = 'none' | 'length' | 'chunked' | 'close'

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
/** Controls other than a tab and what ends a line. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const CONTROL = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const WHOLE_NUMBER = /^[0-9]{1,15}$/
const KEEP_ALIVE_TIMEOUT = /(?:^|[,\s])timeout=([0-9]{1,9})/i

const Headers = function () {} as unknown as { new (): ResponseHeaders; prototype: unknown }
Headers.prototype = Object.create(null)

/** Headers that most stores send with every response and nothing here reads: their values are not kept. */
const UNREAD: ReadonlySet<string> = new Set([
  'accept-ranges',
  'date',
  'server',
  'strict-transport-security',
  'vary',
  'x-content-type-options',
  'x-ratelimit-limit',
  'x-ratelimit-remaining',
  'x-xss-protection',
])

/** Stores send the same few names again and again, in the same order. */
interface KnownName {
  /** As it came, with its colon. */
  readonly raw: string
  readonly name: string
  /** False for one of {@link UNREAD}. */
  readonly isRead: boolean
  /** What came behind it last time: compared in place, where a look-up costs a string and its hash. */
  next: KnownName | null
}

/** Safe to share: a spelling has one name; at most {@link MAX_NAMES} are kept. */
const names = new Map<string, KnownName>()
const MAX_NAMES = 500
const statusLine: KnownName = { raw: '', name: '', isRead: false, next: null }

/**
 * Reads the head of an answer. What could be read in more than one way is refused, never guessed: two lengths, a length beside chunks, a folded line, a
 * space before a colon, a stray control character.
 *
 * @param text the head, a character a byte, without the empty line at its end
 * @param method of the request
 * @throws Http1Error `HTTP1_MALFORMED`
 */
export function parseResponseHead(text: string, method: string): ResponseHead {
  if (CONTROL.test(text)) throw straySign()
  const end = lineEnd(text, 0)
  const line = STATUS_LINE.exec(text.slice(0, end))
  if (line === null) throw malformed('no HTTP/1 status line')
  const headers = parseFields(text, end + 2)
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
  let known = statusLine
  for (let from = start; from < text.length;) {
    const to = lineEnd(text, from)
    known = nameAt(text, from, to, known)
    if (known.isRead) addField(headers, known.name, valueOf(text, from + known.raw.length, to))
    from = to + 2
  }
  return headers
}

function addField(headers: ResponseHeaders, name: string, value: string): void {
  const before = headers[name]
  if (before === undefined) headers[name] = value
  else if (typeof before === 'string') headers[name] = [before, value]
  else before.push(value)
}

function nameAt(text: string, from: number, to: number, before: KnownName): KnownName {
  const { next } = before
  if (next !== null && text.startsWith(next.raw, from)) return next
  const colon = text.indexOf(':', from)
  if (colon < 0 || colon >= to) throw malformed('a header without a colon')
  const known = knownName(text.slice(from, colon))
  before.next = known
  return known
}

function knownName(raw: string): KnownName {
  const known = names.get(raw)
  if (known !== undefined) return known
  if (!NAME.test(raw)) throw malformed(`the header name ${JSON.stringify(raw)}`)
  const name = raw.toLowerCase()
  const added = { raw: `${raw}:`, name, isRead: !UNREAD.has(name), next: null }
  if (names.size < MAX_NAMES) names.set(raw, added)
  return added
}

/** The value between these places, without the space around it. */
function valueOf(text: string, from: number, to: number): string {
  let start = from
  let end = to
  while (start < end && isSpace(text.charCodeAt(start))) start++
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}

function isSpace(code: number): boolean {
  return code === 32 || code === 9
}

/** Where the line ends that begins at `from`. The first CR and the first LF behind that must be its end. */
function lineEnd(text: string, from: number): number {
  const cr = text.indexOf('\r', from)
  const lf = text.indexOf('\n', from)
  if (cr < 0 && lf < 0) return text.length
  if (cr < 0 || lf !== cr + 1) throw straySign()
  return cr
}

function straySign(): Error {
  return malformed('a control character in its head')
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
