import { Http1Error } from './errors.js'
import type { Http1Request } from './exchange.js'

const TARGET = /^[\x21-\x7e]+$/
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const NO_VALUE = /[^\t\x20-\x7e\x80-\xff]/

/**
 * Request line and headers, a byte a character (RFC 9112, sections 3 and 5).
 *
 * @throws Http1Error `HTTP1_INVALID_REQUEST`
 */
export function requestHead({ method, target, headers }: Http1Request, host: string): string {
  if (!TARGET.test(target)) throw invalid(`the path ${JSON.stringify(target)}`)
  let head = `${method} ${target} HTTP/1.1\r\nhost: ${host}\r\nconnection: keep-alive\r\n`
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index]!
    const value = headers[index + 1]!
    if (!NAME.test(name) || NO_VALUE.test(value)) throw invalid(`the header ${JSON.stringify(name)}`)
    head += `${name}: ${value}\r\n`
  }
  return `${head}\r\n`
}

function invalid(what: string): Http1Error {
  return new Http1Error('HTTP1_INVALID_REQUEST', `${what} cannot be sent`)
}
