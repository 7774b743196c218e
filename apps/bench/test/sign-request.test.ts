import { expect, test } from 'vitest'
import { createSigner, encodeKey } from '../src/s3/sign-request.js'

const emptySha256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

test("a request is signed as in the example of Amazon's API reference (GET Object with a range)", () => {
  const sign = createSigner({
    url: 'https://examplebucket.s3.amazonaws.com',
    region: 'us-east-1',
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  })
  const headers = sign(
    { method: 'GET', path: '/test.txt', headers: { range: 'bytes=0-9' }, payloadSha256: emptySha256 },
    new Date('2013-05-24T00:00:00Z'),
  )
  expect(headers['authorization']).toBe(
    'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,' +
      'SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,' +
      'Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  )
})

test('keys are encoded once, and slashes stay', () => {
  expect(encodeKey("a b/ü(1)'*!.bin")).toBe('a%20b/%C3%BC%281%29%27%2A%21.bin')
})
