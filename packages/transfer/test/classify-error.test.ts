import { describe, expect, it } from 'vitest'
import { classifyAnswer } from '../src/failures/classify-error.js'
import { classifyTransport } from '../src/failures/classify-transport.js'
import { concernsWholeRun } from '../src/failures/whole-run.js'

function answer(status: number, code = '', headers: Record<string, string> = {}) {
  return { status, code, message: 'm', headers, request: 'GET "k"' }
}

describe('the class of a refusal', () => {
  it.each([
    ['AWS asks to slow down', 503, 'SlowDown', 'throttle'],
    ['AWS is busy', 503, 'ServiceUnavailable', 'throttle'],
    ['MinIO asks to read slower', 503, 'SlowDownRead', 'throttle'],
    ['R2 has too many requests', 429, 'TooManyRequests', 'throttle'],
    ['something answers 429 without a word', 429, '', 'throttle'],
    ['a proxy answers 503 without a word', 503, '', 'throttle'],
    ['AWS has an internal error', 500, 'InternalError', 'transient'],
    ['AWS got the body too slowly', 400, 'RequestTimeout', 'transient'],
    ['AWS got other bytes than promised', 400, 'BadDigest', 'transient'],
    ['two writers met', 409, 'OperationAborted', 'transient'],
    ['MinIO is starting', 503, 'XMinioServerNotInitialized', 'transient'],
    ['MinIO’s disks are full', 507, 'XMinioStorageFull', 'transient'],
    ['a gateway waited too long', 504, '', 'transient'],
    ['a status nobody has heard of', 599, '', 'transient'],
    ['the key may not read', 403, 'AccessDenied', 'permanent'],
    ['the object is archived', 403, 'InvalidObjectState', 'permanent'],
    ['the key is too long', 400, 'KeyTooLongError', 'permanent'],
    ['MinIO takes no such key', 400, 'XMinioInvalidObjectName', 'permanent'],
    ['the store has no such feature', 501, 'NotImplemented', 'permanent'],
    ['the bucket is gone', 404, 'NoSuchBucket', 'permanent'],
    ['the object is gone', 404, 'NoSuchKey', 'missing'],
    ['the version is gone', 404, 'NoSuchVersion', 'missing'],
    ['HEAD finds nothing', 404, '', 'missing'],
    ['a code nobody has heard of comes with 503', 503, 'Busy', 'throttle'],
    ['a code nobody has heard of comes with 409', 409, 'Conflict', 'transient'],
    ['a code nobody has heard of comes with 404', 404, 'NotFound', 'missing'],
    ['a code nobody has heard of comes with 501', 501, 'NoSuchFeature', 'permanent'],
    ['a code nobody has heard of comes with 200', 200, 'Oops', 'transient'],
    ['a code nobody has heard of comes with 418', 418, 'Teapot', 'permanent'],
  ] as const)('when %s (%d %s) is %s', (_, status, code, kind) => {
    expect(classifyAnswer('source', answer(status, code)).class).toBe(kind)
  })

  it('is missing for a version that is a delete marker', () => {
    const marker = answer(405, 'MethodNotAllowed', { 'x-amz-delete-marker': 'true' })
    expect(classifyAnswer('source', marker).class).toBe('missing')
    expect(classifyAnswer('source', answer(405, 'MethodNotAllowed')).class).toBe('permanent')
  })

  it('is never missing at the destination', () => {
    expect(classifyAnswer('destination', answer(404)).class).toBe('permanent')
    expect(classifyAnswer('destination', answer(404, 'NoSuchKey')).class).toBe('permanent')
    expect(classifyAnswer('destination', answer(404, 'NotFound')).class).toBe('permanent')
  })

  it('includes the wait that the store requests, in milliseconds, within bounds', () => {
    const after = (value: string) =>
      classifyAnswer('source', answer(503, '', { 'retry-after': value })).retryAfterMs
    expect(after('3')).toBe(3000)
    expect(after('86400')).toBe(300_000)
    expect(after('soon')).toBeUndefined()
    expect(after('-1')).toBeUndefined()
  })

  it('includes the region that the store names', () => {
    const redirect = answer(301, 'PermanentRedirect', { 'x-amz-bucket-region': 'eu-west-1' })
    expect(classifyAnswer('source', redirect).region).toBe('eu-west-1')
    const malformed = { ...answer(400, 'AuthorizationHeaderMalformed'), region: 'eu-west-3' }
    expect(classifyAnswer('source', malformed).region).toBe('eu-west-3')
    const withoutBody = answer(400, '', { 'x-amz-bucket-region': 'eu-west-1' })
    expect(classifyAnswer('source', withoutBody)).toMatchObject({
      code: 'AuthorizationHeaderMalformed',
      region: 'eu-west-1',
    })
  })
})

describe('the class of a broken connection', () => {
  function withCode(code: string): Error {
    return Object.assign(new Error('broken'), { code })
  }

  it.each([
    [withCode('ECONNRESET'), 'ConnectionReset', 'transient'],
    [withCode('ECONNREFUSED'), 'ConnectionRefused', 'transient'],
    [withCode('ENOTFOUND'), 'HostNotFound', 'transient'],
    [withCode('SELF_SIGNED_CERT_IN_CHAIN'), 'CertificateRefused', 'permanent'],
    [withCode('ERR_SSL_WRONG_VERSION_NUMBER'), 'NotTls', 'permanent'],
    [withCode('HTTP1_FIRST_BYTE_TIMEOUT'), 'FirstByteTimeout', 'transient'],
    [withCode('HTTP1_IDLE_TIMEOUT'), 'IdleTimeout', 'transient'],
    [withCode('HTTP1_CONNECT_TIMEOUT'), 'ConnectTimeout', 'transient'],
    [withCode('HTTP1_ENDED'), 'ConnectionReset', 'transient'],
    [withCode('HTTP1_MALFORMED'), 'MalformedAnswer', 'transient'],
    [
      new AggregateError([withCode('ECONNREFUSED'), withCode('ECONNREFUSED')]),
      'ConnectionRefused',
      'transient',
    ],
    [Object.assign(new AggregateError([]), { code: 'ENETUNREACH' }), 'HostUnreachable', 'transient'],
    [withCode('HTTP1_INVALID_REQUEST'), 'InvalidRequest', 'permanent'],
    [new Error('what?'), 'ConnectionFailed', 'transient'],
    ['not even an error', 'ConnectionFailed', 'transient'],
  ])('%o is %s', (error, code, kind) => {
    expect(classifyTransport('source', 'GET "k"', error)).toMatchObject({ code, class: kind, side: 'source' })
  })

  it("says why TLS failed, without OpenSSL's source location", () => {
    const error = Object.assign(new Error('40CD:error:0A000152:SSL routines::unsafe legacy…\n'), {
      code: 'EPROTO',
      library: 'SSL routines',
      reason: 'unsafe legacy renegotiation disabled',
    })
    expect(classifyTransport('source', 'GET "k"', error).message).toBe(
      'GET "k": TLS: unsafe legacy renegotiation disabled',
    )
  })
})

describe('a failure of the whole run', () => {
  it('is one that affects every object', () => {
    for (const code of [
      'InvalidAccessKeyId',
      'SignatureDoesNotMatch',
      'ExpiredToken',
      'NoSuchBucket',
      'RequestTimeTooSkewed',
    ])
      expect(concernsWholeRun(classifyAnswer('source', answer(403, code)))).toBe(true)
    for (const code of ['AccessDenied', 'NoSuchKey', 'SlowDown', 'InternalError'])
      expect(concernsWholeRun(classifyAnswer('source', answer(403, code)))).toBe(false)
  })
})
