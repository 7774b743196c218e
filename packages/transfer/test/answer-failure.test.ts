import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { AttemptFailure, FailureClass } from '../src/contract/attempt.js'
import { answerFailure } from '../src/failures/make-failure.js'
import { resolveEndpoint } from '../src/options/resolve-endpoint.js'
import { Endpoint } from '../src/s3/endpoint.js'

const secretAccessKey = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'
const sessionToken = `IQoJb3JpZ2luX2VjEAoaCXVzLWVhc3QtMSJHMEUCIQDabc/def+ghi==${'Zy'.repeat(100)}`

function endpoint(secret = secretAccessKey): Endpoint {
  const credentials = { accessKeyId: 'AKIA', secretAccessKey: secret, sessionToken }
  return new Endpoint(resolveEndpoint({ region: 'us-east-1', bucket: 'lake', credentials }), 'source', 1)
}

function failureOf(
  status: number,
  body: string | Uint8Array = '',
  { method = 'GET', headers = {} }: { method?: string; headers?: Record<string, string> } = {},
): AttemptFailure {
  return answerFailure(endpoint(), `${method} "k"`, { method, status, headers, body: Buffer.from(body) })
}

const document = (code: string, message = 'm', more = ''): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message>${more}</Error>`

describe('an answer that is not the store’s', () => {
  const bodies = [
    '<html><head><title>no</title></head><body>nginx</body></html>',
    'RBAC: access denied',
    '{"error":{"code":403,"message":"no"}}',
    '',
  ]
  const statuses = (kind: FailureClass, ...all: number[]) => all.map((status) => [status, kind] as const)

  it.each([
    ...statuses('transient', 300, 301, 302, 303, 304, 307, 308, 400, 401, 402, 403, 405, 406, 407, 408, 409),
    ...statuses('transient', 404, 410, 412, 416, 417, 418, 421, 422, 423, 424, 425, 426, 428, 451, 460, 499),
    ...statuses('transient', 500, 502, 504, 507, 508, 520, 521, 522, 523, 524, 525, 526, 527, 530, 599),
    ...statuses('throttle', 420, 429, 498, 503, 509),
    // About the request itself, whatever answers.
    ...statuses('permanent', 411, 413, 414, 431, 501, 505),
  ])('with status %d is %s, whatever it says', (status, kind) => {
    for (const method of ['GET', 'PUT'])
      for (const body of bodies) {
        const failure = failureOf(status, body, { method })
        expect(failure.class).toBe(kind)
        expect(failure.code).not.toMatch(/NoSuch|AccessDenied/)
      }
  })

  it('is the store’s if it has no body and a header of the store', () => {
    const headers = { 'x-amz-request-id': 'r' }
    expect(failureOf(403, '', { headers })).toMatchObject({ class: 'permanent', code: 'AccessDenied' })
    expect(failureOf(403, 'no', { headers })).toMatchObject({ class: 'transient', code: 'Http403' })
  })

  it.each([301, 302, 307, 308])('says where it redirects to (%d)', (status) => {
    const headers = { location: 'https://s3.example.com/b/k' }
    expect(failureOf(status, '<html>', { headers }).message).toContain('https://s3.example.com/b/k')
  })
})

describe('a missing key is known by a document', () => {
  const compressed = (coding: string, body: Uint8Array): [Uint8Array, Record<string, string>] => [
    body,
    { 'content-encoding': coding },
  ]
  const missing = document('NoSuchKey')

  it.each<[string, string | Uint8Array, Record<string, string>?]>([
    ['compressed with gzip', ...compressed('gzip', gzipSync(missing))],
    ['compressed with Brotli', ...compressed('br', brotliCompressSync(missing))],
    ['compressed with deflate', ...compressed('Deflate', deflateSync(missing))],
    ['that is only said to be compressed', missing, { 'content-encoding': 'gzip' }],
    ['of another type', missing, { 'content-type': 'text/html' }],
    ['behind a byte order mark', `\ufeff${missing}`],
    ['behind blanks', `\n  ${missing}\r\n`],
    ['in a response', `<ErrorResponse>${missing.slice(missing.indexOf('<Error>'))}</ErrorResponse>`],
    ['in a list', `<Response><Errors>${missing.slice(missing.indexOf('<Error>'))}</Errors></Response>`],
    ['with CDATA', missing.replace('NoSuchKey', '<![CDATA[NoSuchKey]]>')],
    ['with lines of their own', missing.replace('NoSuchKey', '\n NoSuchKey \n')],
    ['that quotes an address as it is', document('NoSuchKey', '/b/k?a=1&b=2 & more')],
    ['with another code inside', document('NoSuchKey', 'm', '<Detail><Code>Other</Code></Detail>')],
    ['that declares UTF-16', missing.replace('UTF-8', 'utf-16')],
  ])('%s', (_, body, headers = {}) => {
    expect(failureOf(404, body, { headers })).toMatchObject({ class: 'missing', code: 'NoSuchKey' })
  })
})

describe('the code of a document', () => {
  it.each<[number, string, FailureClass]>([
    [400, 'KMS.ThrottlingException', 'throttle'],
    [403, 'RequestLimitExceeded', 'throttle'],
    [400, 'Throttled', 'throttle'],
    [400, 'slowdown', 'throttle'],
    [503, 'Slow Down', 'throttle'],
    [503, 'TotalQpsLimitExceeded', 'throttle'],
    [403, 'RateLimitReached', 'throttle'],
    [400, 'TooManyRequestsError', 'throttle'],
    [307, 'TemporaryRedirect', 'transient'],
    [403, 'SecurityTokenExpired', 'permanent'],
    [409, 'ExistingObjectIsDirectory', 'permanent'],
    [400, 'AccessControlListNotSupported', 'permanent'],
    [400, 'KMS.DisabledException', 'permanent'],
  ])('with status %d, %s, is %s', (status, code, kind) => {
    expect(failureOf(status, document(code)).class).toBe(kind)
  })

  it('is not a secret', () => {
    const secret = 'abcdefghijKLMNOPqrst0123456789abcdefghij'
    const answer = { method: 'GET', status: 400, headers: {}, body: Buffer.from(document(secret)) }
    expect(JSON.stringify(answerFailure(endpoint(secret), 'GET "k"', answer))).not.toContain('KLMNOP')
  })
})

describe('the region of a bucket', () => {
  it.each<[string, number, Record<string, string>, string]>([
    ['a header', 301, { 'x-amz-bucket-region': 'eu-west-1' }, document('PermanentRedirect')],
    ['the body', 400, {}, document('AuthorizationHeaderMalformed', 'm', '<Region>eu-west-1</Region>')],
    [
      'an endpoint of former times',
      301,
      {},
      document('PermanentRedirect', 'm', '<Endpoint>lake.s3-eu-west-1.amazonaws.com</Endpoint>'),
    ],
    [
      'an endpoint',
      301,
      {},
      document('PermanentRedirect', 'm', '<Endpoint>lake.s3.eu-west-1.amazonaws.com</Endpoint>'),
    ],
    [
      'a redirect',
      307,
      { location: 'https://lake.s3.eu-west-1.amazonaws.com/k' },
      document('TemporaryRedirect'),
    ],
    [
      'the message',
      400,
      {},
      document('AuthorizationHeaderMalformed', "the region 'us-east-1' is wrong; expecting 'eu-west-1'"),
    ],
  ])('is learned from %s', (_, status, headers, body) => {
    const of = endpoint()
    const answer = { method: 'GET', status, headers, body: Buffer.from(body) }
    expect(answerFailure(of, 'GET "k"', answer)).toMatchObject({ class: 'transient', region: 'eu-west-1' })
    expect(of.settings.host).toBe('lake.s3.eu-west-1.amazonaws.com')
  })

  it.each(['eu&#13;&#10;X: y', 'evil.example/', 'a'.repeat(100), '../x', 'a b'])('is not %s', (region) => {
    const body = document('AuthorizationHeaderMalformed', 'm', `<Region>${region}</Region>`)
    expect(failureOf(400, body)).not.toHaveProperty('region')
  })
})

describe('a message shows no secret', () => {
  const lower = (text: string) => text.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())

  it.each<[string, (secret: string) => string]>([
    ['without the padding of base64', (text) => Buffer.from(text).toString('base64').replace(/=+$/, '')],
    ['with small escapes', (text) => lower(encodeURIComponent(text))],
    ['escaped twice', (text) => encodeURIComponent(encodeURIComponent(text))],
    ['in JSON with escaped slashes', (text) => JSON.stringify(text).replaceAll('/', '\\/')],
    ['with escapes of Unicode', (text) => text.replaceAll('+', '\\u002b').replaceAll('/', '\\u002f')],
    ['in hexadecimal', (text) => Buffer.from(text).toString('hex')],
    ['that was cut', (text) => text.slice(0, 30)],
  ])('%s', (_, form) => {
    const { message } = failureOf(
      403,
      document('AccessDenied', `got ${form(sessionToken)} ${form(secretAccessKey)}`),
    )
    expect(message).toContain('got ')
    expect(message).not.toContain(form(sessionToken).slice(18, 30))
    expect(message).not.toContain(form(secretAccessKey).slice(8, 24))
  })

  it.each([
    'X-Amz-Security-Token: abcdefgh',
    "{'X-Amz-Security-Token': 'abcdefgh'}",
    "{'X-Amz-Security-Token': ['abcdefgh']}",
    '"x-amz-server-side-encryption-customer-key":"abcdefgh"',
    'Proxy-Authorization: Basic abcdefgh',
  ])('behind the name of its header: %s', (shown) => {
    const { message } = failureOf(403, document('AccessDenied', `got ${shown}`))
    expect(message).not.toContain('abcdefgh')
  })
})
