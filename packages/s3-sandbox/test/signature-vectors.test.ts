import { expect, test } from 'vitest'
import { verifyRequest, type RequestToVerify } from '../src/auth/verify-request.js'
import { parseRequestTarget } from '../src/s3/request-target.js'

// The worked examples of AWS's documentation, with the example keys printed there:
// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
const credentials = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
}
const SCOPE = 'AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request'
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
const now = Date.UTC(2013, 4, 24)
const host = 'examplebucket.s3.amazonaws.com'

function verify(method: string, target: string, headers: RequestToVerify['headers'], at = now): string {
  const { query } = parseRequestTarget(target, 'examplebucket')
  const verified = verifyRequest(
    { method, target, query, headers },
    { credentials, region: 'us-east-1', now: at },
  )
  return verified.payloadHash
}

function signed(
  names: string,
  signature: string,
  headers: Record<string, string> = {},
): RequestToVerify['headers'] {
  return {
    host,
    'x-amz-date': '20130524T000000Z',
    'x-amz-content-sha256': EMPTY,
    ...headers,
    authorization: `AWS4-HMAC-SHA256 Credential=${SCOPE},SignedHeaders=${names},Signature=${signature}`,
  }
}

const PLAIN = 'host;x-amz-content-sha256;x-amz-date'
const PRESIGNED =
  `/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${encodeURIComponent(SCOPE)}&X-Amz-Date=20130524T000000Z` +
  '&X-Amz-Expires=86400&X-Amz-SignedHeaders=host' +
  '&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404'

test('a GET with a range', () => {
  const signature = 'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41'
  const headers = signed('host;range;x-amz-content-sha256;x-amz-date', signature, { range: 'bytes=0-9' })
  expect(verify('GET', '/test.txt', headers)).toBe(EMPTY)
  expect(() => verify('GET', '/test.txt', { ...headers, range: 'bytes=0-8' })).toThrow(
    expect.objectContaining({ code: 'SignatureDoesNotMatch' }),
  )
  expect(() => verify('PUT', '/test.txt', headers)).toThrow(
    expect.objectContaining({ code: 'SignatureDoesNotMatch' }),
  )
})

test('a PUT whose path has a character that must be escaped, however it was sent', () => {
  const signature = '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd'
  const sha256 = '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072'
  const headers = signed('date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class', signature, {
    date: 'Fri, 24 May 2013 00:00:00 GMT',
    'x-amz-storage-class': 'REDUCED_REDUNDANCY',
    'x-amz-content-sha256': sha256,
  })
  for (const target of ['/test%24file.text', '/test$file.text'])
    expect(verify('PUT', target, headers)).toBe(sha256)
})

test('a subresource and query parameters in any order', () => {
  const lifecycle = signed(PLAIN, 'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543')
  expect(verify('GET', '/?lifecycle', lifecycle)).toBe(EMPTY)
  const listing = signed(PLAIN, '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7')
  for (const target of ['/?max-keys=2&prefix=J', '/?prefix=J&max-keys=2'])
    expect(verify('GET', target, listing)).toBe(EMPTY)
})

test('a presigned URL', () => {
  expect(verify('GET', PRESIGNED, { host })).toBe('UNSIGNED-PAYLOAD')
  expect(() => verify('GET', PRESIGNED, { host }, now + 86_401_000)).toThrow(
    expect.objectContaining({ code: 'AccessDenied', message: 'Request has expired' }),
  )
})

test('the seed of a body in signed chunks', () => {
  const names =
    'content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class'
  const headers = signed(names, '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9', {
    host: 's3.amazonaws.com',
    'x-amz-storage-class': 'REDUCED_REDUNDANCY',
    'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
    'content-encoding': 'aws-chunked',
    'x-amz-decoded-content-length': '66560',
    'content-length': '66824',
  })
  expect(verify('PUT', '/examplebucket/chunkObject.txt', headers)).toBe('STREAMING-AWS4-HMAC-SHA256-PAYLOAD')
})

test('a header that S3 acts on must be signed', () => {
  const lifecycle = signed(PLAIN, 'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543')
  expect(() => verify('GET', '/?lifecycle', { ...lifecycle, 'x-amz-acl': 'public-read' })).toThrow(
    expect.objectContaining({ code: 'AccessDenied', fields: { HeadersNotSigned: 'x-amz-acl' } }),
  )
})

test('another mechanism, a malformed header, another region and another day are told apart', () => {
  const code = (authorization: string): string => {
    try {
      return verify('GET', '/', { ...signed(PLAIN, 'f'), authorization })
    } catch (error) {
      return (error as { code: string }).code
    }
  }
  expect(code('AWS AKIAIOSFODNN7EXAMPLE:abc')).toBe('InvalidRequest')
  expect(code('AWS4-HMAC-SHA256 nonsense')).toBe('AuthorizationHeaderMalformed')
  const as = (scope: string): string =>
    code(`AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=${PLAIN}, Signature=f`)
  expect(as('AKIAIOSFODNN7EXAMPLE/20130524/eu-west-1/s3/aws4_request')).toBe('AuthorizationHeaderMalformed')
  expect(as('AKIAIOSFODNN7EXAMPLE/20130525/us-east-1/s3/aws4_request')).toBe('SignatureDoesNotMatch')
  expect(as('NOBODY/20130524/us-east-1/s3/aws4_request')).toBe('InvalidAccessKeyId')
})
