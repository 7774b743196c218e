/**
 * - `HTTP1_MALFORMED`: the answer is not HTTP/1.1, or could be read in two ways
 * - `HTTP1_ENDED`: the connection ended before the answer did
 * - `HTTP1_CONNECT_TIMEOUT`: no connection came about in time
 * - `HTTP1_FIRST_BYTE_TIMEOUT`: no byte of an answer came in time
 * - `HTTP1_IDLE_TIMEOUT`: the response stalled
 * - `HTTP1_TOO_SLOW`: an answer came, but would have taken longer than any answer of its kind
 * - `HTTP1_CLOSED`: the pool was closed
 * - `HTTP1_INVALID_REQUEST`: a method, path or header that would break the framing
 * - `HTTP1_TUNNEL_REFUSED`: the proxy opened no tunnel
 */
type Http1ErrorCode =
  | 'HTTP1_MALFORMED'
  | 'HTTP1_ENDED'
  | 'HTTP1_CONNECT_TIMEOUT'
  | 'HTTP1_FIRST_BYTE_TIMEOUT'
  | 'HTTP1_IDLE_TIMEOUT'
  | 'HTTP1_TOO_SLOW'
  | 'HTTP1_CLOSED'
  | 'HTTP1_INVALID_REQUEST'
  | 'HTTP1_TUNNEL_REFUSED'

/** Why a request had no answer. Errors of sockets are passed on as they are. */
export class Http1Error extends Error {
  override readonly name = 'Http1Error'
  readonly code: Http1ErrorCode

  constructor(code: Http1ErrorCode, message: string) {
    super(message)
    this.code = code
  }
}

export function malformed(what: string): Http1Error {
  return new Http1Error('HTTP1_MALFORMED', `the answer is malformed: ${what}`)
}
