import { createHash, createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RequestSigner } from '../src/sign-request.js'

const credentials = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
}
const may24 = Date.UTC(2013, 4, 24)

function authorization(headers: string[]): string {
  return headers[headers.indexOf('authorization') + 1]!
}

/** The rule of the AWS documentation, written as plainly as possible, to compare the fast one with. */
function plainSignature(
  method: string,
  path: string,
  query: string,
  signed: [string, string][],
  date: string,
  region: string,
) {
  const sorted = signed.toSorted(([a], [b]) => (a < b ? -1 : 1))
  const canonical = [
    method,
    path,
    query,
    ...sorted.map(
      ([name, value]) => `${name}:${value.replace(/^[ \t]+|[ \t]+$/g, '').replace(/[ \t]+/g, ' ')}`,
    ),
    '',
    sorted.map(([name]) => name).join(';'),
    'UNSIGNED-PAYLOAD',
  ].join('\n')
  const scope = `${date.slice(0, 8)}/${region}/s3/aws4_request`
  const digest = createHash('sha256').update(canonical, 'latin1').digest('hex')
  let key: string | Buffer = `AWS4${credentials.secretAccessKey}`
  for (const step of scope.split('/')) key = createHmac('sha256', key).update(step).digest()
  return createHmac('sha256', key).update(`AWS4-HMAC-SHA256\n${date}\n${scope}\n${digest}`).digest('hex')
}

describe('signing a request', () => {
  it('gives the signature that the documented steps give, for any path and any metadata bytes', () => {
    const value = fc.string({
      unit: fc.integer({ min: 32, max: 255 }).map((code) => String.fromCharCode(code)),
    })
    fc.assert(
      fc.property(
        fc.constantFrom('GET', 'PUT'),
        fc.webPath(),
        fc.dictionary(fc.stringMatching(/^x-amz-meta-[a-z0-9-]{1,8}$/), value, { maxKeys: 4 }),
        fc.integer({ min: 0, max: 4e9 }),
        (method, path, metadata, second) => {
          const signer = new RequestSigner('127.0.0.1:9000', 'eu-central-1', () => second * 1000)
          const headers = signer.sign(credentials, method, path, '', [
            ...Object.entries(metadata).flat(),
            'content-type',
            'a/b',
            'cache-control',
            'not signed',
          ])
          const date = headers[headers.indexOf('x-amz-date') + 1]!
          const signature = plainSignature(
            method,
            path,
            '',
            [
              ...Object.entries(metadata),
              ['content-type', 'a/b'],
              ['host', '127.0.0.1:9000'],
              ['x-amz-content-sha256', 'UNSIGNED-PAYLOAD'],
              ['x-amz-date', date],
            ],
            date,
            'eu-central-1',
          )
          expect(authorization(headers)).toContain(`Signature=${signature}`)
        },
      ),
    )
  })

  it('signs the token of temporary credentials', () => {
    const signer = new RequestSigner('s3.amazonaws.com', 'us-east-1', () => may24)
    const headers = signer.sign({ ...credentials, sessionToken: 'token' }, 'GET', '/b/k', '', [])
    expect(headers).toContain('x-amz-security-token')
    expect(authorization(headers)).toContain('host;x-amz-content-sha256;x-amz-date;x-amz-security-token')
  })

  it('renews the key when the day or the credentials change', () => {
    let now = may24
    const signer = new RequestSigner('h', 'us-east-1', () => now)
    const first = authorization(signer.sign(credentials, 'GET', '/', '', []))
    now += 86_400_000
    const second = authorization(signer.sign(credentials, 'GET', '/', '', []))
    const third = authorization(signer.sign({ ...credentials, accessKeyId: 'OTHER' }, 'GET', '/', '', []))
    expect(first).toContain('/20130524/us-east-1/s3/aws4_request')
    expect(second).toContain('/20130525/us-east-1/s3/aws4_request')
    expect(third).toContain('Credential=OTHER/20130525')
    const fresh = new RequestSigner('h', 'us-east-1', () => now)
    expect(authorization(fresh.sign(credentials, 'GET', '/', '', []))).toBe(second)
  })
})
