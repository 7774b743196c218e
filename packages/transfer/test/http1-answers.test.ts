import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ResponseHead } from '../src/http1/response-head.js'
import { ResponseParser } from '../src/http1/response-parser.js'

interface Heard {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: string
  /** How the answer ended; the code of the error if not well. */
  end: string | null
  keepAlive: boolean
  /** Bytes that came behind it. */
  more: number
}

/** What is heard of a response that comes in these pieces and then ends. */
function hear(pieces: readonly Buffer[], method: string): Heard {
  const heard: Heard = { status: 0, headers: {}, body: '', end: null, keepAlive: false, more: 0 }
  const listener = {
    isGone: false,
    head({ status, headers, keepAlive }: ResponseHead) {
      Object.assign(heard, { status, headers: { ...headers }, keepAlive })
    },
    data(chunk: Buffer) {
      expect(chunk.length).toBeGreaterThan(0)
      heard.body += chunk.toString('latin1')
    },
    answerEnd: () => void (heard.end = 'well'),
  }
  const parser = new ResponseParser(listener)
  parser.expect(method)
  try {
    for (const piece of pieces) {
      for (let rest = piece; rest.length > 0;) {
        const taken = parser.execute(rest)
        rest = rest.subarray(taken)
        if (heard.end !== null || taken === 0) {
          heard.more += rest.length
          break
        }
      }
    }
    if (heard.end === null) parser.finish()
  } catch (error) {
    heard.end = (error as { code: string }).code
  }
  return heard
}

function whole(text: string): Buffer[] {
  return [Buffer.from(text, 'latin1')]
}

function byteByByte(text: string): Buffer[] {
  return Array.from(text, (character) => Buffer.from(character, 'latin1'))
}

function cutAt(text: string, cuts: readonly number[]): Buffer[] {
  const places = [0, ...cuts.map((cut) => cut % text.length).toSorted((a, b) => a - b), text.length]
  return places.slice(1).map((to, index) => Buffer.from(text.slice(places[index], to), 'latin1'))
}

/** Heard alike in one piece, byte by byte, and at any cuts. */
function heardAlike(text: string, method: string, check: (heard: Heard) => void): void {
  for (const pieces of [whole(text), byteByByte(text)]) check(hear(pieces, method))
  fc.assert(
    fc.property(fc.array(fc.nat(), { maxLength: 8 }), (cuts) => {
      check(hear(cutAt(text, cuts), method))
    }),
    { numRuns: 25 },
  )
}

interface Legal {
  name: string
  text: string
  method?: string
  status?: number
  body?: string
  headers?: Record<string, string | string[]>
  keepAlive?: boolean
}

const ok = 'HTTP/1.1 200 OK\r\n'

const legal: Legal[] = [
  { name: 'a length', text: `${ok}Content-Length: 5\r\n\r\nbytes`, body: 'bytes' },
  { name: 'a length of zero', text: `${ok}Content-Length: 0\r\n\r\n` },
  { name: 'bytes of every value', text: `${ok}content-length: 4\r\n\r\n\0\xff\r\n`, body: '\0\xff\r\n' },
  { name: 'no reason', text: 'HTTP/1.1 200 \r\ncontent-length: 0\r\n\r\n' },
  { name: 'not even a space for a reason', text: 'HTTP/1.1 200\r\ncontent-length: 0\r\n\r\n' },
  { name: 'a reason in bytes', text: 'HTTP/1.1 404 nicht \xe4\r\ncontent-length: 0\r\n\r\n', status: 404 },
  {
    name: 'names in any case',
    text: `${ok}ETag: "e"\r\nX-AMZ-Meta-A: 1\r\ncOnTeNt-LeNgTh: 0\r\n\r\n`,
    headers: { etag: '"e"', 'x-amz-meta-a': '1', 'content-length': '0' },
  },
  {
    name: 'values without and with spaces and tabs around',
    text: `${ok}a:1\r\nb: \t2 \t\r\nc:\r\nd: \r\ne: x:y  z\r\ncontent-length: 0\r\n\r\n`,
    headers: { a: '1', b: '2', c: '', d: '', e: 'x:y  z', 'content-length': '0' },
  },
  {
    name: 'values with bytes above ASCII',
    text: `${ok}x-amz-meta-a: \xc3\xbc\r\ncontent-length: 0\r\n\r\n`,
    headers: { 'x-amz-meta-a': '\xc3\xbc', 'content-length': '0' },
  },
  {
    name: 'a name more than once',
    text: `${ok}a: 1\r\nA: 2\r\na: 3\r\ncontent-length: 0\r\n\r\n`,
    headers: { a: ['1', '2', '3'], 'content-length': '0' },
  },
  {
    name: 'names that nothing here reads',
    text: `${ok}Vary: Origin\r\nx-amz-request-id: 1\r\nvary: Accept\r\nDate: now\r\ncontent-length: 0\r\n\r\n`,
    headers: { 'x-amz-request-id': '1', 'content-length': '0' },
  },
  {
    name: 'names of what objects inherit',
    text: `${ok}constructor: 1\r\ntoString: 2\r\ncontent-length: 0\r\n\r\n`,
    headers: { constructor: '1', tostring: '2', 'content-length': '0' },
  },
  {
    name: 'chunks',
    text: `${ok}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n`,
    body: 'abcde',
  },
  {
    name: 'chunks with zeros, capitals, extensions and trailers',
    text: `${ok}Transfer-Encoding: Chunked\r\n\r\n00A;a=b;c="d e"\r\n0123456789\r\n1 ; x\r\n!\r\n000\r\nx-sum: 1\r\nb:\r\n\r\n`,
    body: '0123456789!',
  },
  {
    name: 'chunks that hold lines',
    text: `${ok}transfer-encoding: chunked\r\n\r\n6\r\n\r\n0\r\n\r\r\n0\r\n\r\n`,
    body: '\r\n0\r\n\r',
  },
  {
    name: 'a body that ends with the connection',
    text: `${ok}\r\nto the end`,
    body: 'to the end',
    keepAlive: false,
  },
  { name: 'an empty body that ends with the connection', text: `${ok}a: b\r\n\r\n`, keepAlive: false },
  { name: 'no headers', text: 'HTTP/1.1 200 OK\r\n\r\n', headers: {}, keepAlive: false },
  { name: 'HTTP/1.0', text: 'HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\n1', body: '1', keepAlive: false },
  {
    name: 'HTTP/1.0 that keeps the connection',
    text: 'HTTP/1.0 200 OK\r\nconnection: Keep-Alive\r\ncontent-length: 1\r\n\r\n1',
    body: '1',
  },
  {
    name: 'an end of the connection among other options',
    text: `${ok}Connection: te, CLOSE\r\ncontent-length: 1\r\n\r\n1`,
    body: '1',
    keepAlive: false,
  },
  {
    name: 'answers that only inform before it',
    text: `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: a\r\n\r\n${ok}content-length: 1\r\n\r\n1`,
    body: '1',
  },
  { name: 'HEAD, with a length', method: 'HEAD', text: `${ok}content-length: 500\r\n\r\n` },
  { name: 'HEAD, chunked', method: 'HEAD', text: `${ok}transfer-encoding: chunked\r\n\r\n` },
  { name: '204', text: 'HTTP/1.1 204 No Content\r\n\r\n', status: 204 },
  {
    name: '204 with a length of zero',
    text: 'HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n',
    status: 204,
  },
  {
    name: '304 with the length of what is not sent',
    text: 'HTTP/1.1 304 Not Modified\r\ncontent-length: 9\r\n\r\n',
    status: 304,
  },
]

describe('a valid response is parsed correctly, in any chunking:', () => {
  it.each(legal)('$name', ({ text, method = 'GET', status = 200, body = '', headers, keepAlive }) => {
    heardAlike(text, method, (heard) => {
      expect(heard).toMatchObject({ status, body, end: 'well', more: 0 })
      expect(heard.keepAlive).toBe(keepAlive ?? true)
      expect(heard.headers).toEqual(headers ?? heard.headers)
    })
  })

  it('with a header called __proto__', () => {
    const { headers } = hear(whole(`${ok}__proto__: 1\r\n__proto__: 2\r\ncontent-length: 0\r\n\r\n`), 'GET')
    expect(Object.getOwnPropertyDescriptor(headers, '__proto__')?.value).toEqual(['1', '2'])
  })

  it('and following bytes are left', () => {
    heardAlike(`${ok}content-length: 2\r\n\r\n12${ok}`, 'GET', (heard) => {
      expect(heard).toMatchObject({ body: '12', end: 'well' })
      expect(heard.more).toBeGreaterThan(0)
    })
  })

  it('with any bytes and framing', () => {
    const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array).toString('latin1'))
    fc.assert(
      fc.property(
        fc.array(bytes, { maxLength: 5 }),
        fc.boolean(),
        fc.array(fc.nat(), { maxLength: 10 }),
        (parts, chunked, cuts) => {
          const body = parts.join('')
          const chunks = parts.filter(Boolean).map((part) => `${part.length.toString(16)}\r\n${part}\r\n`)
          const text = chunked
            ? `${ok}transfer-encoding: chunked\r\n\r\n${chunks.join('')}0\r\n\r\n`
            : `${ok}content-length: ${body.length}\r\n\r\n${body}`
          expect(hear(cutAt(text, cuts), 'GET')).toMatchObject({
            body,
            end: 'well',
            more: 0,
          })
        },
      ),
    )
  })
})

const broken: [name: string, text: string, method?: string][] = [
  ['two lengths', `${ok}content-length: 5\r\ncontent-length: 6\r\n\r\nbytes`],
  ['one length twice', `${ok}content-length: 5\r\ncontent-length: 5\r\n\r\nbytes`],
  ['a list of lengths', `${ok}content-length: 5, 5\r\n\r\nbytes`],
  ['a length beside chunks', `${ok}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`],
  ...['-1', '+1', '1.5', '0x5', '1e3', '', '5 5', '9'.repeat(16)].map((length): [string, string] => [
    `the length ${JSON.stringify(length)}`,
    `${ok}content-length: ${length}\r\n\r\n`,
  ]),
  ['a coding that nobody asked for', `${ok}transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
  ['a coding with a byte more', `${ok}transfer-encoding: xchunked\r\n\r\n0\r\n\r\n`],
  ['a coding twice', `${ok}transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`],
  ['chunks in HTTP/1.0', 'HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['a folded line', `${ok}a: 1\r\n 2\r\ncontent-length: 0\r\n\r\n`],
  ['a folded line by a tab', `${ok}a: 1\r\n\t2\r\ncontent-length: 0\r\n\r\n`],
  ['a line that begins with a space', `${ok} a: 1\r\ncontent-length: 0\r\n\r\n`],
  ['a space before a colon', `${ok}content-length : 0\r\n\r\n`],
  ['a header without a name', `${ok}: 0\r\n\r\n`],
  ['a header without a colon', `${ok}a\r\nb: c\r\n\r\n`],
  ['an invalid name', `${ok}a(b): c\r\n\r\n`],
  ['NUL in a value', `${ok}a: b\0c\r\ncontent-length: 0\r\n\r\n`],
  ['NUL in a name', `${ok}a\0b: c\r\ncontent-length: 0\r\n\r\n`],
  ['a control character in a value', `${ok}a: b\x1bc\r\ncontent-length: 0\r\n\r\n`],
  ['DEL in a value', `${ok}a: b\x7fc\r\ncontent-length: 0\r\n\r\n`],
  ['CR alone in a value', `${ok}a: b\rc: d\r\ncontent-length: 0\r\n\r\n`],
  ['LF alone in a value', `${ok}a: b\nc: d\r\ncontent-length: 0\r\n\r\n`],
  ['CR alone in the last value', `${ok}content-length: 0\r\na: b\rc: d\r\n\r\n`],
  ['LF alone in the last value', `${ok}content-length: 0\r\na: b\nc: d\r\n\r\n`],
  ['CR alone in the only line', 'HTTP/1.1 200 O\rK\r\n\r\n'],
  ['a header without a colon at the end', `${ok}content-length: 0\r\na\r\n\r\n`],
  ['lines that end with LF alone', 'HTTP/1.1 200 OK\ncontent-length: 0\n\n'],
  ['an empty line first', `\r\n${ok}content-length: 0\r\n\r\n`],
  ['another protocol', 'SSH-2.0-OpenSSH\r\n\r\n'],
  ['another version', 'HTTP/2.0 200 OK\r\n\r\n'],
  ['a page without a head', '<html>\r\n\r\n</html>'],
  ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n'],
  ['a status of four digits', 'HTTP/1.1 2000 OK\r\n\r\n'],
  ['a status above 599', 'HTTP/1.1 600 OK\r\n\r\n'],
  ['two spaces before the status', 'HTTP/1.1  200 OK\r\n\r\n'],
  ['101, which nobody asked for', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n'],
  ['a body of 204', 'HTTP/1.1 204 No Content\r\ncontent-length: 5\r\n\r\nbytes'],
  ['chunks of 204', 'HTTP/1.1 204 No Content\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['a body of an answer that only informs', 'HTTP/1.1 100 Continue\r\ncontent-length: 1\r\n\r\n1'],
  ['two lengths for HEAD', `${ok}content-length: 5\r\ncontent-length: 6\r\n\r\n`, 'HEAD'],
  ['a head without end', `${ok}${'a: b\r\n'.repeat(6000)}`],
  ['a line without end', `${ok}a: ${'b'.repeat(40_000)}`],
  ...['', 'g', '-1', '0x1', ' 1', '1 1', '1 ', '1'.repeat(13), '1;\x01'].map((size): [string, string] => [
    `the size ${JSON.stringify(size)} of a chunk`,
    `${ok}transfer-encoding: chunked\r\n\r\n${size}\r\n1\r\n0\r\n\r\n`,
  ]),
  ['a chunk longer than its size', `${ok}transfer-encoding: chunked\r\n\r\n1\r\n12\r\n0\r\n\r\n`],
  ['a chunk shorter than its size', `${ok}transfer-encoding: chunked\r\n\r\n3\r\n12\r\n0\r\n\r\n`],
  ['a chunk that ends with LF alone', `${ok}transfer-encoding: chunked\r\n\r\n1\r\n1\n0\r\n\r\n`],
  ['a size that ends with LF alone', `${ok}transfer-encoding: chunked\r\n\r\n1\n1\r\n0\r\n\r\n`],
  ['an invalid trailer', `${ok}transfer-encoding: chunked\r\n\r\n0\r\nx\r\n\r\n`],
  ['an extension without end', `${ok}transfer-encoding: chunked\r\n\r\n1;${'a'.repeat(20_000)}`],
  ['trailers without end', `${ok}transfer-encoding: chunked\r\n\r\n0\r\n${'a: b\r\n'.repeat(4000)}`],
]

describe('an ambiguous or malformed response is refused, in any chunking:', () => {
  it.each(broken)('%s', (...[, text, method]) => {
    heardAlike(text, typeof method === 'string' ? method : 'GET', (heard) =>
      expect(heard.end).toBe('HTTP1_MALFORMED'),
    )
  })
})

const cut: [name: string, text: string][] = [
  ['nothing', ''],
  ['half a status line', 'HTTP/1.1 20'],
  ['half a head', `${ok}content-length: 1\r\n`],
  ['an answer that only informs', 'HTTP/1.1 100 Continue\r\n\r\n'],
  ['a body that is too short', `${ok}content-length: 5\r\n\r\nbyte`],
  ['a chunk that is too short', `${ok}transfer-encoding: chunked\r\n\r\n3\r\n12`],
  ['chunks without the last', `${ok}transfer-encoding: chunked\r\n\r\n3\r\n123\r\n`],
  ['chunks without the end of the trailers', `${ok}transfer-encoding: chunked\r\n\r\n0\r\na: b\r\n`],
]

describe('a connection that ends too early is broken, after', () => {
  it.each(cut)('%s', (_, text) => {
    for (const pieces of [whole(text), byteByByte(text)]) expect(hear(pieces, 'GET').end).toBe('HTTP1_ENDED')
  })
})
